"""The page in a real browser: the main road both ways, buttons, languages, small screens, hostile texts."""

import os
from collections.abc import Iterator

import pytest
from selenium.webdriver.common.keys import Keys

from tests.demo.browser import Page, page
from tests.demo.running import PROJECT, Demo, demo, until

IMAGES = PROJECT / "docs" / "images"
HOSTILE = '<img src=x onerror="window.broken=1"><script>window.broken=1</script>'


@pytest.fixture(scope="module")
def english(running_demo: Demo) -> Iterator[Page]:
    with page(running_demo.url) as found:
        yield found


@pytest.fixture
def desk(english: Page) -> Iterator[Page]:
    """The page, opened anew; at the end the browser must have had nothing to complain about."""
    english.size(1440, 900)
    english.theme("light")
    english.open()
    yield english
    assert english.complaints() == []


def _topic(desk: Page, name: str) -> None:
    desk.press_text(".topic", name)
    desk.see("#chat-title", name)


def test_the_main_road_both_ways(desk: Page, running_demo: Demo) -> None:
    desk.new_customer("Rosa Marin")
    desk.write("#phone-composer", "Do you have the *oak* desk?")
    desk.see(".topic-name", "Rosa Marin")
    _topic(desk, "Rosa Marin")
    desk.see("#messages .other .text", "Do you have the oak desk?")
    assert "oak" in desk.texts("#messages .text b")
    until(lambda: desk.all("#phone-messages .ticks.blue"))
    desk.write("#composer", "Yes, 349 with delivery.")
    desk.see("#phone-messages .other .text", "Yes, 349 with delivery.")
    desk.see("#messages .own .reaction", "👀")


def test_answering_a_message_quotes_it_on_the_phone(desk: Page) -> None:
    desk.new_customer("Igor Petrov")
    desk.write("#phone-composer", "First question")
    desk.see(".topic-name", "Igor Petrov")
    _topic(desk, "Igor Petrov")
    desk.see("#messages .other .text", "First question")
    desk.menu("First question")
    desk.press_text(".menu-item", "Reply")
    desk.see("#composer .composer-note", "First question")
    desk.write("#composer", "The answer")
    desk.see("#phone-messages .other .quote", "First question")
    desk.see("#messages .own .quote", "First question")


def test_formatting_is_typed_as_in_telegram_and_shown_as_in_whatsapp(desk: Page) -> None:
    desk.new_customer("Lena Fischer")
    desk.write("#phone-composer", "Any news?")
    desk.see(".topic-name", "Lena Fischer")
    _topic(desk, "Lena Fischer")
    desk.write("#composer", "**Yes, __today__** at ~~nine~~ `10:30`, 2 ** 3")
    desk.see("#phone-messages .other .text", "Yes, today at nine 10:30, 2 ** 3")
    for place in ("#messages .own .text", "#phone-messages .other .text"):
        found = [(tag, desk.texts(f"{place} {tag}")) for tag in ("b", "b i", "s", "code")]
        assert found == [("b", ["Yes, today"]), ("b i", ["today"]), ("s", ["nine"]), ("code", ["10:30"])], place

    field = desk.find("#composer textarea")
    field.send_keys("all of it" + Keys.CONTROL + "ab" + Keys.NULL)
    assert field.get_attribute("value") == "**all of it**"
    field.clear()


@pytest.mark.parametrize(
    ("label", "selector"), [("Photo", ".photo img"), ("Document", ".file"), ("Voice note", ".player")]
)
def test_files_go_both_ways(desk: Page, label: str, selector: str) -> None:
    name = f"Files {label}"
    desk.new_customer(name)
    desk.press("#phone-composer .round")
    desk.press_text(".menu-item", label)
    desk.see(".topic-name", name)
    _topic(desk, name)
    until(lambda: desk.all(f"#messages .other {selector}"))
    desk.press("#composer .round")
    desk.press_text(".menu-item", label)
    until(lambda: desk.all(f"#messages .own {selector}"))
    until(lambda: desk.all(f"#phone-messages .other {selector}"))


def test_a_card_and_a_place_are_drawn(desk: Page) -> None:
    desk.new_customer("Pia Lund")
    for label, selector in (("Contact card", ".card"), ("Location", ".place"), ("Sticker", ".sticker")):
        desk.press("#phone-composer .round")
        desk.press_text(".menu-item", label)
        until(lambda selector=selector: desk.all(f"#phone-messages .own {selector}"))
    desk.see(".topic-name", "Pia Lund")
    _topic(desk, "Pia Lund")
    for selector in (".card", ".place", ".sticker"):
        until(lambda selector=selector: desk.all(f"#messages .other {selector}"))
    assert not any("[object" in text for text in desk.texts(".bubble"))


def test_orders_forms_and_polls_are_readable_on_both_sides(desk: Page) -> None:
    desk.new_customer("Ola Berg")
    for label, words in (
        ("Order", "Total: €111.00"),
        ("Fill in a form", "colours: red, blue"),
        ("Come from an ad", "Blue lamp"),
    ):
        desk.press("#phone-composer .round")
        desk.press_text(".menu-item", "More…")
        desk.press_text(".menu-item", label)
        desk.see(".topic-name", "Ola Berg")
        _topic(desk, "Ola Berg")
        desk.see("#messages .other .text", words)
    until(lambda: "LAMP-7" in " ".join(desk.texts("#phone-messages .poll")))
    desk.press("#composer .round")
    desk.press_text(".menu-item", "Poll")
    desk.see("#phone-messages .other .text", "Which size do you need?")
    desk.press_text("#phone-messages .key", "Medium")
    desk.see("#messages .other .text", "Chose: Medium")
    assert not any("[object" in text for text in desk.texts(".bubble"))


def test_what_only_one_may_see_is_marked(desk: Page) -> None:
    desk.new_customer("Lea Roth")
    desk.write("#phone-composer", "Hello")
    desk.see(".topic-name", "Lea Roth")
    _topic(desk, "Lea Roth")
    desk.press_text(".person", "Vera")
    desk.write("#composer", "May I?")
    desk.see("#messages .secret-note", "Only you can see this")
    desk.press_text(".person", "Olive")
    desk.see("#messages .other .text", "May I?")
    assert desk.all("#messages .secret-note") == []
    assert "May I?" not in desk.texts("#phone-messages .text")


def test_a_refused_answer_is_sent_again_by_its_button(desk: Page, running_demo: Demo) -> None:
    desk.new_customer("Nils Aas")
    desk.write("#phone-composer", "Anybody there?")
    desk.see(".topic-name", "Nils Aas")
    _topic(desk, "Nils Aas")
    desk.see("#messages .other .text", "Anybody there?")
    running_demo.order("/graph/sim/wa/faults", {"kind": "error", "code": 131047, "contains": "We are here."})
    desk.write("#composer", "We are here.")
    desk.see("#messages .own .reaction", "💔")
    desk.press_text("#messages .key", "Try again")
    desk.see("#phone-messages .other .text", "We are here.")


def test_the_viewer_sees_the_topic_as_somebody_else(desk: Page) -> None:
    desk.new_customer("Olga Wolf")
    desk.write("#phone-composer", "Hello")
    desk.see(".topic-name", "Olga Wolf")
    _topic(desk, "Olga Wolf")
    desk.press_text(".person", "Ada")
    desk.write("#composer", "Ada here")
    desk.see("#phone-messages .other .text", "Ada here")
    desk.press_text(".person", "Vera")
    desk.see("#messages .other .name", "Ada")
    until(lambda: not desk.find("#new-topic").is_displayed())
    desk.press_text(".person", "Olive")


def test_commands_are_suggested_and_answered(desk: Page) -> None:
    desk.press("#private-row .topic")
    field = desk.find("#composer textarea")
    field.send_keys("/sta")
    desk.see(".suggestion", "/start")
    field.send_keys(Keys.ENTER, Keys.ENTER)
    until(lambda: desk.all("#messages .other .text"))


def test_escape_leaves_what_was_begun(desk: Page) -> None:
    desk.press("#new-customer")
    desk.find("dialog input").send_keys(Keys.ESCAPE)
    until(lambda: not desk.all("dialog"))
    desk.press("#composer .round")
    desk.find(".menu-item").send_keys(Keys.ESCAPE)
    until(lambda: not desk.all(".menu"))
    field = desk.find("#composer textarea")
    field.send_keys("one", Keys.SHIFT + Keys.ENTER + Keys.NULL, "two")
    assert field.get_attribute("value") == "one\ntwo"
    field.clear()


def test_hostile_names_and_texts_stay_texts(desk: Page, running_demo: Demo) -> None:
    customer = running_demo.customer(HOSTILE[:60])
    running_demo.say(customer, HOSTILE)
    until(lambda: running_demo.posts("window.broken=1</script>"))
    desk.see(".topic-name", "<img src=x")
    desk.press_text(".topic", "<img src=x")
    desk.see("#messages .other .text", HOSTILE)
    desk.run(
        "const c = document.querySelector('#customer'); c.value = arguments[0]; c.dispatchEvent(new Event('change'))",
        customer,
    )
    desk.see("#phone-messages .own .text", HOSTILE)
    assert desk.run("return window.broken") is None
    assert desk.all(".text img, .text script, .topic img") == []


def test_a_scene_tells_what_to_watch_and_what_came(desk: Page) -> None:
    desk.press("[data-scene=price]")
    desk.see("#scene-watch", "Watch a topic appear")
    desk.see("#scene-result", "3 of 3 in the topics")
    desk.see("#messages .other .text", "How much is it")
    assert desk.all("#phone-messages .own .photo")


def test_the_log_counts_calls_and_refusals(desk: Page) -> None:
    desk.press("[data-log=tg]")
    desk.see(".log-line b", "sendMessage")
    assert desk.find("#count-429").text.endswith("× 429")
    desk.press("[data-log=wa]")
    desk.see(".log-line b", "messages")
    desk.press("[data-log=product]")
    desk.see(".log-line", "topicdesk")
    desk.press("[data-log=tg]")


def test_five_hundred_messages_are_drawn_in_part(desk: Page, running_demo: Demo) -> None:
    running_demo.order("/telegram/sim/tg/topic", {"action": "create", "name": "Long talk"})
    thread = until(lambda: running_demo.topic_of("Long talk"))["id"]
    script = (
        "const done = arguments[1]; (async () => { for (let n = 1; n <= 500; n += 1)"
        "await fetch('/telegram/sim/tg/message', {method: 'POST', headers: {'Content-Type': 'application/json'},"
        "body: JSON.stringify({text: `//note ${n}`, thread: arguments[0], from: 5000002})}); done(); })()"
    )
    desk.driver.set_script_timeout(60)
    desk.driver.execute_async_script(script, thread)
    desk.open()
    _topic(desk, "Long talk")
    desk.see("#messages .row:last-child .text", "//note 500")
    assert len(desk.all("#messages .row")) < 200
    desk.run("document.querySelector('#messages').scrollTop = 0")
    until(lambda: len(desk.all("#messages .row")) > 200)


def test_the_language_switches_and_is_remembered(desk: Page) -> None:
    desk.press("#language")
    desk.see(".scene", "新客户询价")
    assert desk.run("return document.documentElement.lang") == "zh-CN"
    desk.open()
    desk.see("#new-customer", "新客户")
    desk.press("#language")
    desk.see("#new-customer", "New customer")


def test_a_chinese_browser_is_greeted_in_chinese(running_demo: Demo) -> None:
    with page(running_demo.url, "zh-CN") as chinese:
        chinese.open()
        chinese.see(".scene", "突发 60 条消息")
        assert chinese.complaints() == []


def test_on_a_phone_panes_become_tabs(desk: Page) -> None:
    desk.size(390, 844)
    desk.open()

    def shown() -> list[str]:
        panes = {name: desk.find(f".{name}-pane").is_displayed() for name in ("topics", "chat", "phone", "log")}
        return [name for name, visible in panes.items() if visible]

    assert shown() == ["topics"]
    desk.press(".topic")
    until(lambda: shown() == ["chat"])
    desk.press("#chat-back")
    until(lambda: shown() == ["topics"])
    desk.press("[data-tab-for=phone]")
    until(lambda: shown() == ["phone"])
    desk.press("[data-tab-for=log]")
    until(lambda: shown() == ["log"])
    assert desk.run("return document.documentElement.scrollWidth") <= 390


def test_dark_follows_the_system(desk: Page) -> None:
    def brightness() -> int:
        colour = desk.run("return getComputedStyle(document.querySelector('.topics-pane')).backgroundColor")
        return sum(int(part) for part in colour[4:-1].split(",")[:3])

    assert brightness() > 600
    desk.theme("dark")
    until(lambda: brightness() < 200)


@pytest.mark.skipif(
    not os.environ.get("TOPICDESK_TEST_SCREENSHOTS"),
    reason="set TOPICDESK_TEST_SCREENSHOTS=1 to make the README's pictures",
)
@pytest.mark.parametrize(("language", "name"), [("en-US", "demo.png"), ("zh-CN", "demo.zh-CN.png")])
def test_the_pictures_of_the_readme(language: str, name: str) -> None:
    chinese = language.startswith("zh")
    words = {
        "staff": "橡木书桌 2,490 元，周六前送到。" if chinese else "The oak desk is 349, delivered by Saturday.",
        "customer": "太好了，我要一张！" if chinese else "*Perfect*, I take one!",
        "others": ["您好，今天营业吗？", "发票可以开公司抬头吗？"]
        if chinese
        else ["Are you open today?", "Could I get an invoice?"],
        "names": ["何清清", "许嘉言"] if chinese else ["Hana Sato", "Omar Haddad"],
    }
    with demo("--port", "0", "--locale", "zh_Hans" if chinese else "en") as found, page(found.url, language) as shown:
        shown.open()
        for who, text in zip(words["names"], words["others"], strict=True):
            found.say(found.customer(who), text)
            until(lambda text=text: found.posts(text))
        shown.press("[data-scene=price]")
        until(lambda: shown.all("#messages .photo") and shown.all("#phone-messages .ticks.blue"))
        until(lambda: found.see("/demo/status")["scenes"][0]["state"] == "done")
        shown.write("#composer", str(words["staff"]))
        shown.see("#messages .own .reaction", "👀")
        shown.write("#phone-composer", str(words["customer"]))
        shown.see("#messages .other .text", str(words["customer"]).replace("*", ""))
        until(
            lambda: shown.run("return document.querySelectorAll('#phone-messages .own .ticks:not(.blue)').length") == 0
        )
        shown.run("document.activeElement.blur()")
        shown.run("for (const dots of document.querySelectorAll('.more')) dots.style.opacity = 0")
        shown.picture(IMAGES / name)
