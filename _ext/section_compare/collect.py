"""Note what a page is and which passages it holds, when Sphinx reads it."""

from __future__ import annotations

import hashlib
import itertools
from bisect import bisect_left
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.errors import SphinxError
from sphinx.transforms import SphinxTransform

from . import warn
from .domain import Passage, Section, get_domain
from .frontmatter import Problem, parse_yaml, validate, without_block
from .marks import count_characters, marks_in_source, topics_of, written_marks
from .warn import __

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

T = TypeVar("T")

SOURCE = "section_compare_source"
# No reader sees these, and no copy has them.
UNSEEN = (nodes.comment, nodes.system_message)
# Between two marked siblings these leave no gap: the reader sees none.
TRANSPARENT = (*UNSEEN, nodes.target, addnodes.index)


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


class Source(NamedTuple):
    """A Markdown page as it was read: its text, and its header as ``parse_yaml`` gives it."""

    text: str
    values: dict[str, object]
    places: dict[str, int]
    problems: list[Problem]


def keep_source(app: Sphinx, docname: str, content: list[str]) -> None:
    """Keep a Markdown page's source and header until its transforms have run.

    A header of ours that does not parse is blanked once it is noted, or MyST would name it too.
    """
    suffix = app.env.doc2path(docname).suffix
    if app.config.source_suffix.get(suffix) == "markdown":
        source = Source(content[0], *parse_yaml(content[0]))
        app.env.temp_data[SOURCE] = source
        if source.problems:
            content[0] = without_block(content[0])


class CollectPassages(SphinxTransform):
    """Read the header, give each passage an id and note it in the domain.

    It must run after docinfo (340), substitutions and footnotes, so that a passage is whole,
    and before ``doctree-read`` (880), where Sphinx takes the docinfo away.
    """

    default_priority = 870

    def apply(self, **kwargs: object) -> None:
        docname = self.env.docname
        domain = get_domain(self.env)
        source: Source | None = self.env.temp_data.pop(SOURCE, None)
        if source is None:
            values, places = read_docinfo(self.document)
            problems: list[Problem] = []
        else:
            _text, values, places, problems = source
        report, topic, more = validate(values, places)
        for problem in problems + more:
            warn.warn(
                problem.subtype,
                __(problem.message),
                *(
                    __(str(argument)) if problem.subtype == "pattern" else argument
                    for argument in problem.args
                ),
                location=(docname, problem.line),
            )
        if topic:
            domain.note_topic(docname, topic)
        if not report:
            return
        domain.note_report(docname, report)
        reading = Reading(self.document)
        passages = find_passages(self.document, reading)
        domain.note_passages(docname, passages)
        domain.note_sections(docname, list(find_sections(self.document, passages, reading)))
        domain.note_content(docname, digest_of(reading.parts))
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


def read_docinfo(document: nodes.document) -> tuple[dict[str, object], dict[str, int]]:
    """The docinfo fields of a reStructuredText page and their lines."""
    values: dict[str, object] = {}
    places: dict[str, int] = {}
    for docinfo in document.findall(nodes.docinfo):
        for field in docinfo.children:
            if isinstance(field, nodes.field):
                name, body = field[0].astext(), cast("nodes.Element", field[1])
                items = [item.astext() for item in body.findall(nodes.list_item)]
                values[name] = items or body.astext()
            else:
                # docutils has elements of its own for fields such as `organization`
                name = cast("nodes.Element", field).tagname
                values[name] = field.astext()
            places[name] = field.line or 1
        break
    return values, places


def line_of(node: nodes.Node) -> int:
    """The line of a node, or of the nearest one around it that knows its own."""
    current: nodes.Node | None = node
    while current is not None:
        if current.line:
            return current.line
        current = current.parent
    return 1


def find_passages(document: nodes.document, reading: Reading) -> list[Passage]:
    """A document's passages in its order: outermost marks only, adjacent siblings as one."""
    places: dict[int, int] = {}
    parents: dict[int, nodes.Element] = {}
    for place, node in enumerate(document.findall(nodes.Element)):
        if topics_of(node["classes"]) and node.parent is not None:
            places[id(node)] = place
            parents.setdefault(id(node.parent), node.parent)
    found = [
        (places[id(members[0])], topic, members)
        for parent in parents.values()
        for topic, members in marked_children(parent, topics_around(parent))
    ]
    found.sort(key=lambda one: one[0])
    return [make_passage(topic, members, reading) for _place, topic, members in found]


def topics_around(node: nodes.Element | None) -> frozenset[str]:
    """The topics of an element's marks and of those around it."""
    found: set[str] = set()
    while node is not None:
        found.update(topics_of(node["classes"]))
        node = node.parent
    return frozenset(found)


def marked_children(
    parent: nodes.Element, inside: frozenset[str]
) -> list[tuple[str, list[nodes.Node]]]:
    """An element's children by topic, adjacent ones together.

    :param inside: the topics that the element lies in itself; a mark for them says nothing.
    """
    groups: dict[str, list[nodes.Node]] = {}
    order: list[tuple[str, list[nodes.Node]]] = []
    for child in parent.children:
        if isinstance(child, TRANSPARENT) or (
            isinstance(child, nodes.Text) and not child.astext().strip()
        ):
            continue
        topics = topics_of(child["classes"]) if isinstance(child, nodes.Element) else ()
        marked = [topic for topic in dict.fromkeys(topics) if topic not in inside]
        for topic in marked:
            if topic not in groups:
                groups[topic] = []
                order.append((topic, groups[topic]))
            groups[topic].append(child)
        groups = {topic: groups[topic] for topic in marked}
    return order


def make_passage(topic: str, members: list[nodes.Node], reading: Reading) -> Passage:
    first = cast("nodes.Element", members[0])
    siblings = first.parent
    count = siblings.index(members[-1]) - siblings.index(first) + 1
    return Passage(
        topic=topic,
        anchor=reading.anchor(first),
        count=count,
        line=line_of(first),
        characters=reading.characters(members),
        digest=reading.digest(members),
        references=reading.referred(members),
    )


def find_sections(
    document: nodes.document, passages: list[Passage], reading: Reading
) -> Iterator[Section]:
    """Every section but the document's title, with how deep it lies.

    :param passages: the document's; a section that is one by itself is not digested again.
    """
    known = {passage.anchor: passage for passage in passages if passage.count == 1}
    top = [node for node in document.children if isinstance(node, nodes.section)]
    for section in document.findall(nodes.section):
        if len(top) == 1 and section is top[0]:
            continue
        depth, parent = 0, section.parent
        while parent is not None and parent is not document:
            depth, parent = depth + 1, parent.parent
        if not section.children or not isinstance(section[0], nodes.title):
            continue
        passage = known.get(reading.anchor(section)) or make_passage("", [section], reading)
        yield Section(title=section[0].astext(), depth=depth, passage=passage)


def digest_of(parts: Iterable[str]) -> str:
    text = "\n".join(parts).encode(errors="surrogatepass")
    return hashlib.sha256(text).hexdigest()[:24]


class Reading:
    """What copies of a document's parts would show, in one walk over all of it.

    Not by ``pformat``, which escapes and indents what only a person would read.
    """

    def __init__(self, document: nodes.document) -> None:
        # what is shown, each piece with how many of its characters count
        self.parts: list[str] = []
        self.counts: list[int] = []
        # by element: the parts that are its
        self.spans: dict[int, tuple[int, int]] = {}
        # what it refers to, in the order of the parts where it does
        self.references: list[tuple[int, tuple[str, str, str]]] = []
        self.notes: list[tuple[int, nodes.Element]] = []
        self.ids = document.ids
        self.numbers = itertools.count(1)
        for child in document.children:
            self.walk(child)

    def walk(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.Text):
            self.note(f"{len(node)} {node}", count_characters(node))
        elif isinstance(node, nodes.Element) and not isinstance(node, UNSEEN):
            start = len(self.parts)
            if isinstance(node, nodes.footnote_reference) and "refid" in node:
                self.notes.append((start, self.ids[node["refid"]]))
            elif isinstance(node, addnodes.pending_xref):
                names = ("reftype", "reftarget", "refdoc")
                role, target, docname = (str(node.get(name, "")) for name in names)
                self.references.append((start, (role, target, docname)))
            attributes = node.attributes
            # where an included file lies on this machine; in other nodes it may be anything
            if isinstance(node, nodes.literal_block | nodes.raw) and "source" in attributes:
                attributes = {name: attributes[name] for name in attributes if name != "source"}
            self.note(f"<{node.tagname} {attributes}>", 0)
            for child in node.children:
                self.walk(child)
            self.note("</>", 0)
            self.spans[id(node)] = start, len(self.parts)

    def note(self, part: str, count: int) -> None:
        self.parts.append(part)
        self.counts.append(count)

    def characters(self, members: list[nodes.Node]) -> int:
        """How long a passage is; the footnotes that its copy takes along do not count."""
        spans = [self.spans[id(member)] for member in members]
        return sum(sum(self.counts[start:end]) for start, end in spans)

    def anchor(self, node: nodes.Element) -> str:
        """The id that a link to this element uses; given to it where it has none."""
        if not node["ids"]:
            names = (f"passage-{number}" for number in self.numbers)
            name = next(name for name in names if name not in self.ids)
            node["ids"].append(name)
            self.ids[name] = node
        return cast("str", node["ids"][0])

    def with_notes(self, members: list[nodes.Node]) -> list[tuple[int, int]]:
        """Where a passage's parts lie, and those of the footnotes that it refers to."""
        spans = [self.spans[id(member)] for member in members]
        notes = {id(note): None for _start, note in within(spans, self.notes)}
        return spans + [self.spans[note] for note in notes]

    def digest(self, members: list[nodes.Node]) -> str:
        spans = self.with_notes(members)
        return digest_of(part for start, end in spans for part in self.parts[start:end])

    def referred(self, members: list[nodes.Node]) -> tuple[tuple[str, str, str], ...]:
        """The references of a passage and its footnotes, each once."""
        found = {what for _start, what in within(self.with_notes(members), self.references)}
        return tuple(sorted(found))


def within(spans: list[tuple[int, int]], places: list[tuple[int, T]]) -> list[tuple[int, T]]:
    """What is placed within spans; *places* is in order."""
    found = []
    for span in spans:
        first, last = (bisect_left(places, edge, key=itemgetter(0)) for edge in span)
        found += places[first:last]
    return found


def setup(app: Sphinx) -> None:
    app.connect("env-before-read-docs", check_encoding)
    app.connect("source-read", keep_source)
    app.add_transform(CollectPassages)
