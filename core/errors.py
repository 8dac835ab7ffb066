"""One tree of errors. Each branch answers: whose turn is it, may we retry, and was it certain?

DeskError
├── UserMistake        shown to the person who caused it, by catalog key
├── RemoteTrouble      the other side is unwell: retry later
│   ├── Busy           asked to slow down, with a time
│   ├── Down           certainly not done
│   └── Uncertain      perhaps done: the answer was lost
├── RemoteRefusal      the other side said no: never retry by itself
│   ├── TopicGone / TopicClosed / ReplyTargetGone / QuoteGone / MediaRefused / ReactionRefused / Unsupported
│   └── GroupTrouble   rights missing, bot removed: the whole group waits
└── LineTrouble        the account itself is stopped: token, ban, payment
"""


class DeskError(Exception):
    """Base of all expected errors. `code` is stable and picks the text (`error.<code>`) staff see."""

    code = "unknown"

    def __init__(self, detail: str = "", code: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        if code is not None:
            self.code = code


class UserMistake(DeskError):
    """The request cannot be done as asked. `values` fill the placeholders of the text."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code=code)
        self.values = values


class RemoteTrouble(DeskError):
    """Try again later. `retry_after` in seconds when the other side named a time."""

    code = "trouble"

    def __init__(self, detail: str = "", retry_after: float | None = None, code: str | None = None) -> None:
        super().__init__(detail, code)
        self.retry_after = retry_after


class Busy(RemoteTrouble):
    """429 and its kin: nobody may call this target again before `retry_after`."""

    code = "busy"


class Down(RemoteTrouble):
    """Not reachable, or answered that it did nothing. Certainly not done."""

    code = "down"


class Uncertain(RemoteTrouble):
    """The request may have been carried out. Never repeat it blindly towards a customer."""

    code = "uncertain"


class RemoteRefusal(DeskError):
    """Refused for good. `code` names the class of refusal; `number` is the other side's own code."""

    code = "refused"

    def __init__(self, detail: str = "", code: str | None = None, number: int | None = None) -> None:
        super().__init__(detail, code)
        self.number = number


class TopicGone(RemoteRefusal):
    code = "topic_gone"


class TopicClosed(RemoteRefusal):
    code = "topic_closed"


class ReplyTargetGone(RemoteRefusal):
    code = "reply_target_gone"


class QuoteGone(ReplyTargetGone):
    """The post is there, the quoted words are not."""


class MediaRefused(RemoteRefusal):
    code = "media_refused"


class ReactionRefused(RemoteRefusal):
    code = "reaction_refused"


class Unsupported(RemoteRefusal):
    """This line or desk cannot do that at all."""

    code = "unsupported"


class GroupTrouble(RemoteRefusal):
    """The desk's group cannot be used: the bot was removed or lacks a right (named in `detail`)."""

    code = "group_trouble"


class GroupMoved(RemoteRefusal):
    """The group became a supergroup with another id."""

    code = "group_moved"

    def __init__(self, detail: str, new_chat_id: int) -> None:
        super().__init__(detail)
        self.new_chat_id = new_chat_id


class LineTrouble(DeskError):
    """The account is stopped (token, ban, payment): hold its queue and tell the owner."""

    code = "line_trouble"

    def __init__(self, detail: str = "", code: str | None = None, number: int | None = None) -> None:
        super().__init__(detail, code)
        self.number = number
