"""Mend what can be mended safely, and make sure of each page that nothing else changed.

A mending touches punctuation and spacing. What MyST's parser makes of the page but for these, its
outline, must be the same before and after; a mending that changes it is left out.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reading import header_length, holds_prose, read_blocks, split_options
from section_compare.read.header import parse_yaml
from typography import FULL, Problem, check_typography

if TYPE_CHECKING:
    from markdown_it.token import Token

Layout = Callable[[str, Collection[str]], str]
ROUNDS = 20  # a page is done after two or three

# What a mending may add, take away or change
MENDED = re.compile(rf"[{re.escape(''.join([*FULL, *FULL.values()]))}、…—\-\s]+")
NARROW = {code + 0xFEE0: code for code in range(ord("0"), ord("z") + 1) if chr(code).isalnum()}


def bare(value: object) -> object:
    """A text without what a mending may change; in a header, its values so."""
    if isinstance(value, dict):
        return {key: bare(one) for key, one in value.items()}
    if isinstance(value, list):
        return [bare(one) for one in value]
    return MENDED.sub("", str(value)).translate(NARROW)


def outline(text: str) -> list[object]:
    """What the parser makes of a page, but for what a mending may change."""
    lines = text.split("\n")
    body = header_length(text)
    found: list[object] = [bare(parse_yaml(text)[0])]
    for token, _start in read_blocks("\n".join(lines[body:])):
        content = token.content
        if token.type == "inline":
            content = ""  # its children follow
        elif holds_prose(token):
            content = f"{split_options(content)[0]} {content != ''}"  # its blocks follow
        found.append(describe(token, content))
        found += outline_inline(token.children or ())
    return found


def outline_inline(tokens: Sequence[Token]) -> Iterator[object]:
    """The parts of a block: its text, and what is no text as it is."""
    text = ""
    for token in tokens:
        if token.type == "text":
            text += token.content
            continue
        yield from filter(None, [bare(text)])
        text = ""
        yield describe(token, token.content)
    yield from filter(None, [bare(text)])


def describe(token: Token, content: str) -> object:
    attributes = sorted((name, str(value)) for name, value in token.attrs.items())
    return token.type, token.tag, token.info.strip(), content, str(token.meta), attributes


def apply(text: str, problems: Sequence[Problem]) -> str:
    """A page with what its problems say instead; of two that overlap the later one waits."""
    lines = text.split("\n")
    limit = len(lines) + 1, 0
    for problem in sorted(problems, reverse=True):  # the places before one stay
        start = problem.column - 1
        if problem.fix is not None and (problem.line, start + problem.length) <= limit:
            line = lines[problem.line - 1]
            end = start + problem.length
            lines[problem.line - 1] = line[:start] + problem.fix + line[end:]
            limit = problem.line, start
    return "\n".join(lines)


def mend_punctuation(text: str) -> str:
    """A page with its punctuation mended where that changes nothing else."""
    problems = [one for one in check_typography(text) if one.fix is not None]
    before, mended = outline(text), apply(text, problems)
    if outline(mended) == before:
        return mended
    for problem in sorted(problems, reverse=True):
        mended = apply(text, [problem])
        if outline(mended) == before:
            text = mended
    return text


def mend_page(text: str, layout: Layout, rules: Collection[str]) -> str:
    """A page mended as often as that changes it, so that a second run has nothing to do.

    :param layout: mends spacing by some of the rules; what changes more than that is left out.
    """
    before = outline(text)
    for _round in range(ROUNDS):
        mended = mend_punctuation(text)
        laid = layout(mended, rules)
        if outline(laid) == before:
            mended = laid
        else:
            for rule in rules:
                laid = layout(mended, [rule])
                mended = laid if outline(laid) == before else mended
        if mended == text:
            break
        text = mended
    return text


def is_own(root: Path, path: Path) -> bool:
    """Whether a file stands where its path says; what a link leads to is another's."""
    return path.resolve() == root.resolve() / path.relative_to(root)


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, so that a full disk costs no one's text."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            file.write(content)
            file.flush()
            if path.exists():
                shutil.copymode(path, file.name)
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise
