"""Several groups of one tenant: which one a new topic goes to, and the rules staff give them."""

from dataclasses import replace

from core.errors import UserMistake
from core.events import Event, EventKind
from core.i18n import Texts
from core.ids import ChatId, ContactId, LineId
from core.people import Group, Rule, Staff
from core.placing import Candidate, Wish, choose
from core.store import contacts, desks, groups, tags, topics
from core.store.scope import TenantScope
from core.text import folded

HORIZON = 1_000_000
"""Messages that Telegram keeps in a supergroup; older ones, and topics that began with them, are archived."""
LONGEST_NAME = 50


async def group_for(scope: TenantScope, contact_id: ContactId, full_at: int) -> Group | None:
    """Where the contact's next topic is opened; None while the tenant has no group."""
    team_id, group_id = await groups.placement_of(scope, contact_id)
    conversation = await contacts.latest_conversation(scope, contact_id)
    wish = Wish(
        group_id,
        team_id,
        frozenset(await tags.of(scope, contact_id)),
        conversation.line_id if conversation else None,
        await topics.last_chat(scope, contact_id),
    )
    return choose(await groups.candidates(scope, full_at), wish)


# ------------------------------------------------------------------ rules


async def rule_from(scope: TenantScope, words: str) -> Rule:
    """`team Berlin`, `line WhatsApp`, `tag vip` or `any`. Raises UserMistake."""
    kind, _, name = words.strip().partition(" ")
    name = " ".join(name.split())
    if kind.lower() == "any" and not name:
        return Rule()
    if not name or len(name) > LONGEST_NAME:
        raise UserMistake("desk_form")
    match kind.lower():
        case "team":
            return Rule(team_id=(await groups.keep_team(scope, name)).id)
        case "line":
            return Rule(line_id=await _line_named(scope, name))
        case "tag":
            await tags.keep(scope, name)
            return Rule(tag_key=folded(name))
        case _:
            raise UserMistake("desk_form")


async def _line_named(scope: TenantScope, name: str) -> LineId:
    """By its label, or by its id at WhatsApp where two have one label."""
    rows = await desks.lines(scope)
    found = [row for row in rows if folded(name) in {folded(row.label), folded(row.external_id)}]
    if len(found) != 1:
        known = ", ".join(f"{row.label} ({row.external_id})" for row in rows)
        raise UserMistake("no_such_line", name=name, lines=known)
    return LineId(found[0].id)


async def set_rule(scope: TenantScope, chat: ChatId, rule: Rule, staff: Staff) -> None:
    """For topics to come: those that are open stay where they are."""
    group = await desks.group_of_chat(scope, chat)
    if group is None:
        raise UserMistake("no_desk_here")
    await groups.set_rule(scope, group.id, rule)
    data = {"group": group.id, "team": rule.team_id, "line": rule.line_id, "tag": rule.tag_key}
    await scope.record(Event(EventKind.GROUP_RULED, scope.tenant_id, f"staff:{staff.id}", data=data))


# ------------------------------------------------------------------ in words, for /desk


async def lines_of(scope: TenantScope, chat: ChatId, posts: int, full_at: int, texts: Texts) -> list[str]:
    """This group's rule, size and state, and the other groups. `posts`: the newest message id known of this group."""
    found = await groups.candidates(scope, full_at)
    here = next((each for each in found if each.group.chat_id == chat), None)
    if here is None:
        raise UserMistake("no_desk_here")
    posts = max(posts, here.group.posts)
    here = replace(here, is_full=posts >= full_at)
    rows = [
        await rule_words(scope, here.group.rule, texts),
        texts.n("status.topics", here.topics),
        texts.t("desk.posts", posts=texts.number(posts), horizon=texts.number(HORIZON), limit=texts.number(full_at)),
        _state(here, texts),
    ]
    others = [each for each in found if each is not here and each.group.chat_id != chat]
    rows.append(texts.t("desk.others") if others else texts.t("desk.alone"))
    for each in others:
        words = (each.group.label, await rule_words(scope, each.group.rule, texts), _state(each, texts))
        rows.append("• " + " · ".join(words))
    return rows


async def rule_words(scope: TenantScope, rule: Rule, texts: Texts) -> str:
    if rule.team_id is not None:
        return texts.t("desk.for_team", name=(await groups.teams(scope))[rule.team_id].name)
    if rule.line_id is not None:
        label = next((row.label for row in await desks.lines(scope) if row.id == rule.line_id), "")
        return texts.t("desk.for_line", name=label)
    if rule.tag_key is not None:
        return texts.t("desk.for_tag", name=await tags.name_of(scope, rule.tag_key))
    return texts.t("desk.for_any")


def _state(candidate: Candidate, texts: Texts) -> str:
    if candidate.group.suspended is not None:
        return texts.t("status.suspended", why=candidate.group.suspended)
    return texts.t("desk.full" if candidate.is_full else "desk.works")
