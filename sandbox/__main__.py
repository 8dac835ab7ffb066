"""`python -m sandbox demo` and `python -m sandbox bench`."""

from __future__ import annotations

import sys

from sandbox import bench, demo

COMMANDS = {"demo": demo.main, "bench": bench.main}
USAGE = "usage: python -m sandbox demo|bench [options]   (all options: python -m sandbox demo --help, … bench --help)\n"


def main() -> int:
    command = COMMANDS.get(sys.argv[1] if len(sys.argv) > 1 else "")
    if command is not None:
        return command(sys.argv[2:])
    sys.stderr.write(USAGE)
    return 2


if __name__ == "__main__":
    sys.exit(main())
