"""Marks and blanks, as text. Pure: imports no docutils."""

from __future__ import annotations

import re
from collections.abc import Iterator

SEPARATOR = re.compile(r"(?<!\\)=>")
# What hands or input methods write for the separator.
NEARLY = re.compile(r"\s*(?:[=＝][>＞]|[-－—=＝]+[>＞]|→|⇒)\s*")


def split(text: str) -> tuple[str, str] | str:
    """What a mark says: the source's reading and the emended one, or what is wrong with it.

    The first ``=>`` divides the two; ``\\=>`` is a literal one. White space is kept.

    :return: both readings, of which one may be empty, or a warning's subtype.
    """
    if not SEPARATOR.search(text):
        return "separator"
    source, reading = (side.replace("\\=>", "=>") for side in SEPARATOR.split(text, maxsplit=1))
    if not source and not reading:
        return "empty"
    return "same" if source == reading else (source, reading)


def nearest(text: str) -> str:
    """The valid mark that a text without a separator is most like, or an empty string."""
    return NEARLY.sub("=>", text, count=1) if NEARLY.search(text) else ""


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
