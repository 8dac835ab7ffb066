"""The demo's process: it runs the real product, keeps it alive, and ends cleanly."""

import json
import os
import signal
import socket

import pytest

from tests.demo.running import Demo, demo, until


def _running(found: Demo, other_than: int | None = None) -> dict[str, object]:
    def look() -> dict[str, object] | None:
        product = found.product()
        return product if product["state"] == "running" and product["pid"] != other_than else None

    return until(look)


def test_the_real_product_runs_and_is_named(running_demo: Demo) -> None:
    product = _running(running_demo)
    assert product["database"] == "SQLite"
    os.kill(int(str(product["pid"])), 0)
    status, _, _ = Demo(running_demo.process, str(product["url"])).ask("GET", "/healthz")
    assert status == 200


def test_a_kill_is_seen_and_mended(running_demo: Demo) -> None:
    before = _running(running_demo)
    answer = running_demo.order("/demo/restart", {"kill": True})
    assert answer["product"]["state"] != "running"
    after = _running(running_demo, other_than=int(str(before["pid"])))
    assert after["last_exit"] == -signal.SIGKILL
    assert after["starts"] == int(str(before["starts"])) + 1


def test_a_death_nobody_asked_for_is_mended(running_demo: Demo) -> None:
    before = int(str(_running(running_demo)["pid"]))
    os.kill(before, signal.SIGKILL)
    _running(running_demo, other_than=before)


def test_what_comes_while_it_is_stopped_arrives_after_the_start(running_demo: Demo) -> None:
    _running(running_demo)
    stopped = running_demo.order("/demo/stop")["product"]
    assert (stopped["state"], stopped["pid"], stopped["last_exit"]) == ("stopped", None, 0)
    customer = running_demo.customer("Late Lena")
    running_demo.say(customer, "written while nobody was there")
    running_demo.order("/demo/start")
    until(lambda: running_demo.posts("written while nobody was there"))


@pytest.mark.parametrize("body", [b"[]", b"{", b'"text"'])
def test_orders_that_are_no_object_are_refused(running_demo: Demo, body: bytes) -> None:
    status, answer, _ = running_demo.ask("POST", "/demo/scene", body)
    assert status == 400
    assert "JSON object" in json.loads(answer)["error"]


def test_an_unknown_scene_is_refused(running_demo: Demo) -> None:
    status, answer, _ = running_demo.ask("POST", "/demo/scene", {"name": "rain"})
    assert status == 400
    assert "crash" in json.loads(answer)["error"]


def test_other_web_pages_give_no_orders(running_demo: Demo) -> None:
    status, _, _ = running_demo.ask("POST", "/demo/stop", {}, {"Origin": "http://elsewhere.example"})
    assert status == 403
    assert running_demo.product()["state"] == "running"


def test_ctrl_c_ends_everything_and_a_busy_port_is_stepped_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        wanted = busy.getsockname()[1]
        with demo("--port", str(wanted)) as found:
            assert found.url != f"http://127.0.0.1:{wanted}"
            child = int(found.product()["pid"])
            os.killpg(found.process.pid, signal.SIGINT)  # a terminal tells the whole group
            assert found.process.wait(timeout=20) == 0
            with pytest.raises(ProcessLookupError):
                os.kill(child, 0)
