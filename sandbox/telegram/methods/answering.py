"""Answers to presses on buttons and to inline queries."""

from __future__ import annotations

from sandbox.telegram.call import TOO_OLD, Call, answers
from sandbox.telegram.errors import bad_request

LONGEST_ANSWER = 200
PRESS_LIFETIME = 15 * 60
MOST_RESULTS = 50
INLINE_SECONDS = 60


@answers("answerCallbackQuery")
def answer_callback(call: Call) -> bool:
    """A press can be answered once, by the bot whose button it was, within some minutes."""
    press = call.state.presses.get(call.get("callback_query_id"))
    too_late = press is None or press.answer is not None or call.state.clock.now() - press.at > PRESS_LIFETIME
    if press is None or too_late or press.bot_id != call.bot.id:
        raise bad_request(TOO_OLD)
    text = call.get("text", "")
    if len(text) > LONGEST_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    press.answer = {"text": text, "show_alert": bool(call.get("show_alert")), "url": call.get("url")}
    event = {
        "press_id": press.id,
        "chat_id": press.chat.id,
        "message_id": press.message_id,
        "user_id": press.user.id,
        **press.answer,
    }
    call.state.bus.publish("callback_answer", lambda: event)
    return True


@answers("answerInlineQuery")
def answer_inline(call: Call) -> bool:
    question = call.question("inline", "inline_query_id", INLINE_SECONDS)
    results = call.get("results")
    if not isinstance(results, list):
        raise bad_request("can't parse inline query results JSON object")
    if len(results) > MOST_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    ids = [result.get("id") for result in results if isinstance(result, dict)]
    if len(set(ids)) != len(results):
        raise bad_request("RESULT_ID_DUPLICATE")
    question.answer = {"results": results}
    return True
