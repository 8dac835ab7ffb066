"""The Bot API's methods, one file per concern. Importing a file registers its answers."""

from importlib import import_module

FILES = (
    "updating",
    "sending",
    "media",
    "copying",
    "editing",
    "ephemeral",
    "forum",
    "chats",
    "files",
    "answering",
    "payments",
    "profile",
)


def load() -> None:
    """Import every file of methods once."""
    for name in FILES:
        import_module(f"sandbox.telegram.methods.{name}")
