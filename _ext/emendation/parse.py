"""Marks and blanks, as text. Pure: imports no docutils."""

from __future__ import annotations

import re
from collections.abc import Iterator

SEPARATOR = re.compile(r"(?<!\\)=>")
# What hands or input methods write for the separator. From its first dash only: from each of a
# line of nothing else takes as long as the square of its length.
NEARLY = re.compile(r"(?<![-－—=＝])[-－—=＝]+[>＞]|→|⇒")


def split(text: str) -> tuple[str, str] | None:
    """The source's reading and the emended one, or nothing where no ``=>`` divides them.

    The first ``=>`` divides; ``\\=>`` is a literal one. White space is kept.
    """
    sides = SEPARATOR.split(text, maxsplit=1)
    if len(sides) == 1:
        return None
    source, reading = (side.replace("\\=>", "=>") for side in sides)
    return source, reading


def nearest(text: str) -> str:
    """The valid mark that a text without a separator is most like, or an empty string."""
    match = NEARLY.search(text)
    if match is None:
        return ""
    return f"{text[: match.start()].rstrip()}=>{text[match.end() :].lstrip()}"


def pieces(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, bool]]:
    """A text in parts, each with whether it is a blank; an empty match is none."""
    end = 0
    for match in pattern.finditer(text):
        if match.group():
            if match.start() > end:
                yield text[end : match.start()], False
            yield match.group(), True
            end = match.end()
    if end < len(text):
        yield text[end:], False
