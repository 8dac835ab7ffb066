"""Orders, ads and questions as lines that staff can read. Pure."""

from collections import defaultdict
from decimal import Decimal

from core.i18n import Texts
from core.message import Content, Item, Order, Question, Referral
from core.text import RichText, bold, italic, join, plain

_AD = "ad"


def referral_lines(referral: Referral, texts: Texts) -> RichText:
    """What the customer saw before they wrote."""
    rows = [
        join(
            [italic(texts.t("referral.ad" if referral.kind == _AD else "referral.post")), bold(referral.headline)], " "
        ),
        plain(referral.body),
        plain(referral.url or referral.source_id),
        plain(texts.t("referral.picture", url=referral.picture)) if referral.picture else RichText(),
    ]
    return join([row for row in rows if row.text.strip()])


def referral_name(referral: Referral) -> str:
    """In few words, for the card."""
    return referral.headline or referral.body[:60] or referral.url or referral.source_id or referral.kind


def order_lines(order: Order, texts: Texts) -> RichText:
    rows = [bold(texts.n("order.title", sum(item.quantity for item in order.items)))]
    rows += [plain(_item_line(item, texts)) for item in order.items]
    rows += [bold(texts.t("order.total", amount=amount)) for amount in totals(order, texts)]
    if order.catalog:
        rows.append(italic(texts.t("order.catalog", catalog=order.catalog)))
    return join(rows)


def _item_line(item: Item, texts: Texts) -> str:
    if item.price is None:
        return f"{texts.number(item.quantity)} × {item.product}"
    price = Decimal(item.price)
    line = f"{texts.number(item.quantity)} × {item.product}  {texts.money(price, item.currency)}"
    return line if item.quantity == 1 else f"{line} = {texts.money(price * item.quantity, item.currency)}"


def totals(order: Order, texts: Texts) -> list[str]:
    """One for each currency. None while a price is missing: a sum of some of it would mislead."""
    if any(item.price is None for item in order.items):
        return []
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for item in order.items:
        sums[item.currency] += Decimal(item.price or 0) * item.quantity
    return [texts.money(amount, currency) for currency, amount in sums.items()]


def question_lines(question: Question) -> RichText:
    return join([plain(f"{number}. {option}") for number, option in enumerate(question.options, start=1)])


def body_of(content: Content, texts: Texts) -> RichText:
    """The words of a structured message with its structure; empty for all others."""
    if content.order is not None:
        parts = [content.text, order_lines(content.order, texts)]
    elif content.question is not None:
        parts = [content.text, question_lines(content.question)]
    else:
        parts = []
    return join([part for part in parts if part])
