"""Makes one kind of file into another, in programs of their own. What cannot be made is simply not made."""

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path

from core.convert import process, sniff

_PICTURES = str(Path(__file__).with_name("pictures.py"))
_AT_ONCE = 2
"""Conversions side by side in one process: the rest of the desk needs the machine, too."""
_VIDEO_SECONDS = 90.0


class Recipe(StrEnum):
    """What comes out of it. The value is part of the file name under which a result is kept."""

    VOICE = "voice.ogg"
    """Opus in Ogg, one channel."""
    VIDEO = "video.mp4"
    """H.264 and AAC."""
    PHOTO = "photo.jpg"
    STILL_STICKER = "still.webp"
    MOVING_STICKER = "moving.webp"
    DESK_STICKER = "desk.webm"
    """VP9 with transparency: what Telegram shows as a moving sticker."""
    DESK_ANIMATION = "desk.mp4"
    """The same without transparency and without Telegram's limits for stickers."""

    @property
    def mime(self) -> str:
        return _MIMES[self.rpartition(".")[2]]


_MIMES = {"ogg": "audio/ogg", "mp4": "video/mp4", "jpg": "image/jpeg", "webp": "image/webp", "webm": "video/webm"}

LARGEST_STILL, LARGEST_MOVING = 100 * 1024, 500 * 1024
"""Of WhatsApp's stickers (Meta: supported media types, 2025)."""
LARGEST_DESK_STICKER, LONGEST_DESK_STICKER = 256 * 1024, 3.0
"""Of Telegram's video stickers, in bytes and seconds (Bot API docs)."""


class Workshop:
    def __init__(self) -> None:
        self._bench = asyncio.Semaphore(_AT_ONCE)

    async def make(self, recipe: Recipe, source: Path, target: Path) -> bool:
        """Write `target` from `source`; False when it could not be done, for whatever reason."""
        async with self._bench:
            done = await _MAKERS[recipe](source, target)
        return done and sniff.size_of(target) > 0


def has_ffmpeg() -> bool:
    return shutil.which("ffmpeg") is not None


async def _ffmpeg(source: Path, target: Path, *how: str, decoder: tuple[str, ...] = (), seconds: float = 30.0) -> bool:
    if not has_ffmpeg():
        return False
    loud = ("-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-threads", "2")
    local = ("-protocol_whitelist", "file,pipe")  # a playlist must not make it fetch addresses of ours
    return await process.run("ffmpeg", *loud, *local, *decoder, "-i", f"file:{source}", "-map_metadata", "-1", *how,
                             f"file:{target}", seconds=seconds)  # fmt: skip


async def _pictures(recipe: str, source: Path, target: Path, most: int = 0) -> bool:
    return await process.run(sys.executable, "-I", _PICTURES, recipe, str(source), str(target), str(most))


async def _voice(source: Path, target: Path) -> bool:
    return await _ffmpeg(
        source, target, "-vn", "-ac", "1", "-ar", "48000", "-c:a", "libopus", "-b:a", "32k", "-f", "ogg"
    )


async def _video(source: Path, target: Path) -> bool:
    return await _ffmpeg(source, target, *_H264, "-c:a", "aac", "-ac", "2", "-f", "mp4", seconds=_VIDEO_SECONDS)


_EVEN = "scale=trunc(iw/2)*2:trunc(ih/2)*2"
_H264 = ("-vf", _EVEN, "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-movflags", "+faststart")


async def _photo(source: Path, target: Path) -> bool:
    return await _pictures("photo", source, target)


async def _still(source: Path, target: Path) -> bool:
    return await _pictures("still", source, target, LARGEST_STILL)


async def _moving(source: Path, target: Path) -> bool:
    """Lottie and GIF at once; a film through frames that keep what is transparent."""
    if await _pictures("moving", source, target, LARGEST_MOVING):
        return True
    between = target.with_suffix(".apng")
    try:
        see_through = ("-c:v", "libvpx-vp9")  # the built-in decoder loses transparency
        fit = f"fps=20,scale={_SIDE}:{_SIDE}:force_original_aspect_ratio=decrease"
        how = ("-an", "-t", "10", "-vf", fit, "-pix_fmt", "rgba", "-plays", "0", "-f", "apng")
        made = await _ffmpeg(source, between, *how, decoder=see_through) or await _ffmpeg(source, between, *how)
        return made and await _pictures("moving", between, target, LARGEST_MOVING)
    finally:
        between.unlink(missing_ok=True)


_SIDE = 512


async def _of_frames(source: Path, target: Path, *how: str, longest: float = 0) -> bool:
    between = target.with_suffix(".apng")
    try:
        there = await _pictures("frames", source, between, int(longest * 1000))
        return there and await _ffmpeg(between, target, *how)
    finally:
        between.unlink(missing_ok=True)


async def _desk_sticker(source: Path, target: Path) -> bool:
    """Past Telegram's limits it would not move: then it is made into a film instead."""
    fit = f"fps=30,scale={_SIDE}:{_SIDE}:force_original_aspect_ratio=decrease"
    film = ("-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", "-b:v", "400k", "-deadline", "realtime", "-cpu-used", "5")
    how = ("-vf", fit, *film, "-an", "-f", "webm")
    made = await _of_frames(source, target, *how, longest=LONGEST_DESK_STICKER)
    return made and sniff.size_of(target) <= LARGEST_DESK_STICKER


async def _desk_animation(source: Path, target: Path) -> bool:
    return await _of_frames(source, target, *_H264, "-an", "-f", "mp4")


_MAKERS: dict[Recipe, Callable[[Path, Path], Awaitable[bool]]] = {
    Recipe.VOICE: _voice,
    Recipe.VIDEO: _video,
    Recipe.PHOTO: _photo,
    Recipe.STILL_STICKER: _still,
    Recipe.MOVING_STICKER: _moving,
    Recipe.DESK_STICKER: _desk_sticker,
    Recipe.DESK_ANIMATION: _desk_animation,
}
