"""Started as a program of its own, because it reads what strangers sent: pictures and stickers by Pillow and rlottie.

`pictures.py RECIPE SOURCE TARGET [MOST]`, MOST in bytes; ends with 1 when it cannot be done.
"""

import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, ImageSequence

SIDE = 512
"""WhatsApp's stickers are 512 × 512 pixels (Meta: stickers, 2025)."""
_PIXELS = 50_000_000
_FRAMES = 600
_QUALITIES = (80, 60, 40, 20, 5)
_PACES = (1, 2, 3)
"""Every frame, each second, each third: until the sticker is small enough."""
_LONGEST_MS = 60_000

Frame = tuple[Image.Image, int]
"""A picture and how many milliseconds it stays."""


def still(source: Path, target: Path, most: int) -> None:
    """A WebP of 512 × 512."""
    with Image.open(source) as picture:
        square = on_square(picture.convert("RGBA"))
    for quality in _QUALITIES:
        square.save(target, "WEBP", quality=quality, method=6)
        if target.stat().st_size <= most:
            return
    raise ValueError("still too big")


def moving(source: Path, target: Path, most: int) -> None:
    """An animated WebP of 512 × 512, from Lottie or from any picture that moves."""
    frames = list(lottie_frames(source) if is_gzip(source) else picture_frames(source))
    if not frames:
        raise ValueError("no frames")
    squares = [(on_square(picture), stays) for picture, stays in frames]
    for pace in _PACES:
        for quality in _QUALITIES[1:]:
            save_webp(thinned(squares, pace), target, quality)
            if target.stat().st_size <= most:
                return
    raise ValueError("still too big")


def frames_of_webp(source: Path, target: Path, most: int) -> None:
    """An animated PNG, which ffmpeg can read as it cannot read an animated WebP. `most`: its milliseconds, 0: any."""
    frames = list(picture_frames(source))
    if len(frames) < 2:
        raise ValueError("it does not move")
    if most and sum(stays for _, stays in frames) > most:
        raise ValueError("it moves too long")
    first, *rest = [picture for picture, _ in frames]
    stays = [each for _, each in frames]
    first.save(target, "PNG", save_all=True, append_images=rest, duration=stays, loop=0, disposal=1, blend=0)


def photo(source: Path, target: Path, _most: int) -> None:
    """A JPEG that stands upright, on white where it was transparent."""
    with Image.open(source) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    paper = Image.new("RGBA", upright.size, "white")
    Image.alpha_composite(paper, upright).convert("RGB").save(target, "JPEG", quality=90)


def on_square(picture: Image.Image) -> Image.Image:
    if picture.size == (SIDE, SIDE):
        return picture
    square = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    small = ImageOps.contain(picture, (SIDE, SIDE))
    square.paste(small, ((SIDE - small.width) // 2, (SIDE - small.height) // 2))
    return square


def thinned(frames: list[Frame], pace: int) -> list[Frame]:
    """Every `pace`th frame, which stays as long as those left out."""
    groups = [frames[start : start + pace] for start in range(0, len(frames), pace)]
    return [(group[0][0], sum(stays for _, stays in group)) for group in groups]


def save_webp(frames: list[Frame], target: Path, quality: int) -> None:
    first, *rest = [picture for picture, _ in frames]
    stays = [each for _, each in frames]
    first.save(target, "WEBP", save_all=True, append_images=rest, duration=stays, loop=0, quality=quality, method=2)


def is_gzip(source: Path) -> bool:
    with source.open("rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


def lottie_frames(source: Path) -> Iterator[Frame]:
    """At most thirty pictures a second."""
    from rlottie_python.rlottie_wrapper import LottieAnimation

    animation: Any = LottieAnimation.from_tgs(str(source))
    count, rate = int(animation.lottie_animation_get_totalframe()), float(animation.lottie_animation_get_framerate())
    if not 0 < count <= _FRAMES or not 0 < rate <= 120:
        raise ValueError("an odd animation")
    step = max(1, round(rate / 30))
    for number in range(0, count, step):
        yield animation.render_pillow_frame(frame_num=number, width=SIDE, height=SIDE), round(1000 * step / rate)


def picture_frames(source: Path) -> Iterator[Frame]:
    with Image.open(source) as picture:
        total = 0
        for number, frame in enumerate(ImageSequence.Iterator(picture)):
            shown = frame.convert("RGBA")  # a WebP tells how long a frame stays when it has been read
            stays = max(20, int(frame.info.get("duration") or 100))
            total += stays
            if number >= _FRAMES or total > _LONGEST_MS:
                raise ValueError("too many frames")
            yield shown, stays


RECIPES = {"still": still, "moving": moving, "frames": frames_of_webp, "photo": photo}


def main(recipe: str, source: str, target: str, most: str = "0") -> None:
    Image.MAX_IMAGE_PIXELS = _PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    RECIPES[recipe](Path(source), Path(target), int(most))


if __name__ == "__main__":
    main(*sys.argv[1:])
