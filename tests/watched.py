"""Run the command and write down what it asks of the machine: for ``test_security``.

``python watched.py LOG ARGUMENT…`` runs `wherefrom` with these arguments, and appends to the file
LOG a line for each thing that nobody should be asked for: a connection, a look-up of a name, a
shell, another program, code made from text. Python tells of these itself (PEP 578), from
whichever library they come; what is loaded to be run (imports, templates) is none of them.
"""

import os
import sys
from typing import Any

WATCHED = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork",
    "os.startfile", "pty.", "ftplib.", "http.", "imaplib.", "poplib.", "smtplib.", "telnetlib.",
    "urllib.", "webbrowser.", "pickle.", "ctypes.", "builtins.input", "winreg.",
    "code.", "sqlite3.enable_load_extension", "sqlite3.load_extension", "shelve.", "syslog.",
)  # fmt: skip

HARMLESS = (
    "socket.gethostname",  # names the machine, and asks nobody
)


def main() -> None:
    log = open(sys.argv[1], "a", encoding="utf-8")  # noqa: SIM115

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if not event.startswith(WATCHED) or event in HARMLESS:
            return
        if event.startswith("ctypes.") and _imports():
            return
        log.write(f"{event} {arguments!r}\n"[:300])
        log.flush()

    from cli.main import run

    sys.addaudithook(note)
    code = run(sys.argv[2:])
    sys.stdout.flush()
    os._exit(code)


def _imports() -> bool:
    """Whether this happens while a module is being imported."""
    frame: Any = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


if __name__ == "__main__":
    main()
