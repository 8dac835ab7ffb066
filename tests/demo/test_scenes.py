"""The scenes count what they promise, at both ends."""

from typing import Any

from tests.demo.running import Demo, until


def _play(demo: Demo, name: str, language: str = "en") -> dict[str, Any]:
    demo.order("/demo/scene", {"name": name, "language": language})
    return until(lambda: _ended(demo, name), 180)


def _ended(demo: Demo, name: str) -> dict[str, Any] | None:
    found = next(scene for scene in demo.see("/demo/status")["scenes"] if scene["name"] == name)
    return found if found["state"] != "running" else None


def _full(scene: dict[str, Any]) -> bool:
    return all(check["done"] == check["total"] and not check["twice"] for check in scene["checks"])


def test_a_new_customer_gets_a_topic(running_demo: Demo) -> None:
    scene = _play(running_demo, "price")
    assert (scene["state"], _full(scene)) == ("done", True)
    assert scene["thread"] in [topic["id"] for topic in running_demo.group()["topics"]]


def test_a_burst_arrives_whole(running_demo: Demo) -> None:
    scene = _play(running_demo, "burst", "zh")
    assert (scene["state"], _full(scene)) == ("done", True)
    assert 0 < scene["posts"] <= 60


def test_a_refused_answer_shows_its_reason_and_retry_mends_it(running_demo: Demo) -> None:
    scene = _play(running_demo, "refuse")
    assert scene["state"] == "done"
    thread = scene["thread"]

    def asked() -> list[Any]:
        return [m for m in running_demo.group()["messages"] if m["keyboard"] and m["thread_id"] == thread]

    question = until(asked)[-1]
    button = question["keyboard"][0][0]["callback_data"]
    running_demo.order("/telegram/sim/tg/tap", {"message": question["id"], "button": button})
    until(lambda: "Your parcel leaves today." in running_demo.on_phone(scene["customer"]))


def test_a_429_delays_and_loses_nothing(running_demo: Demo) -> None:
    before = running_demo.see("/telegram/sim/tg/state")["counters"]["too_many_requests"]
    scene = _play(running_demo, "flood")
    assert (scene["state"], _full(scene)) == ("done", True)
    assert running_demo.see("/telegram/sim/tg/state")["counters"]["too_many_requests"] == before + 1
    assert scene["seconds"] >= 10


def test_a_kill_in_the_middle_loses_nothing_and_sends_nothing_twice(running_demo: Demo) -> None:
    scene = _play(running_demo, "crash")
    assert (scene["state"], _full(scene)) == ("done", True)
    assert {check["key"]: check["total"] for check in scene["checks"]} == {"orders": 24, "replies": 6}
    assert running_demo.product()["last_exit"] == -9
