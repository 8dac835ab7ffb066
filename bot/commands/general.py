"""/start, /help, /whoami."""

from bot.ask import Ask


async def start(ask: Ask) -> None:
    ask.say(ask.texts.t("start.hello" if ask.tenant_id else "start.first_steps"))


async def help_(ask: Ask) -> None:
    ask.say(ask.texts.t("help.in_topic" if ask.topic else "help.overview"))


async def whoami(ask: Ask) -> None:
    if ask.tenant_id is None:
        ask.say(ask.texts.t("whoami.stranger", id=ask.person.telegram_id))
        return
    staff = ask.staff if ask.is_private else await ask.house.access.staff(ask.tenant_id, ask.chat, ask.person)
    role = ask.texts.t(f"role.{staff.role}") if staff else ask.texts.t("role.viewer")
    ask.say(ask.texts.t("whoami.staff", name=ask.person.name, role=role, id=ask.person.telegram_id))
