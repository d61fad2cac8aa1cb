"""The one schema of a page's front matter, and its validation. Pure: imports no docutils.

A report is a page with ``report: <id>``, a topic one with ``topic: <id>``. In Markdown the
front matter is YAML, in reStructuredText docinfo fields of the same names, whose values are
always strings.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .marks import _, nearest, pattern_problem

if TYPE_CHECKING:
    import yaml

ID = re.compile(r"[a-z0-9-]+")
# A page that means to be one of ours, even where its header does not parse.
DECLARATION = re.compile(r"^(?:report|topic):", re.MULTILINE)


@dataclass(frozen=True)
class Report:
    """A report's front matter; ``line`` is that of its ``report`` field."""

    id: str
    line: int
    short_title: str = ""
    number: int | None = None
    organization: str = ""
    period: str = ""
    description: str = ""


@dataclass(frozen=True)
class Topic:
    """A topic's front matter; ``line`` is that of its ``topic`` field."""

    id: str
    line: int
    short_title: str = ""
    group: str = ""
    description: str = ""
    headings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """What is wrong in a header: the warning's subtype, the line and what to say.

    ``message`` is an English template for the catalog, ``args`` its values.
    """

    subtype: str
    line: int
    message: str
    args: tuple[object, ...]


class Shown:
    """A value as a message shows it: its ``repr``, cut short.

    Aliases let a few lines of YAML stand for more than memory holds, and a number can be too long
    to be written in decimals.
    """

    def __init__(self, value: object) -> None:
        self.value = value

    def __repr__(self) -> str:
        return Short().repr(self.value)


class Short(reprlib.Repr):
    """``repr`` with a bound on depth, length and digits."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxstring, self.maxother = 2, 80, 80

    def repr_int(self, value: int, _level: int) -> str:
        return "…" if _is_huge(value) else repr(value)


NOT_A_STRING = _("front matter: %s: found %r, allowed is text")
NOT_A_NUMBER = _("front matter: %s: found %r, allowed is a whole number")
NOT_AN_ID = _("front matter: %s: found %r, allowed are small letters, digits and hyphens")
NOT_A_LIST = _("front matter: %s: found %r, allowed is a list of titles")
BAD_PATTERN = _("front matter: headings: the pattern %r does not hold: %s")
UNKNOWN_FIELD = _("front matter: unknown field %r, did you mean %r?")
# MyST would stop at them.
BINARY_NAME = _("front matter: found a field whose name is binary, allowed is text")
LONG_NUMBER = _("front matter: found a number of over a thousand digits, allowed are fewer or text")
MALFORMED = _("front matter: the YAML does not parse: %s; allowed is one 'field: value' a line")


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float) or _is_huge(value):
        raise ValueError(NOT_A_STRING)
    return str(value).strip()


def _is_huge(value: object) -> bool:
    """Whether a value is a number that Python would not write in decimals."""
    return isinstance(value, int) and abs(value) > 10**99


def _number(value: object) -> int:
    if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value.strip(), re.ASCII):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**9:
        raise ValueError(NOT_A_NUMBER)
    return value


def _id(value: object) -> str:
    # YAML reads `report: 5` as a number; that is an id all the same.
    if isinstance(value, int) and not isinstance(value, bool) and not _is_huge(value):
        value = str(value)
    if not isinstance(value, str) or not ID.fullmatch(value):
        raise ValueError(NOT_AN_ID)
    return value


def _titles(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(NOT_A_LIST)
    return tuple(item.strip() for item in value)


Reader = Callable[[object], Any]

REPORT_FIELDS: Mapping[str, Reader] = {
    "report": _id,
    "number": _number,
    "short_title": _text,
    "organization": _text,
    "period": _text,
    "description": _text,
}
TOPIC_FIELDS: Mapping[str, Reader] = {
    "topic": _id,
    "short_title": _text,
    "group": _text,
    "description": _text,
    "headings": _titles,
}
# Fields that other software reads from the same header, so no misspellings of ours.
FOREIGN_FIELDS = frozenset({
    "orphan", "tocdepth", "nocomments", "no-search", "nosearch", "hide-toc", "myst", "title",
    "html_meta", "substitutions", "author", "date", "version", "subtitle",
})  # fmt: skip


def yaml_block(text: str) -> tuple[int, int]:
    """Where the YAML block that opens a Markdown page lies: its lines, from 0, ends excluded.

    :return: the first line after the opening ``---`` and the line that closes the block; equal
        where there is no block or it is empty.
    """
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return 0, 0
    for number, line in enumerate(lines[1:], 1):
        if line.startswith(("---", "...")):
            return 1, number
    return 0, 0


def parse_yaml(text: str) -> tuple[dict[str, object], dict[str, int], list[Problem]]:
    """Read the YAML block that opens a Markdown page.

    :param text: the page's source.
    :return: the values and the line (from 1) of each key; both empty where the page has no
        block; a problem for a block that does not parse though it declares a report or topic.
    """
    import yaml  # only Markdown pages need it, and MyST brings it

    start, end = yaml_block(text)
    block = "\n".join(text.split("\n")[start:end])
    try:
        # the loader itself refuses characters that YAML does not admit
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(block)
        try:
            tree = loader.get_single_node()
            values = loader.construct_document(tree) if tree else None
        finally:
            loader.dispose()
    except (yaml.YAMLError, ValueError) as error:
        if not DECLARATION.search(block):
            return {}, {}, []
        mark = getattr(error, "problem_mark", None)
        # what is left open is missed only at the closing line: name the last one before it
        line = min(start + mark.line + 1, end) if mark else 1
        reason = getattr(error, "problem", None) or str(error)
        if character := yaml.reader.Reader.NON_PRINTABLE.search(block):
            line = start + block.count("\n", 0, character.start()) + 1
        return {}, {}, [Problem("front_matter", line, MALFORMED, (reason.split("\n")[0],))]
    if not isinstance(tree, yaml.MappingNode) or not isinstance(values, dict):
        return {}, {}, []
    for key, value in tree.value:
        binary = key.tag.endswith(":binary")
        if binary or _is_long(key) or _is_long(value):
            if not DECLARATION.search(block):
                return {}, {}, []
            line = start + key.start_mark.line + 1
            message = BINARY_NAME if binary else LONG_NUMBER
            return {}, {}, [Problem("front_matter", line, message, ())]
    places = {str(key.value): start + key.start_mark.line + 1 for key, _value in tree.value}
    return {str(key): value for key, value in values.items()}, places, []


def _is_long(node: yaml.Node) -> bool:
    """Whether a YAML node is a number of more digits than Python writes."""
    return node.tag.endswith(":int") and len(node.value) > 1000


def without_block(text: str) -> str:
    """A Markdown page with its YAML block blanked, every other line where it was."""
    _start, end = yaml_block(text)
    lines = text.split("\n")
    return "\n".join([""] * (end + 1) + lines[end + 1 :])


# What pages of others have as well.
COMMON_FIELDS = frozenset({"number", "organization", "description"})


def _misspelt_declarations(
    values: Mapping[str, object], places: Mapping[str, int]
) -> Iterator[Problem]:
    """A name very near ``report`` or ``topic``, beside a field that such a page alone has."""
    own = {
        "report": REPORT_FIELDS.keys() - COMMON_FIELDS,
        "topic": TOPIC_FIELDS.keys() - COMMON_FIELDS,
    }
    for name in values.keys() - FOREIGN_FIELDS:
        guess = nearest(name, own, cutoff=0.8)
        if guess and own[guess] & values.keys():
            yield Problem("front_matter", places[name], UNKNOWN_FIELD, (name, guess))


def validate(
    values: Mapping[str, object], places: Mapping[str, int]
) -> tuple[Report | None, Topic | None, list[Problem]]:
    """Check a header against the schema.

    A field with a problem is left out and the rest is used; without a valid id the page is
    neither report nor topic.

    :param values: the fields by name.
    :param places: their lines.
    :return: the report or ``None``, the topic or ``None``, the problems.
    """
    problems: list[Problem] = []
    found: list[Report | Topic] = []
    kinds: list[tuple[str, Mapping[str, Reader], type[Report] | type[Topic]]] = [
        ("report", REPORT_FIELDS, Report),
        ("topic", TOPIC_FIELDS, Topic),
    ]
    known = {name for key, fields, _kind in kinds if key in values for name in fields}
    for key, fields, kind in kinds:
        if key not in values:
            continue
        read: dict[str, Any] = {}
        for name, reader in fields.items():
            if values.get(name) is None and name != key:
                continue
            try:
                read[name] = reader(values[name])
            except ValueError as error:
                shown = (name, Shown(values[name]))
                problems.append(Problem("front_matter", places[name], str(error), shown))
        good = []
        for pattern in read.get("headings", ()):
            if reason := pattern_problem(pattern):
                arguments = (pattern, reason)
                problems.append(Problem("pattern", places["headings"], BAD_PATTERN, arguments))
            else:
                good.append(pattern)
        if "headings" in read:
            read["headings"] = tuple(good)
        identity = read.pop(key, None)
        if identity:
            found.append(kind(id=identity, line=places[key], **read))
    if known:
        for name in values.keys() - known - FOREIGN_FIELDS:
            if guess := nearest(name, known):
                problems.append(Problem("front_matter", places[name], UNKNOWN_FIELD, (name, guess)))
    else:
        problems += _misspelt_declarations(values, places)
    report = next((page for page in found if isinstance(page, Report)), None)
    topic = next((page for page in found if isinstance(page, Topic)), None)
    return report, topic, sorted(problems, key=lambda problem: problem.line)
