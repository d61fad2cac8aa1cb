"""Note what a page is and which passages it holds, when Sphinx reads it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from docutils import nodes
from docutils.parsers.rst import Parser as RestructuredTextParser
from sphinx import addnodes
from sphinx.errors import SphinxError
from sphinx.transforms import SphinxTransform
from sphinx.util.matching import Matcher

from .. import warn
from ..doctree import depth_of, line_of, parents_of
from ..domain import get_domain
from ..matching import marks_in_source, topics_of, written_marks
from ..model import Length, Passage, Report, Section
from ..warn import __
from .conditions import condition_of, conditions_around
from .header import DECLARATIONS, Problem, parse_yaml, validate, without_block
from .unmarked import find_unmarked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

    from ..model import Conditions, Reference

SOURCE = "section_compare_source"
REPORTS = "section_compare_reports"
COMPLETE = "section_compare_complete"
FIELDS = "section_compare_fields"
TITLES = "section_compare_titles"
# No reader sees these, and no copy has them.
UNSEEN = (nodes.comment, nodes.system_message)
# Between two marked siblings these leave no gap: the reader sees none.
TRANSPARENT = (*UNSEEN, nodes.target, addnodes.index)
# Names of places, which a copy does not take along.
PLACES = frozenset({"ids", "names", "dupnames", "backrefs"})


def check_encoding(_app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Name the page and line that do not decode: Sphinx would name neither."""
    encoding = env.settings["input_encoding"]
    for docname in docnames:
        content = Path(env.doc2path(docname)).read_bytes()
        try:
            content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            message = __("%s:%d: found the byte 0x%02x, allowed is text saved as UTF-8")
            arguments = (env.doc2path(docname), line, content[error.start])
            raise SphinxError(message % arguments) from error


def check_fields(_app: Sphinx, config: Config) -> None:
    """Name what ``section_compare_fields`` may not have, and leave it out."""
    given = config[FIELDS] if isinstance(config[FIELDS], dict) else {}
    found = [(name, given.get(name)) for name in DECLARATIONS]
    fields = {name: value for name, value in found if isinstance(value, str) and value}
    if fields != config[FIELDS]:
        message = __("option %r: found %r, %s")
        names = [f"{name}: …" for name in DECLARATIONS]
        warn.unknown("option", message, FIELDS, config[FIELDS], among=names, location=None)
        config[FIELDS] = fields


class Source(NamedTuple):
    """A Markdown page as it was read: its text, and its header as ``parse_yaml`` gives it."""

    text: str
    values: dict[str, object]
    places: dict[str, int]
    problems: list[Problem]


def keep_source(app: Sphinx, docname: str, content: list[str]) -> None:
    """On ``source-read``: keep a Markdown page's source and header until its transforms run.

    A header of ours that does not parse is blanked once it is noted, or MyST would name it too.
    """
    suffix = app.env.doc2path(docname).suffix
    parser = app.registry.get_source_parser(app.config.source_suffix[suffix])
    # a project may have a kind of reStructuredText of its own
    if not issubclass(parser, RestructuredTextParser):
        source = Source(content[0], *parse_yaml(content[0], app.config[FIELDS]))
        app.env.temp_data[SOURCE] = source
        if source.problems:
            content[0] = without_block(content[0])


class KeepTitles(SphinxTransform):
    """Keep the titles of sections as their author wrote them, which heading rules match.

    Before Sphinx translates them (20).
    """

    default_priority = 15

    def apply(self, **kwargs: object) -> None:
        self.env.temp_data[TITLES] = {
            id(section[0]): section[0].astext()
            for section in self.document.findall(nodes.section)
            if has_title(section)
        }


class CollectPassages(SphinxTransform):
    """Read the header, give each passage an id and note it in the domain.

    It must run after docinfo (340), substitutions and footnotes, so that a passage is whole,
    and before ``doctree-read`` (880), where Sphinx takes the docinfo away.
    """

    default_priority = 870

    def apply(self, **kwargs: object) -> None:
        docname = self.env.docname
        noted = get_domain(self.env).note(docname)
        elements = self.document.findall(nodes.Element)
        noted.references = sorted({reference_of(one) for one in elements if is_reference(one)})
        source: Source | None = self.env.temp_data.pop(SOURCE, None)
        if source is None:
            values, places = read_docinfo(self.document)
            problems: list[Problem] = []
        else:
            _text, values, places, problems = source
        report, topic, more = validate(values, places, self.config[FIELDS])
        for problem in problems + more:
            arguments: tuple[object, ...] = problem.args
            if problem.subtype == "pattern":  # the second says why it does not hold
                arguments = tuple(__(str(argument)) for argument in arguments)
            location = (docname, problem.line)
            warn.warn(problem.subtype, __(problem.message), *arguments, location=location)
        if topic:
            noted.topic = replace(topic, is_rest=source is None)
        elif not report and Matcher(self.config[REPORTS])(docname):
            report = Report(id="", line=1, by_path=len(top_sections(self.document)) > 1)
        if not report:
            return
        noted.report = report
        contents = Contents(self.document)
        noted.passages = find_passages(self.document, contents)
        noted.sections = list(find_sections(self.document, contents, self.env.temp_data[TITLES]))
        if self.config[COMPLETE]:
            noted.unmarked = list(find_unmarked(self.document))
        if source is not None:
            self.report_lost_marks(source.text)

    def report_lost_marks(self, source: str) -> None:
        docname = self.env.docname
        for line, topic, dropped in marks_in_source(source):
            if dropped:
                warn.warn(
                    "lost_mark",
                    __(
                        "the mark for topic %r is lost: MyST drops marks before a directive, "
                        "a formula or raw HTML; allowed is the directive's class option, or to "
                        "wrap it in :::{container} topic-%s"
                    ),
                    topic,
                    topic,
                    location=(docname, line),
                )
        for text in self.document.findall(nodes.Text):
            if isinstance(text.parent, nodes.literal | nodes.FixedTextElement):
                continue
            for mark in written_marks(text):
                warn.warn(
                    "lost_mark",
                    __(
                        "the mark %s stands in the text: allowed is [text]%s with balanced "
                        "brackets and no space between, or a line of its own before a block"
                    ),
                    mark,
                    mark,
                    location=text.parent,
                )


def is_reference(node: nodes.Element) -> bool:
    """Whether it leads to what other documents may change.

    MyST turns its links to labels, ``[](#label)``, into such nodes only after this (879).
    """
    return isinstance(node, addnodes.pending_xref) or (
        isinstance(node, nodes.reference) and "id_link" in node
    )


def reference_of(node: nodes.Element) -> Reference:
    names = ("reftype", "reftarget", "refdoc", "reftargetid")
    role, target, docname, fragment = (str(node.get(name) or "") for name in names)
    if "id_link" in node:
        target = node["refuri"].removeprefix("#")
    return role, target, docname, fragment


def read_docinfo(document: nodes.document) -> tuple[dict[str, object], dict[str, int]]:
    """The docinfo fields of a reStructuredText page and their lines."""
    values: dict[str, object] = {}
    places: dict[str, int] = {}
    docinfo = document.next_node(nodes.docinfo)
    for field in docinfo.children if docinfo else ():
        if isinstance(field, nodes.field):
            name, body = field[0].astext(), cast("nodes.Element", field[1])
            items = [as_written(item) for item in body.findall(nodes.list_item)]
            values[name] = items or as_written(body)
        else:
            # docutils has elements of its own for fields such as `organization`
            name = cast("nodes.Element", field).tagname
            values[name] = field.astext()
        places[name] = field.line or 1
    return values, places


def as_written(body: nodes.Element) -> str:
    """The text of a field, in which ``*roads*`` is a pattern and stresses nothing."""
    texts = [
        paragraph.rawsource.replace("\\", "") or paragraph.astext()
        for paragraph in body.findall(nodes.paragraph)
    ]
    return "\n".join(texts)


def find_passages(document: nodes.document, contents: Contents) -> list[Passage]:
    """A document's passages in its order: outermost marks only, adjacent siblings as one."""
    found = []
    for node in document.findall(nodes.Element):
        for topic in dict.fromkeys(topics_of(node["classes"])):
            around = (neighbour(node, -1), *parents_of(node))
            if not any(is_marked(one, topic) for one in around):
                last = node
                while is_marked(following := neighbour(last, 1), topic):
                    last = cast("nodes.Element", following)
                found.append((topic, node, last))
    anchors = [give_id(document, first, topic) for topic, first, _last in found]
    return [
        make_passage(topic, anchor, first, last, contents)
        for anchor, (topic, first, last) in zip(anchors, found, strict=True)
    ]


def is_marked(node: nodes.Node | None, topic: str) -> bool:
    return isinstance(node, nodes.Element) and topic in topics_of(node["classes"])


def neighbour(node: nodes.Node, step: int) -> nodes.Node | None:
    """The sibling after a node (*step* is 1) or before it (-1) that a reader sees next to it."""
    siblings = node.parent.children if node.parent else []
    place = siblings.index(node) + step if siblings else 0
    while 0 <= place < len(siblings):
        one = siblings[place]
        if not isinstance(one, TRANSPARENT) and (not isinstance(one, nodes.Text) or one.strip()):
            return one
        place += step
    return None


def give_id(document: nodes.document, node: nodes.Element, topic: str) -> str:
    """Give a passage's first element the id ``<topic>``, or ``<topic>_2`` and so on.

    No topic's name holds the underscore. What has such an id already, a section or by its author's
    wish, keeps it; the element itself may be that.
    """
    number = 1
    id_ = topic
    while id_ in document.ids and document.ids[id_] is not node:
        number += 1
        id_ = f"{topic}_{number}"
    if id_ not in node["ids"]:
        node["ids"].append(id_)
        document.ids[id_] = node
    return id_


def make_passage(
    topic: str, anchor: str, first: nodes.Element, last: nodes.Element, contents: Contents
) -> Passage:
    siblings = first.parent.children
    members = siblings[siblings.index(first) : siblings.index(last) + 1]
    content = contents.of(members)
    return Passage(
        topic=topic,
        anchor=anchor,
        count=len(members),
        line=line_of(first),
        parts=content.parts,
        digest=content.digest.hexdigest()[:24],
        headings=headings_around(first, contents.whole),
        references=tuple(sorted(content.references)),
    )


def top_sections(document: nodes.document) -> list[nodes.section]:
    """A document's sections of the first level, also those that hang on a condition."""
    return [section for section in document.findall(nodes.section) if not depth_of(section)]


def has_title(section: nodes.section) -> bool:
    """Whether a section begins with its title; one that a transform made may have none."""
    return bool(section.children) and isinstance(section[0], nodes.title)


def headings_around(node: nodes.Element, whole: nodes.section | None) -> tuple[str, ...]:
    """The titles of the sections around a node, the outermost first.

    :param whole: the section that is the whole document, whose title is none of these.
    """
    return tuple(
        parent[0].astext()
        for parent in reversed(list(parents_of(node)))
        if isinstance(parent, nodes.section) and parent is not whole and has_title(parent)
    )


def find_sections(
    document: nodes.document, contents: Contents, originals: dict[int, str]
) -> Iterator[Section]:
    """Every section but one that is the whole document, with how deep it lies.

    :param originals: the titles before they were translated.
    """
    for section in document.findall(nodes.section):
        if section is contents.whole or not has_title(section):
            continue
        passage = make_passage("", section["ids"][0], section, section, contents)
        title = section[0].astext()
        if cast("nodes.Element", section[0]).get("translated"):
            title = originals.get(id(section[0]), title)
        topics = tuple(contents.sections[id(section)].topics)
        yield Section(title, depth_of(section), passage, topics)


class Content:
    """What a copy of some nodes would show, all conditions taken for true."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()
        self.lengths: dict[Conditions, list[Length]] = {}
        self.references: set[Reference] = set()
        self.notes: dict[int, nodes.Element] = {}
        # of the marks in it; of a section, but in none inside it
        self.topics: dict[str, None] = {}

    @property
    def parts(self) -> tuple[tuple[Conditions, Length], ...]:
        """How much stands under which conditions."""
        return tuple((one, Length.sum(lengths)) for one, lengths in self.lengths.items())

    def add(self, other: Content) -> None:
        self.digest.update(other.digest.digest())
        for conditions, length in other.parts:
            self.lengths.setdefault(conditions, []).append(length)
        self.references |= other.references
        self.notes |= other.notes


class Contents:
    """The contents of a document's parts; each section is walked once."""

    def __init__(self, document: nodes.document) -> None:
        self.ids = document.ids
        # the section that is the whole document, where there is one
        top = top_sections(document)
        self.whole = top[0] if len(top) == 1 else None
        self.sections: dict[int, Content] = {}

    def of(self, members: Sequence[nodes.Node]) -> Content:
        """The content of adjacent nodes, and the footnotes that they, or these, refer to.

        The notes change what a copy shows, but their text does not count.
        """
        content = Content()
        for member in members:
            self.walk(member, content, conditions_around(member.parent))
        waiting = dict(content.notes)
        while waiting:
            _id, note = waiting.popitem()
            inner = Content()
            self.walk(note, inner, ())
            waiting |= {id_: one for id_, one in inner.notes.items() if id_ not in content.notes}
            content.notes |= inner.notes
            content.digest.update(inner.digest.digest())
            content.references |= inner.references
        return content

    def walk(self, node: nodes.Node, content: Content, conditions: Conditions) -> None:
        """Add a node to a content; *conditions* are those around it."""
        if isinstance(node, nodes.Text):
            content.digest.update(f"{len(node)} {node}".encode(errors="surrogatepass"))
            content.lengths.setdefault(conditions, []).append(Length.of(node))
        elif isinstance(node, nodes.section):
            if id(node) not in self.sections:
                self.sections[id(node)] = inner = Content()
                self.walk_element(node, inner, conditions)
            content.add(self.sections[id(node)])
        elif isinstance(node, nodes.Element) and not isinstance(node, UNSEEN):
            self.walk_element(node, content, conditions)

    def walk_element(self, node: nodes.Element, content: Content, around: Conditions) -> None:
        content.topics |= dict.fromkeys(topics_of(node["classes"]))
        condition = condition_of(node)
        conditions = (*around, condition) if condition else around
        if isinstance(node, nodes.footnote_reference) and "refid" in node:
            note = self.ids[node["refid"]]
            content.notes[id(note)] = note
        elif is_reference(node):
            content.references.add(reference_of(node))
        # where an included file lies on this machine; in other nodes it may be anything
        left_out = (
            PLACES | {"source"} if isinstance(node, nodes.literal_block | nodes.raw) else PLACES
        )
        told = {name: value for name, value in node.attributes.items() if name not in left_out}
        content.digest.update(f"<{node.tagname} {told}>".encode(errors="surrogatepass"))
        if not node.children:
            content.lengths.setdefault(conditions, [])  # an image is something too
        for child in node.children:
            self.walk(child, content, conditions)
        content.digest.update(b"</>")


def setup(app: Sphinx) -> None:
    app.add_config_value(REPORTS, [], "env", (list, tuple))
    app.add_config_value(COMPLETE, False, "env", bool)
    app.add_config_value(FIELDS, {}, "env", dict)
    app.connect("config-inited", check_fields)
    app.connect("env-before-read-docs", check_encoding)
    app.connect("source-read", keep_source)
    app.add_transform(KeepTitles)
    app.add_transform(CollectPassages)
