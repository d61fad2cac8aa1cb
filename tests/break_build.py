"""Build with Sphinx until a file is touched, then break: a script, run by test_faults.

``break_build.py WAY WHEN FOLDER ARGUMENTS…`` watches the files below FOLDER that are opened for
writing, renamed or deleted. WHEN is a number, to break at the N-th, or how the file's name ends.
Ways to break:

kill   the process is killed before it touches the file
cut    it is killed after 100 bytes of this file or the next that is longer
short  of this file only 100 bytes can be written, as on a disk that is full for a while
full   the same from there on
none   nothing breaks; how many files are touched is printed

The arguments are those of ``sphinx-build``.
"""

from __future__ import annotations

import os
import resource
import signal
import sys

from sphinx.cmd.build import main

WAY, WHEN, FOLDER, *ARGUMENTS = sys.argv[1:]
HARD = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
count = 0
broken = False


def note_event(event: str, details: tuple[object, ...]) -> None:
    """Count an audit event that touches a file, and break when it is time."""
    global count, broken
    touches = event in ("os.rename", "os.remove") or (
        event == "open" and isinstance(details[2], int) and details[2] & (os.O_WRONLY | os.O_RDWR)
    )
    if not touches or not str(details[0]).startswith(FOLDER):
        return
    count += 1
    if broken and WAY == "short":
        resource.setrlimit(resource.RLIMIT_FSIZE, (HARD, HARD))
    if broken or not (str(count) == WHEN or str(details[0]).endswith(f"/{WHEN}")):
        return
    broken = True
    if WAY == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif WAY != "none":
        if WAY == "cut":
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, HARD))


sys.addaudithook(note_event)
status = main(ARGUMENTS)
print(f"files touched: {count}")
sys.exit(status)
