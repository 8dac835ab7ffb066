"""Started as a program of its own: becomes another program, with low priority and little room.

`leash.py CPU_SECONDS MEMORY_BYTES FILE_BYTES PROGRAM ARGUMENT…`; standard library only.
"""

import os
import resource
import sys


def main(cpu: str, memory: str, file: str, *program: str) -> None:
    os.nice(15)
    for what, most in (
        (resource.RLIMIT_CPU, int(cpu)),
        (resource.RLIMIT_AS, int(memory)),
        (resource.RLIMIT_FSIZE, int(file)),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    os.execvp(program[0], program)  # noqa: S606 - a list of arguments, no shell


if __name__ == "__main__":
    main(*sys.argv[1:])
