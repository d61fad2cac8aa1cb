"""The index that browsers load: its records and its bytes. Pure: imports no docutils.

The file is a script, for pages opened from disk can load no other data. It sets
``window.sectionSearchIndex`` to an object of these fields:

``made``       a checksum of what it was made of
``pages``      ``[address, label, own tags, metadata value or null, other names]``
``tags``       ``[name, label]``
``sections``   ``[page, parent section or -1, anchor, length of the title, text,
               [start, end, tag, …], [start, end, other reading, …]]``
``simplified`` traditional characters, each followed by the one that it is searched as
``parts``      where the index is large, the addresses of the scripts that hold more sections,
               beside this one; each sets ``window.sectionSearchPart`` to a list of them
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

Range = tuple[int, int, str]
# ``only`` or ``ifconfig`` and its expression, or ``config`` and a name.
Condition = tuple[str, str]
KINDS = ("only", "ifconfig", "config")
HALF = re.compile("[\ud800-\udfff]")
# So many characters of text stand in one script: less than a megabyte of Chinese, gzipped.
PART = 800_000
# Of several the first has fewer: the sooner it is read, the sooner something is found.
FIRST = 200_000


@dataclass(frozen=True)
class Block:
    """A title, a paragraph or the like.

    ``conditions`` must hold for it to be shown; ``tags`` and ``alternates`` are ranges of
    ``text`` (end excluded) with a tag or another reading.
    """

    text: str
    conditions: tuple[Condition, ...] = ()
    tags: tuple[Range, ...] = ()
    alternates: tuple[Range, ...] = ()


@dataclass(frozen=True)
class Section:
    """A section's own text, without the sections in it; ``title`` counts the title's blocks.

    ``parent`` is the number of the section around it in the same document, or -1.
    """

    anchor: str
    parent: int
    title: int
    blocks: tuple[Block, ...]


def pack(sections: Iterable[Section]) -> str:
    """Sections as one text, the same for the same sections; kept and handed on faster than they."""
    data = [
        (one.anchor, one.parent, one.title,
         [(block.text, block.conditions, block.tags, block.alternates) for block in one.blocks])
        for one in sections
    ]  # fmt: skip
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def unpack(packed: str) -> tuple[Section, ...]:
    """The sections that were packed."""
    return tuple(
        Section(anchor, parent, title, tuple(
            Block(text, *(tuple(map(tuple, one)) for one in (conditions, tags, others)))
            for text, conditions, tags, others in blocks
        ))
        for anchor, parent, title, blocks in json.loads(packed)
    )  # fmt: skip


@dataclass(frozen=True)
class Page:
    """A document as the index names it; ``tags`` hold for all of it.

    With ``names`` it is offered first to those who search for one of them.
    """

    address: str
    label: str
    sections: tuple[Section, ...]
    tags: tuple[str, ...] = ()
    value: str | None = None
    names: tuple[str, ...] = ()


def join(blocks: Iterable[Block], shown: Callable[[Condition], bool]) -> Block:
    """Blocks as one, a line each, without those whose conditions do not hold.

    Ranges of the same tag that only a line break parts become one.
    """
    text = ""
    tags: list[Range] = []
    alternates: list[Range] = []
    open_at: dict[str, int] = {}  # tag to the place of its last range
    for block in blocks:
        if not all(shown(condition) for condition in block.conditions):
            continue
        if text:
            text += "\n"
        base = len(text)
        text += block.text
        for start, end, tag in block.tags:
            last = open_at.get(tag)
            if last is not None and tags[last][1] >= base + start - 1:
                tags[last] = (tags[last][0], base + end, tag)
            else:
                open_at[tag] = len(tags)
                tags.append((base + start, base + end, tag))
        alternates += [(base + start, base + end, other) for start, end, other in block.alternates]
    return Block(text, (), tuple(tags), tuple(alternates))


def units(text: str) -> int:
    """How long browsers count a text: in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def flat(ranges: Iterable[Range], text: str, name: Callable[[str], object]) -> list[object]:
    """Ranges as one list, counted as browsers count."""
    return [
        value
        for start, end, what in ranges
        for value in (units(text[:start]), units(text[:end]), name(what))
    ]


def build(
    pages: Iterable[Page],
    tags: Mapping[str, str],
    shown: Callable[[Condition], bool],
    simplified: Mapping[str, str],
) -> dict[str, object]:
    """The index of pages.

    :param tags: the tags that readers can filter by, with their labels; others are left out.
    :param shown: whether a condition holds.
    :param simplified: traditional characters with the ones that they are searched as; those of
        no use for the pages' text are left out.
    """
    number = {tag: place for place, tag in enumerate(tags)}
    page_records: list[list[object]] = []
    records: list[list[object]] = []
    seen: set[str] = set()
    for place, page in enumerate(pages):
        own = [number[tag] for tag in page.tags if tag in number]
        page_records.append([page.address, page.label, own, page.value, list(page.names)])
        seen.update(page.label, *page.names)
        first = len(records)
        for section in page.sections:
            whole = join(section.blocks, shown)
            title = join(section.blocks[: section.title], shown).text
            seen.update(whole.text, *(other for _start, _end, other in whole.alternates))
            known = [one for one in whole.tags if one[2] in number]
            records.append([
                place,
                first + section.parent if section.parent >= 0 else -1,
                section.anchor,
                units(title),
                whole.text,
                flat(known, whole.text, number.__getitem__),
                flat(whole.alternates, whole.text, str),
            ])  # fmt: skip
    pairs = sorted(pair for pair in simplified.items() if pair[0] in seen or pair[1] in seen)
    return {
        "pages": page_records,
        "tags": [list(tag) for tag in tags.items()],
        "sections": records,
        "simplified": "".join(old + new for old, new in pairs),
    }


def scripts(
    index: Mapping[str, object], name: str, most: int = PART, first: int = FIRST
) -> dict[str, str]:
    """The scripts that browsers load, by file name: the index, and what is too much for one.

    The later parts' addresses hold a checksum, so that a browser takes none of an older index.

    :param name: the file name of the first, ``….js``.
    :param most: how many characters of text a script may hold, if it holds several sections.
    :param first: how many the first of several may hold.
    """
    sections = cast("list[Sequence[object]]", index["sections"])
    sizes = [len(str(section[4])) for section in sections]
    limit = most if sum(sizes) <= most else first
    parts: list[list[Sequence[object]]] = [[]]
    length = 0
    for section, size in zip(sections, sizes, strict=True):
        if parts[-1] and length + size > limit:
            parts.append([])
            length, limit = 0, most
        parts[-1].append(section)
        length += size
    later = {
        f"{name.removesuffix('.js')}_{number}.js": dump(part, "sectionSearchPart")
        for number, part in enumerate(parts[1:], 2)
    }
    if not later:
        return {name: dump(index)}
    sums = {file: zlib.crc32(script.encode()) for file, script in later.items()}
    opening = {**index, "sections": parts[0], "parts": [f"{one}?v={sums[one]:08x}" for one in sums]}
    return {name: dump(opening), **later}


def dump(value: object, name: str = "sectionSearchIndex") -> str:
    """A script that sets a name of the window, the same characters for the same value.

    Half a surrogate pair, which a file cannot hold, is escaped.
    """
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    data = HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", data)
    return f"window.{name}={data};\n"
