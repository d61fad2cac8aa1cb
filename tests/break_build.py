"""Build with Sphinx in a process of its own until a file is touched, then break.

A build watches the files below its output that are opened for writing, renamed or deleted. WHEN
is a number, to break at the N-th, or how the file's name ends. Ways to break:

kill   the process is killed before it touches the file
cut    it is killed after 100 bytes of this file or the next that is longer
short  of this file only 100 bytes can be written, as on a disk that is full for a while
full   the same from there on
none   nothing breaks; the files are said, one a line

The processes are forked from one that has Sphinx loaded, since loading takes longer than a build.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import resource
import signal
import sys
from multiprocessing.connection import Connection
from typing import NamedTuple

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["sphinx.cmd.build", "sphinx.builders.html", "myst_parser.sphinx_"])


class Broken(NamedTuple):
    """How a build ended, as ``Process.exitcode`` has it, and what it said."""

    status: int
    said: str


def build(way: str, when: int | str, folder: str, *arguments: str, modes: bool = False) -> Broken:
    """Build in a process of its own that breaks.

    :param arguments: those of ``sphinx-build``.
    :param modes: whether modes of files bind root too.
    """
    reader, writer = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=run, args=(writer, way, str(when), folder, arguments, modes))
    process.start()
    writer.close()
    with os.fdopen(os.dup(reader.fileno()), encoding="utf-8") as pipe:
        said = pipe.read()
    process.join()
    assert process.exitcode is not None
    return Broken(process.exitcode, said)


def run(
    said: Connection, way: str, when: str, folder: str, arguments: tuple[str, ...], modes: bool
) -> None:
    """The process's task."""
    os.dup2(said.fileno(), 1)
    os.dup2(said.fileno(), 2)
    said.close()
    if modes:
        drop_capabilities()
    watch = Watch(way, when, folder)
    sys.addaudithook(watch.note_event)
    from sphinx.cmd.build import main

    status = main(arguments)
    if way == "none":
        print(*watch.touched, sep="\n", flush=True)
    sys.exit(status)


def drop_capabilities() -> None:
    """Have modes of files bind root too: no capability is left (capset(2), version 3)."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    assert ctypes.CDLL(None).capset(header, (ctypes.c_uint32 * 6)()) == 0


class Watch:
    """Notes the files that are touched, and breaks when it is time."""

    def __init__(self, way: str, when: str, folder: str) -> None:
        self.way, self.when, self.folder = way, when, folder
        self.hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        self.touched: list[str] = []
        self.broken = False

    def note_event(self, event: str, details: tuple[object, ...]) -> None:
        """Take an audit event, of which some touch a file."""
        touches = event in ("os.rename", "os.remove") or (
            event == "open"
            and isinstance(details[2], int)
            and details[2] & (os.O_WRONLY | os.O_RDWR)
        )
        path = str(details[0]) if touches else ""
        if not path.startswith(self.folder):
            return
        self.touched.append(path)
        if self.broken and self.way == "short":
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.hard, self.hard))
        due = str(len(self.touched)) == self.when or path.endswith(f"/{self.when}")
        if self.broken or not due:
            return
        self.broken = True
        if self.way == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif self.way != "none":
            if self.way == "cut":
                signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, self.hard))
