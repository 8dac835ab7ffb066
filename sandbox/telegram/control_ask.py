"""What people ask of a bot outside any chat: inline queries and paying an invoice."""

from __future__ import annotations

from sandbox.telegram import defaults, delivery
from sandbox.telegram.control import View
from sandbox.telegram.control_talk import TalkControl
from sandbox.telegram.errors import SimError

LONGEST_QUERY = 256


class AskControl(TalkControl):
    """Questions that a bot must answer by their id."""

    def inline(self, *, query: str, sender: int = defaults.OWNER_ID, bot: int | None = None) -> View:
        """A person types `@bot query`. Answers {query_id}; what the bot offers is in `question`."""
        if len(query) > LONGEST_QUERY:
            raise SimError("an inline query has at most 256 characters")
        asked, who = self._bot(bot), self.state.user(sender)
        question = self.state.ask("inline", asked, who)
        body = {"id": question.id, "from": who.wire(), "query": query, "offset": "", "chat_type": "supergroup"}
        delivery.push(self.state, asked, "inline_query", body)
        return {"query_id": question.id}

    def pay(self, *, message: int, payload: str, sender: int = defaults.OWNER_ID, chat: int | None = None) -> View:
        """A person pays an invoice. Answers {query_id}; a yes of the bot leaves a successful_payment in the chat."""
        place = self._chat(chat)
        found = self._message(place, message)
        invoice = found.wire.get("invoice")
        if invoice is None:
            raise SimError("the message is no invoice")
        bot, who = self.state.bots[found.sender.id], self.state.user(sender)
        price = {"currency": invoice["currency"], "total_amount": invoice["total_amount"]}
        price["invoice_payload"] = payload
        question = self.state.ask("payment", bot, who)
        question.chat, question.details = place, price
        delivery.push(self.state, bot, "pre_checkout_query", {"id": question.id, "from": who.wire(), **price})
        return {"query_id": question.id}

    def question(self, *, query_id: str) -> View:
        """How an inline query or a payment was answered: {answered, answer}."""
        found = self.state.questions.get(query_id)
        if found is None:
            raise SimError("no such question")
        return {"query_id": query_id, "answered": found.answer is not None, "answer": found.answer}
