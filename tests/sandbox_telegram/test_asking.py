"""Inline queries and payments: questions that must be answered by their id and in time."""

from __future__ import annotations

import pytest

from tests.contract.bot_api import Refused, open_telegram

TOO_OLD = "query is too old"
PRICE = [{"label": "month", "amount": 5}]


async def test_an_inline_query() -> None:
    async with open_telegram() as (tg, api):
        tg.inline(query="ben")
        (update,) = await api.updates()
        query = update["inline_query"]["id"]
        result = {"type": "article", "id": "1", "title": "Ben", "input_message_content": {"message_text": "x"}}
        await api.answerInlineQuery(inline_query_id=query, results=[result])
        assert tg.question(query_id=query)["answer"]["results"][0]["title"] == "Ben"
        with pytest.raises(Refused, match=TOO_OLD):
            await api.answerInlineQuery(inline_query_id=query, results=[])


async def test_a_payment() -> None:
    async with open_telegram() as (tg, api):
        invoice = await api.sendInvoice(title="Plan", description="d", payload="p1", currency="XTR", prices=PRICE)
        tg.pay(message=invoice["message_id"], payload="p1")
        (update,) = await api.updates()
        asked = update["pre_checkout_query"]
        assert (asked["invoice_payload"], asked["total_amount"]) == ("p1", 5)
        await api.answerPreCheckoutQuery(pre_checkout_query_id=asked["id"], ok=True)
        (paid,) = await api.updates()
        assert paid["message"]["successful_payment"]["invoice_payload"] == "p1"


async def test_a_payment_must_be_answered_in_ten_seconds() -> None:
    async with open_telegram() as (tg, api):
        invoice = await api.sendInvoice(title="Plan", description="d", payload="p1", currency="XTR", prices=PRICE)
        query = tg.pay(message=invoice["message_id"], payload="p1")["query_id"]
        tg.clock(advance=11)
        with pytest.raises(Refused, match=TOO_OLD):
            await api.answerPreCheckoutQuery(pre_checkout_query_id=query, ok=True)


async def test_subscriptions_are_monthly_and_in_stars() -> None:
    async with open_telegram() as (_, api):
        common = {"title": "Plan", "description": "d", "payload": "p", "currency": "XTR", "prices": PRICE}
        assert (await api.createInvoiceLink(**common, subscription_period=2592000)).startswith("https://t.me/$")
        with pytest.raises(Refused, match="SUBSCRIPTION_PERIOD_INVALID"):
            await api.createInvoiceLink(**common, subscription_period=86400)
        with pytest.raises(Refused, match="STARS_INVOICE_INVALID"):
            await api.createInvoiceLink(**{**common, "prices": PRICE * 2})
