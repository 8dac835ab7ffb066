"""A Cloud API line: the Connector of the official WhatsApp."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from core.errors import DeskError, Down, MediaRefused, Uncertain
from core.ids import ExternalId
from core.message import Content, Kind, Media
from core.people import Address
from core.ports import InboundEvent, LineHealth, OutMessage, Receipt
from core.text import RichText, plain
from gateway.whatsapp_cloud import download, markup, wire_in, wire_out
from gateway.whatsapp_cloud.attachments import Attachment, plan
from gateway.whatsapp_cloud.client import GraphAddress, GraphClient, Json, Patience
from gateway.whatsapp_cloud.limits import LIMITS
from gateway.whatsapp_cloud.loose import items, mapping, number, pick
from gateway.whatsapp_cloud.party import addresses

DEFAULT_BASE = "https://graph.facebook.com"
DEFAULT_VERSION = "v24.0"
_HEALTH_FIELDS = "display_phone_number,verified_name,quality_rating,status"


def _now() -> datetime:
    return datetime.now(UTC)


class CloudConnector:
    """Connector, CanRead and CanFetch over one phone number id."""

    def __init__(self, client: GraphClient, clock: Callable[[], datetime] = _now) -> None:
        self.limits = LIMITS
        self.client = client
        self._clock = clock

    @classmethod
    def build(cls, external_id: str, secrets: Mapping[str, str], settings: Mapping[str, Any]) -> Self:
        """Secrets: `access_token`. Settings, all optional: `api_base`, `api_version`, `answer_seconds`."""
        address = GraphAddress(
            str(settings.get("api_base") or DEFAULT_BASE),
            str(settings.get("api_version") or DEFAULT_VERSION).strip("/"),
            external_id,
        )
        patience = Patience(answer=number(settings.get("answer_seconds")) or Patience().answer)
        return cls(GraphClient(address, secrets.get("access_token", "").strip(), patience))

    def parse(self, raw: Mapping[str, Any]) -> Sequence[InboundEvent]:
        return wire_in.events_of(raw, self._clock())

    def length(self, text: RichText) -> int:
        return len(markup.write(text))

    async def send(self, message: OutMessage) -> Receipt:
        """Files are uploaded first, which may be repeated; only the message itself can end as Uncertain."""
        if message.file is None:
            return _receipt(await self.client.send(wire_out.body_of(message)))
        attachment = plan(message.content, message.file)
        wire_out.body_of(message, "0", attachment)  # what is refused anyway need not be uploaded
        media_id = await self._upload(message.file, attachment)
        return _receipt(await self.client.send(wire_out.body_of(message, media_id, attachment)))

    async def mark_read(self, external_id: ExternalId, *, typing: bool = False) -> None:
        if not wire_in.is_made_up(external_id):
            await self.client.tell(wire_out.read_body(external_id, typing=typing))

    async def react(self, to: tuple[Address, ...], external_id: ExternalId, emoji: str, client_id: str) -> None:
        """A target that is too old fails later, in a status (Meta: reaction messages)."""
        message = OutMessage(to, client_id, Content(Kind.REACTION, plain(emoji)), external_id)
        await self.client.tell(wire_out.body_of(message))

    async def fetch(self, media: Media, target: Path, max_bytes: int) -> Media:
        return await download.fetch(self.client, media, target, max_bytes)

    async def health(self) -> LineHealth:
        """Does the token open this number? The label is the number as people write it."""
        try:
            facts = await self.client.get(self.client.address.number, fields=_HEALTH_FIELDS)
        except DeskError as error:
            return LineHealth(False, detail=f"{error.code}: {error.detail}")
        words = (pick(facts, "verified_name"), pick(facts, "quality_rating"), pick(facts, "status"))
        return LineHealth(True, pick(facts, "display_phone_number"), " · ".join(filter(None, words)))

    async def subscribed_apps(self, account_id: str) -> list[str]:
        """The apps that get this WhatsApp Business Account's webhooks, by name. Raises what calls raise."""
        answer = await self.client.get(account_id, "subscribed_apps")
        found = (mapping(mapping(app).get("whatsapp_business_api_data")) for app in items(answer.get("data")))
        return [pick(app, "name", "id") for app in found]

    async def subscribe(self, account_id: str) -> None:
        """Ask for the account's webhooks."""
        await self.client.post(account_id, "subscribed_apps")

    async def close(self) -> None:
        await self.client.close()

    async def _upload(self, file: Path, attachment: Attachment) -> str:
        try:
            answer = await self.client.upload(file, attachment.mime, attachment.name)
        except OSError as error:
            raise MediaRefused(type(error).__name__, "media_missing") from error
        media_id = pick(answer, "id")
        if not media_id:
            raise Down("no id in the answer to an upload")
        return media_id


def _receipt(answer: Json) -> Receipt:
    """An answer we cannot read leaves us not knowing: the message may well be on its way."""
    external_id = next((pick(mapping(each), "id") for each in items(answer.get("messages"))), "")
    if not external_id:
        raise Uncertain("no message id in the answer")
    named = [mapping(each) for each in items(answer.get("contacts"))]
    known = addresses(*(contact.get(key) for contact in named for key in ("wa_id", "user_id")))
    return Receipt(ExternalId(external_id), known)
