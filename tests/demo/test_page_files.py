"""The page's own files: nothing from elsewhere, no data as markup, both languages whole, nothing uploaded is run."""

import re
import urllib.request
from pathlib import Path

import pytest

from tests.demo.running import PROJECT, Demo

PAGE = PROJECT / "sandbox" / "page"
SCRIPTS = sorted(PAGE.glob("*.js"))


def _texts(language: str) -> dict[str, str]:
    source = (PAGE / "texts.js").read_text(encoding="utf-8")
    part = source.split(f"const {language} = {{")[1].split("\n};")[0]
    return dict(re.findall(r'(\w+): "((?:[^"\\]|\\.)*)"', part))


@pytest.mark.parametrize("path", sorted(PAGE.glob("*.*")), ids=lambda path: path.name)
def test_no_file_reaches_out(path: Path) -> None:
    source = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"""(?:src|href|url|from|import|fetch)\s*[=(]?\s*["'(]?\s*(?:https?:)?//""", source)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_data_never_becomes_markup(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", source)


def test_both_languages_have_the_same_words_and_places() -> None:
    english, chinese = _texts("en"), _texts("zh")
    assert english.keys() == chinese.keys()
    assert len(english) > 100
    for key, text in english.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", chinese[key])), key


def test_every_word_asked_for_exists() -> None:
    known = _texts("en")
    html = (PAGE / "index.html").read_text(encoding="utf-8")
    asked = set(re.findall(r'data-t(?:-label|-hint)?="(\w+)"', html))
    for path in SCRIPTS:
        asked |= set(re.findall(r"""\bt\("(\w+)\"""", path.read_text(encoding="utf-8")))
    assert len(asked) > 60
    assert asked <= known.keys(), asked - known.keys()


def test_the_page_forbids_everything_from_elsewhere(running_demo: Demo) -> None:
    for path in ("/", "/page/main.js", "/page/base.css"):
        status, _, headers = running_demo.ask("GET", path)
        assert status == 200
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy


def test_an_uploaded_page_is_never_run(running_demo: Demo) -> None:
    border = "x-border"
    what = 'Content-Disposition: form-data; name="file"; filename="a.html"\r\nContent-Type: text/html'
    body = f"--{border}\r\n{what}\r\n\r\n<script>1</script>\r\n--{border}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={border}"}
    request = urllib.request.Request(running_demo.url + "/graph/sim/wa/file", body, kind)
    with urllib.request.urlopen(request, timeout=10) as answer:
        number = re.search(rb'"id": "(\d+)"', answer.read())
    assert number
    _, _, headers = running_demo.ask("GET", f"/graph/sim/wa/media/{number[1].decode()}")
    assert re.search(r"(^|;)\s*sandbox\s*(;|$)", headers["Content-Security-Policy"])
    assert headers["X-Content-Type-Options"] == "nosniff"
