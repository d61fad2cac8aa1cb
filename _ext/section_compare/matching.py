"""Match marks, ids and section titles, and count characters. Pure: imports no docutils."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

PREFIX = "topic-"
# So many titles are named to one whose heading rule fits none.
NEAREST = 3
GLOB = re.compile(r"[*?\[]")
BRACED = re.compile(r"\{[^{}\n]*\}")
# What is meant as a mark, its braces open or full-width
MEANT = re.compile(r"[{｛][^{}｛｝\n]*\.topic-[a-z0-9-]+(?:[^{}｛｝\n]*[}｝])?")
MARK_OR_FENCE = re.compile(r"[`~]{3}|\.topic-")
# A run of backticks up to the next as long. Possessive, or a line of nothing else takes forever.
CODE = re.compile(r"(?<!`)(`++).*?(?<!`)\1(?!`)")
BLANK_OR_MARKS = re.compile(r"(?:\{[.#][^{}]*\})?")
# What opens a block that MyST gives no attributes: a directive, a formula, raw HTML.
DROPS_MARKS = re.compile(
    r"(?::{3,}|`{3,}|~{3,})\{|\$\$|<!--|</?(?:[a-z]+-[a-z-]+|address|article|aside|blockquote|center"
    r"|details|div|dl|fieldset|figure|footer|form|h[1-6]|header|hr|iframe|nav|ol|p|pre|script"
    r"|section|style|table|ul|video)\b",
    re.IGNORECASE,
)
MARKED_TOPIC = re.compile(r"\.topic-([a-z0-9-]+)")

# The numbers that open a title: 一、 （一） (一) 〔一〕 1. 1、 1） 第一章 第二节 一是
# and 1.2 II. A. (b) § 4 Chapter 3: Appendix A
ROMAN = r"(?=[ivxlc])c{0,3}(?:x[cl]|l?x{0,3})(?:i[xv]|v?i{0,3})"
NUMBER = re.compile(
    rf"""\s*(?:
        第?[一二三四五六七八九十百零〇\d]+(?:[、:：)）]|[.．](?!\d)|是(?=\S)|[章节条部分篇]+\s*)
      | [(（〔【\[](?:[一二三四五六七八九十百零〇\d]+|{ROMAN}|[a-z])[)）〕】\]]
      | (?:(?:chapter|section|part|article|annex|appendix)\s+|§+\s*)
        (?:\d+(?:\.\d+)*|{ROMAN}|[a-z])(?:\s*[.:)–—-])?\s+
      | \d+(?:\.\d+)*[.:)]?\s+
      | (?:{ROMAN}|[a-z](?:\.\d+)*)[.:)]\s+
      | [a-z](?:\.\d+)+\s+
    )\s*""",
    re.VERBOSE | re.IGNORECASE,
)
WORD = re.compile(r"\w")
# Unicode's script Han: ideographs with all extensions (planes 2 and 3 hold nothing else),
# 々 and 〇, radicals, and the compatibility ideographs.
HAN_RANGES = (
    r"\u2e80-\u2fd5\u3005\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff"
    r"\uf900-\ufaff\U00020000-\U0003ffff"
)
HAN = re.compile(f"[{HAN_RANGES}]+")


# What opens a point that a text counts off: 一是 第二， 首先 （三） 4. and what is a figure
POINT = re.compile(
    r"""(?:^|(?<=[。；：，、;:,.]))\s*(?:
        [一二三四五六七八九十]+是 | 第[一二三四五六七八九十]+[，、,]
      | (?:首先|其次|再次|最后)[，,]? | [（(][一二三四五六七八九十\d]+[）)]
      | (?:[一二三四五六七八九十]+、 | \d+[.．、)）](?!\d))
    )""",
    re.VERBOSE,
)
FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


def _(message: str) -> str:
    """Mark a message for the catalog; it is translated where it is logged."""
    return message


EMPTY = _("it is empty")
UNBALANCED = _("its brackets do not balance")


def written_marks(text: str) -> list[str]:
    """The marks that stand in a text as such: ``{.topic-x}``, with its braces or what is left."""
    return MEANT.findall(text)


def topics_of(classes: Iterable[str]) -> tuple[str, ...]:
    """The topics that an element's classes mark it with, in their order."""
    return tuple(name.removeprefix(PREFIX) for name in classes if name.startswith(PREFIX))


def count_characters(text: str) -> int:
    """How long a text is: its characters but white space, as Chinese 字数 is counted."""
    return len("".join(text.split()))


def count_points(texts: Iterable[str]) -> int:
    """How many points texts count off (``一是``, ``首先``, ``（三）``, ``4.``); one is none."""
    count = sum(len(POINT.findall(text)) for text in texts)
    return count if count > 1 else 0


def count_figures(texts: Iterable[str]) -> int:
    """How many numbers blocks of text write with digits, but for those that count points off."""
    return sum(len(FIGURE.findall(POINT.sub("", text))) for text in texts)


def count_words(text: str) -> int:
    """How many words a text has that white space parts, punctuation alone being none."""
    return sum(bool(WORD.search(word)) for word in text.split())


def count_han(text: str) -> int:
    """How many Han characters a text has."""
    return sum(map(len, HAN.findall(text)))


def nearest(name: str, allowed: Iterable[str], cutoff: float = 0.6) -> str:
    """The allowed name most like *name*, or an empty string where none is near.

    :param cutoff: how near, from 0 to 1, which is the same; difflib's own default.
    """
    return next(iter(get_close_matches(name, sorted(allowed), cutoff=cutoff)), "")


def nearest_titles(patterns: Iterable[str], titles: Iterable[str]) -> list[str]:
    """The titles most like some heading patterns, the likest first; some where none is like."""
    bare = {strip_number(title).casefold(): title for title in titles}
    found: dict[str, None] = {}
    for pattern in patterns:
        wanted = GLOB.sub("", pattern.casefold()).strip()
        found |= dict.fromkeys(get_close_matches(wanted, bare, NEAREST))
    names = list(found) or list(bare)
    return [bare[name] for name in names[:NEAREST]]


def strip_number(title: str) -> str:
    """A title without the number that leads it: ``（一）``, ``第一章``, ``1.2``, ``II.``."""
    rest = NUMBER.sub("", title, count=1) if NUMBER.match(title) else title
    return rest.strip() or title.strip()


def pattern_problem(pattern: str) -> str:
    """Why a heading pattern can match nothing (a message), or an empty string.

    A pattern is literal text or a glob (``*``, ``?``, ``[…]``); there are no regular
    expressions, so that none can hang a build.
    """
    if not pattern:
        return EMPTY
    if pattern.count("[") != pattern.count("]"):
        return UNBALANCED
    return ""


def title_matches(title: str, patterns: Iterable[str]) -> bool:
    """Whether a section's title, as it is or its leading number stripped, fits one of the patterns.

    Case does not matter.
    """
    names = {one.casefold() for one in (title.strip(), strip_number(title))}
    return any(
        name == pattern or fnmatchcase(name, pattern)
        for pattern in (pattern.casefold() for pattern in patterns)
        for name in names
    )


def expand(names: Iterable[str], allowed: Collection[str]) -> Iterator[tuple[str, list[str]]]:
    """Each name or glob with the allowed names it stands for, in the allowed order.

    :param allowed: in a dict or set a plain name is found without a look at the others.
    """
    for name in names:
        if GLOB.search(name):
            yield name, [one for one in allowed if fnmatchcase(one, name)]
        else:
            yield name, [name] if name in allowed else []


def marks_in_source(source: str) -> Iterator[tuple[int, str, bool]]:
    """The marks written in a Markdown source outside code.

    :return: for each topic marked: the line (from 1), the topic, and whether the mark stands
        on a line of its own before a directive, a formula or raw HTML, where MyST drops it.
    """
    fence = ""
    lines = source.split("\n")
    following = following_lines(lines)
    for number, line in enumerate(lines, 1):
        if not MARK_OR_FENCE.search(line):
            continue  # most lines; a report's are long
        bare = line.strip()
        opening = re.match(r"(`{3,}|~{3,})", bare)
        if fence:
            if bare.startswith(fence) and not bare.strip(fence[0]):
                fence = ""
            continue
        if opening and not re.match(r"[`~]{3,}\{", bare):
            fence = opening.group(1)
            continue
        for mark in BRACED.findall(CODE.sub("", line)):
            dropped = mark == bare and bool(DROPS_MARKS.match(following[number - 1]))
            for topic in MARKED_TOPIC.findall(mark):
                yield number, topic, dropped


def following_lines(lines: list[str]) -> list[str]:
    """For each line the first after it that is neither blank nor marks; empty at the end."""
    found, below = [], ""
    for line in reversed(lines):
        found.append(below)
        bare = line.strip()
        if not BLANK_OR_MARKS.fullmatch(bare):
            below = bare
    return found[::-1]


def ids_of_paths(paths: Sequence[str], taken: Collection[str]) -> dict[str, str]:
    """Ids for documents that name none: of their path as much, from its end, as tells them apart.

    Small letters, digits and dots stay, as do letters without case, such as Han; what else there
    is becomes a hyphen. Where no path tells (or nothing is left of it) a number is added.

    :param paths: the documents' paths below what all have in common, in the order to number in.
    :param taken: the ids that other documents name.
    """
    parts = {path: [slug(part) for part in path.split("/")] for path in paths}
    found: dict[str, str] = {}
    for depth in range(1, max(map(len, parts.values()), default=0) + 1):
        waiting = [path for path in paths if path not in found]
        tried = {path: "-".join(filter(None, parts[path][-depth:])) for path in waiting}
        counts = Counter([*tried.values(), *found.values(), *taken])
        found |= {path: id_ for path, id_ in tried.items() if id_ and counts[id_] == 1}
    for path in paths:
        if path not in found:
            stem = "-".join(filter(None, parts[path]))
            numbered = (f"{stem}-{number}".strip("-") for number in itertools.count(1))
            known = {*found.values(), *taken}
            found[path] = next(id_ for id_ in numbered if id_ not in known)
    return found


def slug(name: str) -> str:
    """A name as a part of an id."""
    return re.sub(r"(?:[^\w.]|_)+", "-", name.lower()).strip("-")


def common_folder(globs: Iterable[str]) -> str:
    """The folder, with its slash, that all these globs of document names lie in; may be empty."""
    folders = [GLOB.split(glob, maxsplit=1)[0].rpartition("/")[0].split("/") for glob in globs]
    common = itertools.takewhile(lambda names: len(set(names)) == 1, zip(*folders, strict=False))
    return "".join(f"{names[0]}/" for names in common if names[0])
