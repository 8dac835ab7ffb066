"""What the people in the scenes write, in English and Chinese. All made up. `{n}` counts, `{all}` is how many."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """`names` are taken one after the other; `curious` asks about a product, `busy` is one of a burst."""

    names: tuple[str, ...]
    curious: tuple[str, ...]
    photo: str
    busy: tuple[str, ...]
    patient: tuple[str, ...]
    order: str
    reply: str
    refused: str
    hello: str


ENGLISH = Words(
    names=("Mei Lin", "Jonas Berg", "Amara Obi", "Luca Conti", "Sofia Reyes", "Noah Klein", "Priya Nair", "Emil Holm",
           "Hana Sato", "Omar Haddad", "Clara Weiss", "Tomas Novak"),
    curious=("Hi! I saw the oak desk on your page.", "How much is it, and do you deliver?"),
    photo="This one",
    busy=("Question {n} of {all}: is it in stock?", "Question {n} of {all}: which colours are there?",
          "Question {n} of {all}: how long does delivery take?", "Question {n} of {all}: can I pay by card?"),
    patient=("First line, written while Telegram says no", "Second line", "Third line, please keep the order"),
    order="Order line {n} of {all}",
    reply="Reply {n} of {all}: noted, thank you",
    refused="Your parcel leaves today.",
    hello="Hello, are you open today?",
)  # fmt: skip

CHINESE = Words(
    names=("林小美", "陈思远", "王可欣", "赵一鸣", "周雨桐", "吴子涵", "郑安然", "孙浩宇",
           "何清清", "许嘉言", "马晓东", "高文静"),
    curious=("您好！我在主页上看到那张橡木书桌。", "请问多少钱？可以送货吗？"),
    photo="就是这张",
    busy=("第 {n} 问（共 {all} 问）：有现货吗？", "第 {n} 问（共 {all} 问）：有哪些颜色？",
          "第 {n} 问（共 {all} 问）：多久能送到？", "第 {n} 问（共 {all} 问）：可以刷卡吗？"),
    patient=("第一行，正好遇上 Telegram 限流", "第二行", "第三行，请保持顺序"),
    order="订单第 {n} 行（共 {all} 行）",
    reply="回复 {n}/{all}：已记下，谢谢",
    refused="您的包裹今天发出。",
    hello="您好，今天营业吗？",
)  # fmt: skip


def words(language: str) -> Words:
    return CHINESE if language.lower().startswith("zh") else ENGLISH
