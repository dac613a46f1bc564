"""Runs a command and prints the most memory, in bytes, that one process of it held.

A program of its own, because a process counts as at least as large as the one that started it:
this one imports next to nothing, so what it starts is counted as it is. Of several processes
the largest counts, and pages that they share count in each.
"""

import os
import sys


def main() -> int:
    """Run the command in the arguments; return its exit code."""
    silent = os.open(os.devnull, os.O_WRONLY)
    child = os.posix_spawn(
        sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, silent, 1)]
    )
    _, status, used = os.wait4(child, 0)
    print(used.ru_maxrss * (1 if sys.platform == "darwin" else 1024))
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())
