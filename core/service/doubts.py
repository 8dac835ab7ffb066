"""Calls that must not be repeated in silence: noted before they leave, so that a lost answer is still known to be lost
after our own death. What may stand in Telegram already says so when it is posted again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from core.errors import DeskError, Uncertain
from core.i18n import texts_for
from core.ids import ContactId, TenantId
from core.ports import Desk, Post
from core.service import showing
from core.store import desks, postings
from core.store.store import Store
from core.text import RichText, plain

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Named:
    """What a post shows, by the names its outcome is kept under (core/store/postings.py); `contact_id` of its topic."""

    names: tuple[str, ...]
    contact_id: ContactId | None = None


class Doubts:
    """The caller ends a note (`postings.end`) in the transaction that keeps the post's id."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def noted(
        self, tenant_id: TenantId, what: Named, do: Callable[[Desk], Awaitable[T]]
    ) -> Callable[[Desk], Awaitable[T]]:
        """The call with its note before it; the note goes when the call certainly failed, and was not there before."""

        async def call(desk: Desk) -> T:
            async with self._store.write(tenant_id) as scope:
                fresh = await postings.begin(scope, what.contact_id, what.names)
            try:
                return await do(desk)
            except Uncertain:
                raise
            except DeskError:
                async with self._store.write(tenant_id) as scope:
                    await postings.end(scope, fresh)
                raise

        return call

    async def lead(self, tenant_id: TenantId, what: Named) -> RichText:
        """The line above words that may stand there already; empty when nothing is in doubt."""
        async with self._store.read(tenant_id) as scope:
            if not await postings.in_doubt(scope, what.names):
                return RichText()
            return showing.doubt(texts_for((await desks.get_tenant(scope)).locale)) + plain("\n")

    async def honest(self, tenant_id: TenantId, what: Named, post: Post) -> tuple[Post | None, Post]:
        """The post as it may be shown: with the line above its words, or after a post with the line."""
        lead = await self.lead(tenant_id, what)
        return showing.doubtful(post, lead) if lead else (None, post)
