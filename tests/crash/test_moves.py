"""Killed in the middle of a move to another group: one new topic, one farewell, and nothing said is lost or doubled."""

from typing import Any

import pytest

from sandbox.telegram import defaults as people
from tests.crash.street import Street
from tests.waiting import until

SECOND = -1002000000002


def group(at_work: Street, chat: int) -> dict[str, Any]:
    return next(each for each in at_work.tg.view()["chats"] if each["id"] == chat)


def texts(at_work: Street, chat: int, thread: int) -> list[str]:
    return [m["text"] or "" for m in group(at_work, chat)["messages"] if m["thread_id"] == thread and not m["service"]]


def threads(at_work: Street) -> list[int]:
    return [topic["id"] for topic in group(at_work, SECOND)["topics"] if "Ann" in topic["name"]]


def took_effect(at_work: Street, old: int, method: str) -> bool:
    """Telegram has done it; the answer hangs."""
    if method == "createForumTopic":
        return bool(at_work.threads_of("Ann"))
    return any(topic["closed"] for topic in group(at_work, SECOND)["topics"] if topic["id"] == old)


@pytest.mark.parametrize("method", ["createForumTopic", "closeForumTopic"])
async def test_killed_while_telegram_has_not_answered(at_work: Street, method: str) -> None:
    members = [
        {"user": people.OWNER_ID, "status": "creator"},
        {"user": people.BOT_ID, "status": "administrator"},
    ]
    at_work.tg.chat(id=SECOND, title="Second", is_forum=True, members=members)
    at_work.tg.command(text="/setup", chat=SECOND)
    await until(lambda: [m for m in group(at_work, SECOND)["messages"] if "a desk now, too" in (m["text"] or "")])
    at_work.tg.command(text="/status")  # a group is known by its title once something was said there
    await until(lambda: [post for post in at_work.posts() if "customer topics" in (post["text"] or "")])
    ann = at_work.graph.create_customer("Ann")
    at_work.graph.say(ann, "hi")
    # of two empty groups the newest takes her: so the move leads back to the first
    await until(lambda: [thread for thread in threads(at_work) if "hi" in texts(at_work, SECOND, thread)])
    (old,) = threads(at_work)
    at_work.tg.faults(method=method, hang=True)
    at_work.tg.command(text="/move Topicdesk demo", thread=old, chat=SECOND)
    await until(lambda: took_effect(at_work, old, method))
    at_work.graph.say(ann, "while you move")
    await at_work.restart()
    new = await at_work.topic("Ann")
    await at_work.see(new, "while you move")
    await at_work.settled()
    assert at_work.threads_of("Ann") == [new]
    assert at_work.shown(new, "while you move") == ["while you move"]
    left = texts(at_work, SECOND, old)
    assert len([text for text in left if "is in Topicdesk demo now" in text]) == 1
    assert "while you move" not in left
    assert [topic["closed"] for topic in group(at_work, SECOND)["topics"] if topic["id"] == old] == [True]
