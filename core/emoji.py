"""Reactions on both sides. Telegram lets a bot use 73 emoji, WhatsApp takes any (Bot API docs, ReactionTypeEmoji)."""

_SELECTOR = "\ufe0f"
"""Asks for the coloured picture. Telegram's list is written without it, WhatsApp's phones write it."""
_TONES = dict.fromkeys(range(0x1F3FB, 0x1F400))
"""The five skin tones."""


def _each(many: str) -> frozenset[str]:
    return frozenset(many.split())


TELEGRAM = _each(
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤\u200d🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 "
    "🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨\u200d💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 "
    "🤷\u200d♂ 🤷 🤷\u200d♀ 😡"
)

MARKS = _each("✍ 👌 🕊 👀 💔 👻")
"""What our own marks say on staff's posts: there a customer's is told in words, or 💔 would look like a failure."""

_NEAREST = {
    "❤": "🧡 💛 💚 💙 💜 🖤 🤍 🤎 🩷 🩵 🩶 ♥ 💕 💞 💓 💗 💖 💝 💟 ❣ 😻",
    "🤣": "😂 😹 😆 😅 🙃",
    "😁": "😀 😃 😄 😊 🙂 ☺ 😉 😌 😺 😸",
    "👏": "🙌 🤲",
    "🙏": "🫂 🙇",
    "👍": "✅ ✔ ☑ 🆗 💪 🤙 👊 🤜 🤛",
    "👎": "❌ ✖ 🚫",
    "👌": "🤌",
    "😢": "🥺 😥 😪 😿 ☹ 🙁 😞 😔 😟 😓",
    "😭": "😩 😫",
    "😱": "😮 😯 😲 🙀",
    "😨": "😧 😦 😰 😳",
    "🤯": "😵",
    "😡": "😠 😤 👿",
    "🎉": "🎊 🥳 🎈",
    "🤩": "⭐ 🌟 ✨",
    "😘": "😗 😙 😚 😽",
    "🤮": "🤢",
    "🤔": "🧐 🤷",
    "😐": "😑 😶 🫤",
    "🤗": "🫶",
    "🤓": "👓",
    "😈": "👺 👹",
    "👻": "☠ 💀",
    "🤝": "👋 🫱",
}
"""What Telegram lacks → what it has that says nearly the same. Everything else is told in words."""
_NEAR = {emoji: near for near, many in _NEAREST.items() for emoji in many.split() if emoji not in TELEGRAM}

_PICTURES = {
    bare: bare.replace("❤", "❤" + _SELECTOR).replace("♂", "♂" + _SELECTOR).replace("♀", "♀" + _SELECTOR)
    for bare in TELEGRAM
} | {bare: bare + _SELECTOR for bare in "🕊✍☃"}


def bare(emoji: str) -> str:
    """Without skin tone and variation selector."""
    return emoji.strip().replace(_SELECTOR, "").translate(_TONES)


def for_telegram(emoji: str) -> str | None:
    """The reaction a bot may draw for it; None when there is none that means the same."""
    plain = bare(emoji)
    return plain if plain in TELEGRAM else _NEAR.get(plain)


def for_phones(emoji: str) -> str:
    """As phones write it: in colour."""
    return _PICTURES.get(bare(emoji), emoji)
