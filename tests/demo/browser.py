"""Debian's headless Chromium, driven by selenium: what a person sees and does on the page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.demo.running import until

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars --force-prefers-reduced-motion"
)


def need_browser() -> None:
    """Skip without Chromium; fail where the environment says that it must be there."""
    if CHROMIUM and DRIVER:
        return
    reason = "chromium and chromedriver are not installed (Debian: chromium, chromium-driver)"
    if os.environ.get("TOPICDESK_TEST_BROWSER") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


class Page:
    """The page as a person uses it."""

    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        self.driver = driver
        self.url = url

    def open(self) -> None:
        self.driver.get(self.url)
        until(lambda: self.run("return document.body.dataset.ready"))

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def find(self, selector: str) -> WebElement:
        return until(lambda: next(iter(self.all(selector)), None))  # type: ignore[return-value]

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        """Texts of all matches at one moment, as they are shown."""
        return self.run("return [...document.querySelectorAll(arguments[0])].map(e => e.innerText)", selector)

    def see(self, selector: str, text: str, seconds: float = 90) -> None:
        until(lambda: any(text in shown for shown in self.texts(selector)), seconds)

    def press(self, selector: str) -> None:
        self.find(selector).click()

    def press_text(self, selector: str, text: str) -> None:
        """Press the newest match that shows this text."""
        script = (
            "const all = [...document.querySelectorAll(arguments[0])];"
            "const found = all.filter(e => e.innerText.includes(arguments[1]));"
            "found.at(-1)?.click(); return found.length > 0"
        )
        until(lambda: self.run(script, selector, text))

    def menu(self, text: str) -> None:
        """Open the menu of the topic's message that says this, whatever stands above and below it."""
        script = (
            "const all = [...document.querySelectorAll('#messages .bubble')];"
            "const found = all.find(e => e.innerText.includes(arguments[0]));"
            "found?.parentElement.querySelector('.more').click(); return !!found"
        )
        until(lambda: self.run(script, text))

    def write(self, selector: str, text: str) -> None:
        field = self.find(f"{selector} textarea")
        until(lambda: field.is_displayed())
        field.send_keys(text + Keys.ENTER)

    def new_customer(self, name: str) -> None:
        self.press("#new-customer")
        self.find("dialog input").send_keys(name + Keys.ENTER)
        self.see("#customer option", name)
        until(lambda: self.run("return document.querySelector('#customer').selectedOptions[0].text").startswith(name))

    def size(self, width: int, height: int) -> None:
        shape = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", shape)

    def theme(self, name: str) -> None:
        feature = {"name": "prefers-color-scheme", "value": name}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})

    def picture(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        assert self.driver.save_screenshot(str(path))

    def complaints(self) -> list[str]:
        """What the browser's console says: errors, and everything the content policy refused."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]


@contextmanager
def page(url: str, language: str = "en-US") -> Iterator[Page]:
    """A fresh browser with nothing remembered."""
    need_browser()
    with TemporaryDirectory(prefix="topicdesk-browser-", ignore_cleanup_errors=True) as profile:
        options = Options()
        options.binary_location = CHROMIUM or ""
        for flag in [*FLAGS.split(), f"--user-data-dir={profile}", f"--lang={language}", f"--accept-lang={language}"]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(options=options, service=Service(DRIVER or ""))
        try:
            found = Page(driver, url)
            found.size(1440, 900)
            yield found
        finally:
            driver.quit()
