"""An hour at a busy desk on a virtual clock: the real governor against Telegram's flood control, without waiting."""
