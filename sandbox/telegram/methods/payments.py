"""Invoices and Stars: shapes and limits only, no money."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import messages, posting
from sandbox.telegram.call import Call, answers
from sandbox.telegram.errors import bad_request
from sandbox.telegram.flood import Cost

STARS = "XTR"
CHECKOUT_SECONDS = 10
MONTH = 2_592_000
MOST_STARS_A_MONTH = 10_000


def _total(call: Call) -> int:
    """Check the invoice's texts and prices (source: Bot API docs, sendInvoice) and add the prices up."""
    limits = {"title": 32, "description": 255}
    for name, longest in limits.items():
        if not 1 <= len(call.get(name, "")) <= longest:
            raise bad_request(f"INVOICE_{name.upper()}_INVALID")
    if not 1 <= len(call.get("payload", "").encode()) <= 128:
        raise bad_request("INVOICE_PAYLOAD_INVALID")
    prices = call.get("prices")
    if not isinstance(prices, list) or not prices:
        raise bad_request("PRICES_EMPTY")
    total = sum(int(price.get("amount", 0)) for price in prices)
    if call.get("currency") == STARS and (len(prices) != 1 or call.get("provider_token")):
        raise bad_request("STARS_INVOICE_INVALID")
    if call.get("currency") != STARS and not call.get("provider_token"):
        raise bad_request("PAYMENT_PROVIDER_INVALID")
    return total


@answers("createInvoiceLink")
def invoice_link(call: Call) -> str:
    total, period = _total(call), call.get("subscription_period")
    if period is not None and (period != MONTH or call.get("currency") != STARS or total > MOST_STARS_A_MONTH):
        raise bad_request("SUBSCRIPTION_PERIOD_INVALID")
    return f"https://t.me/$sandbox{call.state.number()}"


@answers("sendInvoice", cost=Cost.POST)
def send_invoice(call: Call) -> dict[str, Any]:
    invoice = {
        "title": call.get("title"),
        "description": call.get("description"),
        "start_parameter": call.get("start_parameter", ""),
        "currency": call.get("currency"),
        "total_amount": _total(call),
    }
    return posting.send(call, "invoice", {"invoice": invoice})


@answers("answerPreCheckoutQuery")
def answer_pre_checkout(call: Call) -> bool:
    """Must come within 10 s (source: Bot API docs). A yes completes the payment at once."""
    question = call.question("payment", "pre_checkout_query_id", CHECKOUT_SECONDS)
    if not call.get("ok") and not call.get("error_message"):
        raise bad_request("error_message must be non-empty")
    question.answer = {"ok": call.get("ok"), "error_message": call.get("error_message")}
    if call.get("ok") and question.chat is not None:
        charge = {"telegram_payment_charge_id": f"charge{question.id}", "provider_payment_charge_id": ""}
        paid = {**question.details, **charge}
        messages.service(call.state, question.chat, question.user, "successful_payment", paid)
    return True
