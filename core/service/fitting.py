"""Files made fit for the side that is to show them. What cannot be made fit goes as it is, or as a document."""

from dataclasses import replace
from pathlib import Path

import structlog

from core.blobs import Blobs
from core.convert import names, sniff
from core.convert.workshop import LARGEST_MOVING, LARGEST_STILL, Recipe, Workshop
from core.message import Content, Kind, Media
from core.ports import Limits

log = structlog.get_logger(__name__)

_STICKER = (512, 512)
_SEEN_BY_DESK = frozenset({"image/jpeg", "image/png", "image/webp"})


class Fitting:
    """Results are kept beside the file they were made of, so that a retry does not make them again."""

    def __init__(self, blobs: Blobs, workshop: Workshop) -> None:
        self._blobs = blobs
        self._workshop = workshop
        self._hopeless: set[tuple[str, Recipe]] = set()
        """What could not be made. Forgotten at a restart: then it is tried once more."""

    async def for_line(self, content: Content, file: Path, limits: Limits) -> tuple[Content, Path]:
        """What a customer's messenger takes; a kind without `forms` is never touched. Raises OSError."""
        forms = limits.forms.get(content.kind)
        recipe = line_recipe(content, sniff.head_of(file), sniff.size_of(file), forms) if forms else None
        made = await self._made(recipe, file) if recipe else None
        if recipe is None or made is None:
            return content, file
        return _as(content, content.kind, recipe, made), made

    async def for_desk(self, content: Content, file: Path) -> tuple[Content, Path]:
        """What Telegram shows as what it is. Raises OSError."""
        for kind, recipe in desk_recipes(content, sniff.head_of(file)):
            made = await self._made(recipe, file)
            if made is not None:
                return _as(content, kind, recipe, made), made
        return content, file

    async def _made(self, recipe: Recipe, file: Path) -> Path | None:
        found = self._blobs.derived(file, recipe)
        if sniff.size_of(found):
            return found
        if (file.name, recipe) in self._hopeless:
            return None
        with self._blobs.scratch() as scratch:
            if await self._workshop.make(recipe, file, scratch):
                return self._blobs.keep_derived(scratch, found)
        log.info("fitting.hopeless", recipe=recipe, size=sniff.size_of(file))
        self._hopeless.add((file.name, recipe))
        return None


def line_recipe(content: Content, head: bytes, size: int, forms: frozenset[str]) -> Recipe | None:
    """What must be done with a file before a line can take it as its own kind; None: nothing, or nothing can."""
    mime = sniff.type_of(head)
    match content.kind:
        case Kind.VOICE if not sniff.is_voice(head):
            return Recipe.VOICE
        case Kind.STICKER:
            return _sticker_recipe(mime, head, size)
        case Kind.VIDEO if mime and mime not in forms:
            return Recipe.VIDEO
        case Kind.PHOTO if mime and mime not in forms:
            return Recipe.PHOTO
        case _:
            return None


def _sticker_recipe(mime: str, head: bytes, size: int) -> Recipe | None:
    if sniff.is_gzip(head) or mime.startswith("video/") or mime == "image/gif":
        return Recipe.MOVING_STICKER
    if sniff.moves(head):
        return Recipe.MOVING_STICKER if size > LARGEST_MOVING else None
    fits = mime == sniff.WEBP and size <= LARGEST_STILL and sniff.webp_size(head) == _STICKER
    return None if fits else Recipe.STILL_STICKER


def desk_recipes(content: Content, head: bytes) -> list[tuple[Kind, Recipe]]:
    """As what, and made how, Telegram would show it; the best first. Empty: as it is."""
    mime = sniff.type_of(head)
    match content.kind:
        case Kind.STICKER if sniff.moves(head):
            return [(Kind.STICKER, Recipe.DESK_STICKER), (Kind.VIDEO, Recipe.DESK_ANIMATION)]
        case Kind.VOICE if mime and not sniff.is_voice(head):
            return [(Kind.VOICE, Recipe.VOICE)]
        case Kind.VIDEO if mime and mime != "video/mp4":
            return [(Kind.VIDEO, Recipe.VIDEO)]
        case Kind.PHOTO if mime and mime not in _SEEN_BY_DESK:
            return [(Kind.PHOTO, Recipe.PHOTO)]
        case _:
            return []


def _as(content: Content, kind: Kind, recipe: Recipe, made: Path) -> Content:
    media = content.media or Media("")
    moving = media.animated or recipe in {Recipe.DESK_ANIMATION, Recipe.DESK_STICKER}
    name = names.with_ending(media.name, recipe.mime)
    new = replace(media, mime=recipe.mime, name=name, size=made.stat().st_size, animated=moving)
    return replace(content, kind=kind, media=new)
