"""The one schema of a page's front matter, and its validation. Pure: imports no docutils.

A report is a page with ``report: <id>``, a topic one with ``topic: <id>``. In Markdown the
front matter is YAML, in reStructuredText docinfo fields of the same names. All values are texts or
lists of texts, as they are written: ``0010`` stays ``0010``.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ..matching import _, nearest, pattern_problem
from ..model import Report, Topic

TOPIC_ID = re.compile(r"[a-z0-9-]+")
REPORT_ID = re.compile(r"\.*[a-z0-9-][a-z0-9.-]*")
# What makes a page one of ours; a project may have other names for them.
DECLARATIONS = ("report", "topic")


@dataclass(frozen=True)
class Problem:
    """What is wrong in a header: the warning's subtype, the line and what to say.

    ``message`` is an English template for the catalog, ``args`` its values.
    """

    subtype: str
    line: int
    message: str
    args: tuple[object, ...]

    def called(self, names: Mapping[str, str]) -> Problem:
        """The problem with the fields' names as the project has them."""
        return replace(self, args=tuple(names.get(str(one), one) for one in self.args))


NO_NAMES: Mapping[str, str] = {}

NOT_A_STRING = _("front matter: %s: found %s, allowed is text")
NOT_A_NUMBER = _("front matter: %s: found %s, allowed is a whole number")
NOT_A_TOPIC_ID = _("front matter: %s: found %s, allowed are small letters, digits and hyphens")
NOT_A_REPORT_ID = _(
    "front matter: %s: found %s, allowed are small letters, digits, hyphens and dots"
)
NOT_A_LIST = _("front matter: %s: found %s, allowed is a list of texts")
BAD_PATTERN = _("front matter: headings: the pattern %r does not hold: %s")
UNKNOWN_FIELD = _("front matter: unknown field %r, did you mean %r?")
MALFORMED = _("front matter: the YAML does not parse: %s; allowed is one 'field: value' a line")


def shown(value: object) -> str:
    """A value as a message shows it, cut short: aliases let a few lines of YAML stand for much."""
    short = reprlib.Repr()
    short.maxlevel, short.maxstring = 2, 80
    return short.repr(value)


Reader = Callable[[object], Any]


def _fitting(
    pattern: re.Pattern[str], problem: str, make: Callable[[str], Any], value: object
) -> object:
    """A field's value, made of a text that fits a pattern.

    :raises ValueError: it does not; what is raised says *problem*.
    """
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(problem)
    return make(value)


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(NOT_A_LIST)
    return tuple(item.strip() for item in value)


_text = partial(_fitting, re.compile(r"(?s).*"), NOT_A_STRING, str.strip)
_number = partial(_fitting, re.compile(r"\s*[0-9]{1,9}\s*"), NOT_A_NUMBER, int)
_topic_id = partial(_fitting, TOPIC_ID, NOT_A_TOPIC_ID, str)
_report_id = partial(_fitting, REPORT_ID, NOT_A_REPORT_ID, str)

REPORT_FIELDS: Mapping[str, Reader] = {
    "report": _report_id,
    "number": _number,
    "short_title": _text,
    "organization": _text,
    "period": _text,
    "description": _text,
}
TOPIC_FIELDS: Mapping[str, Reader] = {
    "topic": _topic_id,
    "short_title": _text,
    "group": _text,
    "description": _text,
    "headings": _texts,
    "aliases": _texts,
    "reviewed": _texts,
}
# Fields that other software reads from the same header, so no misspellings of ours.
FOREIGN_FIELDS = frozenset({
    "orphan", "tocdepth", "nocomments", "no-search", "nosearch", "hide-toc", "myst", "title",
    "html_meta", "substitutions", "author", "date", "version", "subtitle",
})  # fmt: skip
# What pages of others have as well.
COMMON_FIELDS = frozenset({"number", "organization", "description", "aliases"})


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


def parse_yaml(
    text: str, names: Mapping[str, str] = NO_NAMES
) -> tuple[dict[str, object], dict[str, int], list[Problem]]:
    """Read the YAML block that opens a Markdown page.

    :param text: the page's source.
    :param names: what the project calls ``report`` and ``topic``, where not so.
    :return: the values and the line (from 1) of each key; both empty where the page has no
        block; a problem for a block that does not parse though it declares a report or topic.
    """
    import yaml  # only Markdown pages need it, and MyST brings it

    start, end = yaml_block(text)
    block = "\n".join(text.split("\n")[start:end])
    try:
        # the loader itself refuses characters that YAML does not admit
        loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)(block)
        try:
            tree = loader.get_single_node()
            values = loader.construct_document(tree) if tree else None
        finally:
            loader.dispose()
    except (yaml.YAMLError, ValueError) as error:
        # a page that means to be one of ours, even where its header does not parse
        declared = "|".join(re.escape(names.get(name, name)) for name in DECLARATIONS)
        if not re.search(rf"^(?:{declared}):", block, re.MULTILINE):
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
    places = {str(key.value): start + key.start_mark.line + 1 for key, _value in tree.value}
    return {str(key): value for key, value in values.items()}, places, []


def without_block(text: str) -> str:
    """A Markdown page with its YAML block blanked, every other line where it was."""
    _start, end = yaml_block(text)
    lines = text.split("\n")
    return "\n".join([""] * (end + 1) + lines[end + 1 :])


def renamed(values: Mapping[str, object], names: Mapping[str, str]) -> dict[str, object]:
    """A header with ``report`` and ``topic`` under these names, whatever the project calls them.

    What it has under our names then is not ours.
    """
    found = {name: value for name, value in values.items() if name not in names}
    return found | {name: values[given] for name, given in names.items() if given in values}


def validate(
    values: Mapping[str, object],
    places: Mapping[str, int],
    names: Mapping[str, str] = NO_NAMES,
) -> tuple[Report | None, Topic | None, list[Problem]]:
    """Check a header against the schema.

    A field with a problem is left out and the rest is used; without a valid id the page is
    neither report nor topic.

    :param values: the fields by name.
    :param places: their lines.
    :param names: what the project calls ``report`` and ``topic``, where not so.
    :return: the report or ``None``, the topic or ``None``, the problems.
    """
    values = renamed(values, names)
    places = {**places, **{name: places[given] for name, given in names.items() if given in places}}
    problems: list[Problem] = []
    known: set[str] = set()
    pages: dict[str, Any] = {}
    for declaration, fields, kind in (
        ("report", REPORT_FIELDS, Report),
        ("topic", TOPIC_FIELDS, Topic),
    ):
        if declaration not in values:
            continue
        known |= fields.keys()
        read: dict[str, Any] = {}
        for name, reader in fields.items():
            if not values.get(name) and name != declaration:
                continue  # a field left empty says nothing
            try:
                read[name] = reader(values[name])
            except ValueError as error:
                arguments = (name, shown(values[name]))
                problems.append(Problem("front_matter", places[name], str(error), arguments))
        for pattern in read.get("headings", ()):
            if reason := pattern_problem(pattern):
                arguments = (pattern, reason)
                problems.append(Problem("pattern", places["headings"], BAD_PATTERN, arguments))
        if "headings" in read:
            good = (pattern for pattern in read["headings"] if not pattern_problem(pattern))
            read["headings"] = tuple(good)
        if identity := read.pop(declaration, None):
            pages[declaration] = kind(id=identity, line=places[declaration], **read)
    problems += _misspelt(values, places, known, FOREIGN_FIELDS.union(names.values()))
    problems = [problem.called(names) for problem in problems]
    problems.sort(key=lambda problem: problem.line)
    return pages.get("report"), pages.get("topic"), problems


def _misspelt(
    values: Mapping[str, object],
    places: Mapping[str, int],
    known: set[str],
    foreign: Set[str],
) -> Iterator[Problem]:
    """Fields whose names are near to ours.

    On a page that is none of ours only a name very near ``report`` or ``topic``, and only beside
    a field that such a page alone has.
    """
    own = {
        "report": REPORT_FIELDS.keys() - COMMON_FIELDS,
        "topic": TOPIC_FIELDS.keys() - COMMON_FIELDS,
    }
    for name in values.keys() - known - foreign:
        guess = nearest(name, known) if known else nearest(name, own, cutoff=0.8)
        if guess and (known or own[guess] & values.keys()):
            yield Problem("front_matter", places[name], UNKNOWN_FIELD, (name, guess))
