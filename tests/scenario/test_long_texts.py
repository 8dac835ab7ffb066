"""Texts longer than a message holds, and many that come at once: nothing is lost, and the order stays."""

from __future__ import annotations

import httpx

from sandbox.graph.people import Customer
from tests.scenario.house import World
from tests.waiting import until


async def started(desk: World) -> tuple[Customer, int]:
    ann = desk.graph.create_customer("Ann")
    desk.graph.say(ann, "hi")
    thread = await desk.topic("Ann")
    await desk.see(thread, "hi")
    return ann, thread


async def received(desk: World, customer: Customer, many: int) -> list[str]:
    """What the customer got, once it is so many messages."""
    return await until(lambda: found if len(found := desk.graph.sent_texts(customer.id)) >= many else [])


async def test_five_lines_pasted_quickly_arrive_in_order(desk: World) -> None:
    ann, thread = await started(desk)
    lines = [f"line {number} 你好 🙂" for number in range(5)]
    for line in lines:
        desk.tg.message(text=line, thread=thread)
    assert await received(desk, ann, 5) == lines


async def test_links_that_make_a_text_too_long_go_in_two_messages(desk: World) -> None:
    """Telegram hides the addresses behind the words; WhatsApp cannot, so they are written out."""
    ann, thread = await started(desk)
    words = "".join(f"offer {number:03}\n" for number in range(90)) + "thank you " * 290
    links = [
        {"type": "text_link", "offset": 10 * number, "length": 9, "url": f"https://shop.example/offers/{number:03}"}
        for number in range(90)
    ]
    desk.tg.message(text=words, entities=links, thread=thread)
    pieces = await received(desk, ann, 2)
    assert all(len(piece) <= 4096 for piece in pieces)
    whole = "".join(pieces)
    assert [
        number for number in range(90) if f"offer {number:03} (https://shop.example/offers/{number:03})" not in whole
    ] == []
    assert whole.count("thank you") == 290


async def test_a_long_text_of_a_customer_comes_in_order(desk: World) -> None:
    ann, thread = await started(desk)
    said = "".join(f"{number:05} 好🙂\n" for number in range(1200))
    desk.graph.say(ann, said)
    await desk.see(thread, "01199")
    posts = [text for text in desk.texts(thread) if "好🙂" in text]
    assert len(posts) > 1
    assert "\n".join(posts).split() == said.split()


async def test_a_very_long_text_of_a_customer_is_a_file_too(desk: World) -> None:
    """WhatsApp takes up to 65,536 characters: that would be sixteen posts."""
    ann, thread = await started(desk)
    said = ("所有内容 🙂 *bold* 😀\n" * 5000)[:65_536]
    desk.graph.say(ann, said)
    begin = await desk.see(thread, "the whole text is in the file below")
    (post,) = await until(lambda: [each for each in desk.posts(thread) if each["media"]])
    assert begin["text"].startswith("所有内容 🙂 bold 😀")
    async with httpx.AsyncClient() as http:
        file = await http.get(f"{desk.tg.base_url}/{post['media']['url']}")
    assert file.content.decode() == said.replace("*", "")
    assert post["id"] > begin["id"]
    desk.graph.say(ann, "that was all")
    await desk.see(thread, "that was all")
