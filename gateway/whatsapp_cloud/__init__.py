"""The WhatsApp Cloud API line: `connector.py` talks, `wire_in.py` and `wire_out.py` convert (pure).

Where to change what: a new kind of message in `messages_in.py`, news about the account in `account_in.py`,
a new error code in `errors.py`, a size in `limits.py`, formatting signs in `markup.py`.
"""
