"""Killed at the worst moment: between what was done outside and the row that says so."""

from collections import Counter

from aiohttp import ClientSession, web

from tests.crash.product import free_port
from tests.crash.street import Street
from tests.waiting import until


async def test_killed_after_whatsapp_accepted_it_is_proven_and_sent_once(at_work: Street) -> None:
    ann = at_work.graph.create_customer("Ann")
    at_work.graph.say(ann, "hi")
    thread = await at_work.topic("Ann")
    at_work.graph.fault("hang_after", op="messages", times=1)
    at_work.tg.message(text="only once", thread=thread)
    await until(lambda: at_work.graph.sent_texts(ann.id))
    await at_work.restart()
    at_work.tg.message(text="and this", thread=thread)
    await until(lambda: "and this" in at_work.graph.sent_texts(ann.id))
    await at_work.settled()
    assert at_work.graph.sent_texts(ann.id) == ["only once", "and this"]
    assert not [post for post in at_work.posts(thread) if "may or may not" in (post["text"] or "")]


async def test_killed_after_whatsapp_accepted_it_and_without_proof_staff_are_asked(at_work: Street) -> None:
    ann = at_work.graph.create_customer("Ann")
    at_work.graph.say(ann, "hi")
    thread = await at_work.topic("Ann")
    at_work.graph.knobs(sent_delay=3600)
    at_work.graph.fault("hang_after", op="messages", times=1)
    answer = at_work.tg.message(text="perhaps", thread=thread)
    await until(lambda: [m for m in at_work.graph.messages(ann.id) if m.text == "perhaps"])
    await at_work.restart()
    question = await at_work.see(thread, "may or may not")
    assert question["reply_to"] == answer["id"] or question["reply_to"]["id"] == answer["id"]
    assert len([m for m in at_work.graph.messages(ann.id) if m.text == "perhaps"]) == 1


async def test_killed_after_telegram_took_the_post_it_is_shown_again_once_and_says_so(at_work: Street) -> None:
    ann = at_work.graph.create_customer("Ann")
    at_work.graph.say(ann, "hi")
    thread = await at_work.topic("Ann")
    await at_work.see(thread, "hi")
    at_work.tg.faults(method="sendMessage", contains="in flight", hang=True)
    at_work.graph.say(ann, "in flight")
    at_work.graph.say(ann, "behind it")
    await at_work.see(thread, "in flight")
    await at_work.restart()
    await at_work.see(thread, "behind it")
    await at_work.settled()
    assert Counter(at_work.shown(thread, "in flight|behind it")) == {"in flight": 2, "behind it": 1}
    honest = [post["text"] for post in at_work.posts(thread) if "Possibly shown twice" in (post["text"] or "")]
    assert len(honest) == 1
    assert "in flight" in honest[0]
    assert "behind it" not in honest[0]


async def test_killed_after_telegram_opened_the_topic_it_becomes_the_customers(at_work: Street) -> None:
    """No answer names it, but Telegram tells of every new topic, and the name tells whose it is."""
    ann = at_work.graph.create_customer("Ann")
    at_work.tg.faults(method="createForumTopic", hang=True)
    at_work.graph.say(ann, "hi")
    await until(lambda: at_work.threads_of("Ann"))
    await at_work.restart()
    (thread,) = at_work.threads_of("Ann")
    await at_work.see(thread, "hi")
    assert len(at_work.threads_of("Ann")) == 1
    at_work.tg.message(text="hello, dear Ann", thread=thread)
    await until(lambda: at_work.graph.sent_texts(ann.id) == ["hello, dear Ann"])


async def test_killed_before_the_webhook_is_answered_its_repetition_is_no_second_message(at_work: Street) -> None:
    """A gate between WhatsApp and the product kills the product when it has answered, and swallows the answer."""
    port, killed = free_port(), False

    async def gate(request: web.Request) -> web.Response:
        nonlocal killed
        async with ClientSession() as session:
            body = await request.read()
            async with session.post(f"{at_work.product.url}/hooks/whatsapp", data=body, headers=request.headers) as on:
                status = on.status
        if not killed:
            killed = True
            at_work.product.kill()
            at_work.product.start()
            return web.Response(status=502)
        return web.Response(status=status)

    app = web.Application()
    app.router.add_post("/hooks/whatsapp", gate)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await at_work.graph.set_callback(f"http://127.0.0.1:{port}/hooks/whatsapp")
    ann = at_work.graph.create_customer("Ann")
    at_work.graph.say(ann, "is it open?")
    thread = await at_work.topic("Ann")
    await at_work.see(thread, "is it open?")
    await at_work.settled()
    await runner.cleanup()
    assert killed
    assert at_work.shown(thread, "is it open") == ["is it open"]


async def test_killed_before_the_offset_moved_the_same_update_is_no_second_answer(at_work: Street) -> None:
    ann = at_work.graph.create_customer("Ann")
    at_work.graph.say(ann, "hi")
    thread = await at_work.topic("Ann")
    await until(lambda: at_work.tg.view()["bots"][0]["polling"])
    at_work.tg.faults(method="getUpdates", code=502, times=0)
    at_work.tg.message(text="once", thread=thread)
    await until(lambda: at_work.graph.sent_texts(ann.id))
    assert at_work.tg.view()["bots"][0]["pending_updates"] > 0
    at_work.tg.clear_faults()
    await at_work.restart()
    at_work.tg.message(text="twice", thread=thread)
    await until(lambda: "twice" in at_work.graph.sent_texts(ann.id))
    await at_work.settled()
    assert at_work.graph.sent_texts(ann.id) == ["once", "twice"]
