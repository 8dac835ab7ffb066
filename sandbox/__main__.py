"""`python -m sandbox demo`."""

from __future__ import annotations

import sys

from sandbox import demo

USAGE = "usage: python -m sandbox demo [--port N] [--no-browser] …   (all options: python -m sandbox demo --help)\n"


def main() -> int:
    if sys.argv[1:2] == ["demo"]:
        return demo.main(sys.argv[2:])
    sys.stderr.write(USAGE)
    return 2


if __name__ == "__main__":
    sys.exit(main())
