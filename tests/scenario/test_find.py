"""/find, as staff use it: in the group, in Chinese and English, page by page."""

from typing import Any

from sandbox.telegram import defaults as people
from tests.scenario.house import World
from tests.waiting import until


async def answer(desk: World, typed: str, words: str, sender: int = people.OWNER_ID) -> dict[str, Any]:
    """The newest answer that holds these words."""
    before = len(_answers(desk, words))
    desk.tg.command(text=f"/find {typed}".strip(), sender=sender)
    return (await until(lambda: _answers(desk, words)[before:]))[-1]


def _answers(desk: World, words: str) -> list[dict[str, Any]]:
    return [
        m for m in desk.chat()["messages"] if words in (m["text"] or "") and m["from"]["is_bot"] and not m["thread_id"]
    ]


async def test_words_of_both_languages_and_both_sides_are_found(desk: World) -> None:
    ann, ben = desk.graph.create_customer("Ann Lee", wa_id="8613800138000"), desk.graph.create_customer("本杰明")
    desk.graph.say(ann, "我要退款，谢谢")
    desk.graph.say(ben, "Where is my REFUND for the café table?")
    thread = await desk.topic("Ann Lee")
    await desk.topic("本杰明")
    desk.tg.message(text="退款已经处理", thread=thread)
    await until(lambda: desk.graph.sent_texts(ann.id) == ["退款已经处理"])
    noted = desk.tg.command(text="/note wants the money 退款 soon", thread=thread)
    await desk.mark(noted["id"], "🙈")

    found = (await answer(desk, "退款", "soon"))["text"]
    assert found.index("soon") < found.index("↪ 退款已经处理") < found.index("我要退款，谢谢"), "newest first"
    assert "REFUND" in (await answer(desk, "refund cafe", "本杰明"))["text"]
    only_hers = (await answer(desk, "来自：客户 退款", "我要退款"))["text"]
    assert "已经处理" not in only_hers
    assert "↪" not in only_hers
    by_number = (await answer(desk, "8000", "👤 Ann Lee"))["text"]
    assert "本杰明" not in by_number


async def test_a_hit_leads_to_its_message_and_the_words_stand_out(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "please send the INVOICE again")
    thread = await desk.topic("Ann")
    post = await desk.see(thread, "INVOICE")
    shown = await answer(desk, "invoice", "INVOICE")
    entities = {entity["type"]: entity for entity in shown["entities"]}
    bold = entities["bold"]
    assert shown["text"][bold["offset"] : bold["offset"] + bold["length"]] == "INVOICE"
    group = str(people.GROUP_ID).removeprefix("-100")
    assert entities["text_link"]["url"] == f"https://t.me/c/{group}/{thread}/{post['id']}"


async def test_tags_and_pages(desk: World) -> None:
    ann = desk.graph.create_customer("Ann")
    for number in range(8):
        desk.graph.say(ann, f"price {number}")
    thread = await desk.topic("Ann")
    await desk.see(thread, "price 7")
    desk.tg.command(text="/tag vip", thread=thread)
    await desk.see(thread, "Tags: vip")
    first = await answer(desk, "tag:VIP price", "price 7")
    assert "price 1" not in first["text"]
    desk.tg.tap(ephemeral=first["ephemeral_id"], button="More")
    await until(lambda: _answers(desk, "price 0"))
    assert (await answer(desk, "tag:none price", "Nothing found"))["text"] == "Nothing found."


async def test_what_is_not_understood_gets_one_line(desk: World) -> None:
    await answer(desk, "", "/find refund")
    await answer(desk, "before:someday x", "someday")
    await answer(desk, "from:space x", "customer, staff, me")
    desk.tg.command(text="/find secret", sender=people.VIEWER_ID)
    await until(lambda: _answers(desk, "may not") or _answers(desk, "cannot"))
