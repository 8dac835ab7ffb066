"""How texts become findable: one function makes the tokens of what is kept and of what is asked for.

Chinese, Japanese and Korean are written without spaces between words, so a run of them becomes overlapping pairs and
its last character (我要退款 → 我要 要退 退款 款): every two-character word is found, wherever it stands. All else is a
token from one space or sign to the next. Case, width (ＡＢＣ, １２３) and accents make no difference. A change here
calls for `topicdesk search reindex`.
"""

import re
import unicodedata
from dataclasses import dataclass

_ACCENTS = re.compile("[\u0300-\u036f]")
_WIDE = "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_RARE = "\U00020000-\U0003ffff"
_RUN = re.compile(f"(?P<pairs>[{_WIDE}{_RARE}]+)|[^\\W_{_WIDE}{_RARE}]+")
_ASKED = re.compile(r'"([^"]*)"|(\S+)')
_SHORTEST_TAIL = 3
_LONGEST_TOKEN = 60
"""Characters: what is longer is no word (and PostgreSQL takes no lexeme past 2 kB)."""
_LONGEST_QUESTION = 200


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to look for. Every `whole` token must be there, and one that begins with each of `begun`.

    `exact`, if not empty, must also stand in the folded text as it is: pairs alone do not prove a longer word.
    """

    whole: tuple[str, ...]
    begun: tuple[str, ...] = ()
    exact: str = ""


def fold(text: str) -> str:
    """The form in which texts are compared: ＣＡＦÉ and cafe are the same, and so are all spaces."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return " ".join(unicodedata.normalize("NFKC", bare).casefold().split())


def tokens(folded: str) -> tuple[str, ...]:
    """What a folded text is found by, each once."""
    found: dict[str, None] = {}
    for run in _RUN.finditer(folded):
        found.update(dict.fromkeys(_pairs(run[0]) if run["pairs"] else [run[0][:_LONGEST_TOKEN]]))
    return tuple(found)


def number_tokens(digits: str) -> tuple[str, ...]:
    """A number is found by its ends: people remember the last digits."""
    return tuple(digits[start:] for start in range(max(1, len(digits) - _SHORTEST_TAIL + 1)))


def terms(asked: str) -> tuple[Term, ...]:
    """All of them must be found. Words may be begun only (`ref` finds refund); `"in quotes"` they stand together."""
    parts = _ASKED.findall(asked[:_LONGEST_QUESTION])
    found = [_term(fold(quoted or word), is_quoted=bool(quoted)) for quoted, word in parts]
    return tuple(term for term in found if term.whole or term.begun)


def _pairs(run: str) -> list[str]:
    return [run[start : start + 2] for start in range(len(run))]


def _term(folded: str, *, is_quoted: bool) -> Term:
    whole: list[str] = []
    begun: list[str] = []
    runs = list(_RUN.finditer(folded))
    for run in runs:
        if not run["pairs"]:
            begun.append(run[0][:_LONGEST_TOKEN])
        elif len(run[0]) == 1:
            begun.append(run[0])
        else:
            whole += _pairs(run[0])[:-1]
    is_plain = len(runs) == 1 and (runs[0][0] == folded and len(whole) < 2)
    return Term(tuple(dict.fromkeys(whole)), tuple(dict.fromkeys(begun)), folded if is_quoted or not is_plain else "")


def place_of(text: str, asked: tuple[Term, ...]) -> tuple[int, int] | None:
    """Where the first of the terms stands in a text as it was written: (start, end), or None."""
    letters = [(letter, index) for index, char in enumerate(text) for letter in fold(char) or " "]
    folded = "".join(letter for letter, _ in letters)
    for term in asked:
        for needle in (term.exact, *term.whole, *term.begun):
            start = folded.find(needle) if needle else -1
            if start >= 0:
                return letters[start][1], letters[start + len(needle) - 1][1] + 1
    return None
