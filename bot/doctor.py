"""`topicdesk doctor`: looks at everything a newcomer gets wrong, and says how to mend it.

Telegram's and the machine's checks are in `bot.doctor_*`; those of WhatsApp live in `gateway` and are handed in by
`bot.app`, the one place that knows both. Nothing secret is printed.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.doctor_machine import check_machine
from bot.doctor_telegram import check_telegram
from core.checkup import Finding, Verdict
from core.i18n import Texts, texts_for
from core.settings import Settings
from core.store.store import utc_now

Check = Callable[[], Awaitable[Sequence[Finding]]]

SIGNS = {Verdict.OK: "✅", Verdict.WARN: "⚠️", Verdict.FAIL: "❌", Verdict.SKIPPED: "➖"}


@dataclass(frozen=True, slots=True)
class Section:
    """`title` is the key of a text."""

    title: str
    findings: Sequence[Finding]


async def examine(settings: Settings, whatsapp: Check, now: Callable[[], datetime] = utc_now) -> list[Section]:
    return [
        Section("doctor.machine", await check_machine(settings.desk)),
        Section("doctor.telegram", await check_telegram(settings, now)),
        Section("doctor.whatsapp", await whatsapp()),
    ]


async def run_doctor(settings: Settings, lang: str, whatsapp: Check, *, as_json: bool = False) -> int:
    """Look, print, and answer the exit code: 1 when something must be mended."""
    texts = texts_for(lang or settings.desk.locale)
    sections = await examine(settings, whatsapp)
    report = as_data(sections, texts) if as_json else "\n".join(as_lines(sections, texts))
    print(report)  # noqa: T201
    return 1 if count(sections, Verdict.FAIL) else 0


def count(sections: Sequence[Section], verdict: Verdict) -> int:
    return sum(finding.verdict is verdict for section in sections for finding in section.findings)


def as_lines(sections: Sequence[Section], texts: Texts) -> list[str]:
    """One line a finding, and its remedy indented below it."""
    lines: list[str] = []
    for section in sections:
        lines += [texts.t(section.title), *(line for each in section.findings for line in _lines_of(each, texts)), ""]
    failures, warnings = count(sections, Verdict.FAIL), count(sections, Verdict.WARN)
    if failures:
        return [*lines, texts.n("doctor.to_mend", failures)]
    return [*lines, texts.t("doctor.with_warnings" if warnings else "doctor.all_well")]


def _lines_of(finding: Finding, texts: Texts) -> list[str]:
    said, *remedy = texts.t(finding.key, **finding.values).split("\n")
    return [f"  {SIGNS[finding.verdict]} {said}", *(f"       {line}" for line in remedy)]


def as_data(sections: Sequence[Section], texts: Texts) -> str:
    """For machines: `{"ok": …, "findings": [{"section", "check", "verdict", "text", "remedy"}]}`."""
    findings = [_entry(section.title, each, texts) for section in sections for each in section.findings]
    return json.dumps({"ok": not count(sections, Verdict.FAIL), "findings": findings}, ensure_ascii=False, indent=2)


def _entry(title: str, finding: Finding, texts: Texts) -> dict[str, Any]:
    said, _, remedy = texts.t(finding.key, **finding.values).partition("\n")
    section = title.rpartition(".")[2]
    return {"section": section, "check": finding.key, "verdict": finding.verdict, "text": said, "remedy": remedy}
