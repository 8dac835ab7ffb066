"""Small true files of many kinds, made once: by Pillow, by ffmpeg, or by hand."""

import gzip
import io
import json
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from core.convert import sniff

HOSTILE = "../../etc/\u202egpj.exe\x00\n" + "长" * 200 + ".PDF"


@cache
def film(ending: str, *how: str, source: str = "testsrc=d=1:s=160x120:r=10") -> bytes:
    """A second of moving pictures."""
    return _ffmpeg(ending, "-f", "lavfi", "-i", source, *how)


@cache
def sound(ending: str, *how: str) -> bytes:
    """A second of a tone."""
    return _ffmpeg(ending, "-f", "lavfi", "-i", "sine=d=1", *how)


def mp4() -> bytes:
    return film("mp4", "-c:v", "libx264", "-pix_fmt", "yuv420p")


def webm() -> bytes:
    """As Telegram's video stickers: VP9."""
    return film("webm", "-c:v", "libvpx-vp9", "-b:v", "100k")


def voice() -> bytes:
    return sound("ogg", "-c:a", "libopus", "-ac", "1")


def stereo() -> bytes:
    """Opus, but no voice note."""
    return sound("ogg", "-c:a", "libopus", "-ac", "2")


def mp3() -> bytes:
    return sound("mp3")


@cache
def picture(form: str = "PNG", size: tuple[int, int] = (64, 48)) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(kept, form)
    return kept.getvalue()


@cache
def moving(form: str = "WEBP", frames: int = 6, stays: int = 100, noise: bool = False) -> bytes:
    """An animated picture of 256 × 256; with `noise` hardly compressible."""
    drawn: list[Image.Image] = []
    for number in range(frames):
        if noise:
            drawn.append(Image.effect_noise((256, 256), 200).convert("RGBA"))
            continue
        frame = Image.new("RGBA", (256, 256), (0, 0, 0, 0))
        ImageDraw.Draw(frame).ellipse((number * 20, 60, number * 20 + 80, 140), fill=(255, 0, 0, 255))
        drawn.append(frame)
    kept = io.BytesIO()
    drawn[0].save(kept, form, save_all=True, append_images=drawn[1:], duration=stays, loop=0)
    return kept.getvalue()


@cache
def tgs() -> bytes:
    """A square that turns once a second."""
    ease = {"i": {"x": [0.8], "y": [0.8]}, "o": {"x": [0.2], "y": [0.2]}}
    turn = {"a": 1, "k": [{"t": 0, "s": [0], **ease}, {"t": 30, "s": [90]}]}
    still, whole, full = ({"a": 0, "k": value} for value in ([0, 0], [100, 100], 100))
    none = {"a": 0, "k": 0}
    shapes = [
        {"ty": "rc", "d": 1, "s": {"a": 0, "k": [200, 100]}, "p": still, "r": none},
        {"ty": "fl", "c": {"a": 0, "k": [1, 0, 0, 1]}, "o": full, "r": 1},
        {"ty": "tr", "p": still, "a": still, "s": whole, "r": none, "o": full, "sk": none, "sa": none},
    ]
    place = {"o": full, "r": turn, "p": {"a": 0, "k": [256, 256, 0]}, "a": {"a": 0, "k": [0, 0, 0]}}
    place["s"] = {"a": 0, "k": [100, 100, 100]}
    group: dict[str, Any] = {"ty": "gr", "it": shapes, "nm": "g"}
    layer = {"ddd": 0, "ind": 1, "ty": 4, "nm": "s", "sr": 1, "ks": place, "ao": 0, "shapes": [group]}
    layer |= {"ip": 0, "op": 30, "st": 0, "bm": 0}
    drawing = {"v": "5.5.2", "fr": 30, "ip": 0, "op": 30, "w": 512, "h": 512, "nm": "x", "ddd": 0, "assets": []}
    drawing["layers"] = [layer]
    return gzip.compress(json.dumps(drawing).encode())


def kind_of(data: bytes) -> str:
    return sniff.type_of(data[: sniff.HEAD])


def frames_of(data: bytes) -> int:
    with Image.open(io.BytesIO(data)) as picture:
        return getattr(picture, "n_frames", 1)


def size_of(data: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(data)) as picture:
        return picture.size


def _ffmpeg(ending: str, *how: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"made.{ending}"
        subprocess.run(["ffmpeg", "-y", "-loglevel", "error", *how, str(file)], check=True, timeout=60)
        return file.read_bytes()
