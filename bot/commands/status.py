"""/status: what waits and how fast it can go."""

from bot.ask import Ask
from core.errors import UserMistake
from core.service import overview


async def status(ask: Ask) -> None:
    if ask.tenant_id is None:
        raise UserMistake("no_desk_here")
    seen = await overview.look(ask.house.store, ask.house.surface.turns, ask.tenant_id, ask.chat)
    ask.say("\n".join(overview.lines_of(seen, ask.texts, ask.house.store.clock())))
