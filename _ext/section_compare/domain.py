"""The facts across documents: reports, topics, passages, comparisons, and who says what."""

from __future__ import annotations

from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, ClassVar, cast

from sphinx.domains import Domain
from sphinx.errors import SphinxError

from . import warn
from .frontmatter import Report, Topic
from .marks import expand, nearest, title_matches
from .warn import __

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

    from sphinx.environment import BuildEnvironment


@dataclass(frozen=True)
class Passage:
    """A part of a report: adjacent siblings in its doctree, found again by the first's id."""

    topic: str
    anchor: str
    count: int
    # where to warn; a page that shows the passage does not change with it
    line: int = field(repr=False)
    characters: int
    digest: str
    references: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Section:
    """A section that a heading rule may take."""

    title: str
    depth: int
    passage: Passage


@dataclass(frozen=True)
class Placeholder:
    """A directive of ours on a page, its options checked as far as the page alone allows."""

    kind: str
    id: str
    line: int = field(repr=False)
    topics: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    layout: str = "columns"
    missing: str = "show"
    caption: str = ""
    what: str = ""
    # how many Han characters a shared phrase must have; None: as the configuration says
    shared: int | None = None
    limit: int = 0


@dataclass(frozen=True)
class Page:
    """A report or topic as others name it."""

    id: str
    docname: str
    title: str
    short_title: str
    group: str = ""
    description: str = ""
    number: int | None = None
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cell:
    """A report's passages on a topic; none where it has nothing."""

    report: Page
    topic: Page
    id: str
    passages: tuple[Passage, ...]

    @property
    def characters(self) -> int:
        return sum(passage.characters for passage in self.passages)


Row = tuple[Page, list[Cell]]


@dataclass
class Collection:
    """All reports and topics in toctree order, resolved once a build."""

    reports: dict[str, Page] = field(default_factory=dict)
    topics: dict[str, Page] = field(default_factory=dict)
    passages: dict[tuple[str, str], tuple[Passage, ...]] = field(default_factory=dict)
    # what each comparison shows, by its page and its id there: a row a topic, a cell a report
    rows: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    # where a topic of a report is compared: page and cell id
    homes: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def named_topics(self, placeholder: Placeholder, docname: str) -> list[Page]:
        """The topics a comparison names; with none named, its own page's."""
        if placeholder.topics:
            return [self.topics[name] for name in placeholder.topics if name in self.topics]
        return [topic for topic in self.topics.values() if topic.docname == docname]

    def named_reports(self, placeholder: Placeholder) -> list[Page]:
        """The reports a comparison names, in the order named; with none named, all."""
        if not placeholder.reports:
            return list(self.reports.values())
        names = [name for _given, found in expand(placeholder.reports, self.reports)
                 for name in found]  # fmt: skip
        return [self.reports[name] for name in dict.fromkeys(names)]

    def resolve(self, placeholder: Placeholder, docname: str) -> list[Row]:
        """The rows of a comparison on a page."""
        reports = self.named_reports(placeholder)
        topics = self.named_topics(placeholder, docname)
        if placeholder.missing == "hide":
            # one with anything in any row keeps its column in all, so that columns align
            reports = [
                report
                for report in reports
                if any((topic.id, report.id) in self.passages for topic in topics)
            ]
        rows = []
        for topic in topics:
            cells = [
                Cell(
                    report,
                    topic,
                    # no id and no heading's anchor holds the underscore, so no two are alike
                    f"{placeholder.id}-{topic.id}_{report.id}",
                    self.passages.get((topic.id, report.id), ()),
                )
                for report in reports
            ]
            rows.append((topic, cells))
        return rows


class SectionCompareDomain(Domain):
    """Facts by document; ``collection`` is what they say together."""

    name = "section-compare"
    label = "section compare"
    data_version = 3
    initial_data: ClassVar[dict[str, Any]] = {
        "reports": {},
        "topics": {},
        "passages": {},
        "sections": {},
        "contents": {},
        "placeholders": {},
        "doctrees": {},
    }

    @property
    def reports(self) -> dict[str, Report]:
        return cast("dict[str, Report]", self.data["reports"])

    @property
    def topics(self) -> dict[str, Topic]:
        return cast("dict[str, Topic]", self.data["topics"])

    @property
    def passages(self) -> dict[str, list[Passage]]:
        return cast("dict[str, list[Passage]]", self.data["passages"])

    @property
    def sections(self) -> dict[str, list[Section]]:
        return cast("dict[str, list[Section]]", self.data["sections"])

    @property
    def contents(self) -> dict[str, str]:
        """By report a digest of all it shows."""
        return cast("dict[str, str]", self.data["contents"])

    @property
    def placeholders(self) -> dict[str, list[Placeholder]]:
        return cast("dict[str, list[Placeholder]]", self.data["placeholders"])

    def anchored(self, docname: str) -> list[Passage]:
        """What a link to a report may lead to; of several around a place the last is innermost."""
        sections = [section.passage for section in self.sections[docname]]
        return sections + self.passages[docname]

    @property
    def doctrees(self) -> dict[str, tuple[int, int]]:
        """The size and time of each document's doctree, when the environment was saved."""
        return cast("dict[str, tuple[int, int]]", self.data["doctrees"])

    def note_doctrees(self, stamps: dict[str, tuple[int, int]]) -> None:
        self.data["doctrees"] = stamps

    def note_report(self, docname: str, report: Report) -> None:
        self.reports[docname] = report

    def note_topic(self, docname: str, topic: Topic) -> None:
        self.topics[docname] = topic

    def note_passages(self, docname: str, passages: list[Passage]) -> None:
        self.passages[docname] = passages

    def note_sections(self, docname: str, sections: list[Section]) -> None:
        self.sections[docname] = sections

    def note_content(self, docname: str, digest: str) -> None:
        self.contents[docname] = digest

    def note_placeholder(self, docname: str, placeholder: Placeholder) -> None:
        self.placeholders.setdefault(docname, []).append(placeholder)

    def clear_doc(self, docname: str) -> None:
        for name in self.initial_data:
            self.data[name].pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        for name in self.initial_data:
            self.data[name].update(
                (docname, facts)
                for docname, facts in otherdata[name].items()
                if docname in docnames
            )

    def document_order(self) -> list[str]:
        """All documents as the toctree has them, then those that stand in none, by name.

        :raises SphinxError: toctrees name each other in a circle.
        """
        try:
            listed = self.env.collect_relations()
        except RecursionError:
            self.check_toctrees()
            raise
        return [*listed, *sorted(self.env.all_docs.keys() - listed.keys())]

    def check_toctrees(self) -> None:
        """Find a circle of toctrees, which Sphinx follows without end.

        :raises SphinxError: where there is one, with its pages; one that names itself is none.
        """
        others = {
            page: [name for name in named if name != page]
            for page, named in self.env.toctree_includes.items()
        }
        try:
            TopologicalSorter(others).prepare()
        except CycleError as error:
            circle = error.args[1][::-1]  # it names each page after those that it names
            message = __(
                "%s: the toctree leads back to this page: %s; allowed are toctrees without a circle"
            )
            arguments = (self.env.doc2path(circle[0]), " → ".join(circle))
            raise SphinxError(message % arguments) from error

    def collect(self) -> Collection:
        """Resolve the facts: who is who, who says what, and where it is compared."""
        collection = Collection()
        order = self.document_order()
        for docname in order:
            title = self.env.titles[docname].astext() if docname in self.env.titles else docname
            if report := self.reports.get(docname):
                page = Page(
                    report.id,
                    docname,
                    title,
                    report.short_title or title,
                    description=report.description,
                    number=report.number,
                    details=(report.organization, report.period),
                )
                collection.reports.setdefault(report.id, page)
            if topic := self.topics.get(docname):
                page = Page(
                    topic.id,
                    docname,
                    title,
                    topic.short_title or title,
                    group=topic.group,
                    description=topic.description,
                )
                collection.topics.setdefault(topic.id, page)
        for report_page in collection.reports.values():
            for topic_id, passages in self.passages_of(report_page.docname, collection).items():
                collection.passages[topic_id, report_page.id] = tuple(passages)
        for docname in order:
            for placeholder in self.placeholders.get(docname, ()):
                if placeholder.kind == "compare":
                    rows = collection.resolve(placeholder, docname)
                    collection.rows[docname, placeholder.id] = rows
        self.find_homes(collection)
        return collection

    def passages_of(self, docname: str, collection: Collection) -> dict[str, list[Passage]]:
        """A report's passages by topic: those marked, else those that heading rules take."""
        found: dict[str, list[Passage]] = {}
        for passage in self.passages.get(docname, ()):
            if passage.topic in collection.topics:
                found.setdefault(passage.topic, []).append(passage)
        for topic in collection.topics.values():
            patterns = self.topics[topic.docname].headings
            if not patterns or topic.id in found:
                continue
            below = None  # the depth of the match that the next sections lie in
            for section in self.sections.get(docname, ()):
                if below is not None and section.depth > below:
                    continue
                below = None
                if title_matches(section.title, patterns):
                    below = section.depth
                    found.setdefault(topic.id, []).append(section.passage)
        return found

    def find_homes(self, collection: Collection) -> None:
        """For each cell the comparison that a passage links to: its topic's own page first."""
        for own in (True, False):
            for (docname, _id), rows in collection.rows.items():
                for topic, cells in rows:
                    if (topic.docname == docname) is own:
                        for cell in cells:
                            if cell.passages:
                                key = (topic.id, cell.report.id)
                                collection.homes.setdefault(key, (docname, cell.id))

    def check_consistency(self) -> None:
        """Warn of what only all documents together show. Runs on every build that read one."""
        collection = self.collect()
        self.check_ids(self.reports, collection.reports, __("report"))
        self.check_ids(self.topics, collection.topics, __("topic"))
        topics = list(collection.topics)
        for docname, passages in sorted(self.passages.items()):
            for passage in passages:
                if passage.topic not in collection.topics:
                    tail = warn.allowed(topics, nearest(passage.topic, topics))
                    warn.warn(
                        "mark",
                        __("a mark names topic %r, which no topic page declares; %s"),
                        passage.topic,
                        tail,
                        location=(docname, passage.line),
                    )
        said = {topic for topic, _report in collection.passages}
        for topic in collection.topics.values():
            if topic.id not in said:
                warn.warn(
                    "empty_topic",
                    __("no report has a passage on topic %r; mark one with {.topic-%s}"),
                    topic.id,
                    topic.id,
                    location=(topic.docname, self.topics[topic.docname].line),
                )
        for docname, placeholders in sorted(self.placeholders.items()):
            for placeholder in placeholders:
                self.check_names(docname, placeholder, collection)

    def check_ids(
        self, declared: Mapping[str, Report | Topic], first: dict[str, Page], kind: str
    ) -> None:
        for docname, page in sorted(declared.items()):
            if first[page.id].docname != docname:
                warn.warn(
                    "duplicate_id",
                    __("%s %r is declared in %s already; allowed is one page an id"),
                    kind,
                    page.id,
                    first[page.id].docname,
                    location=(docname, page.line),
                )

    def check_names(self, docname: str, placeholder: Placeholder, collection: Collection) -> None:
        location = (docname, placeholder.line)
        topics, reports = list(collection.topics), list(collection.reports)
        for name in placeholder.topics:
            if name not in topics:
                tail = warn.allowed(topics, nearest(name, topics))
                warn.warn("topic", __("unknown topic %r; %s"), name, tail, location=location)
        for name, found in expand(placeholder.reports, collection.reports):
            if not found:
                tail = warn.allowed(reports, nearest(name, reports))
                warn.warn("report", __("unknown report %r; %s"), name, tail, location=location)
        if placeholder.kind == "compare" and not placeholder.topics and docname not in self.topics:
            tail = warn.allowed(topics)
            message = __("a comparison names no topic, and its page is no topic page; %s")
            warn.warn("topic", message, tail, location=location)


def get_domain(env: BuildEnvironment) -> SectionCompareDomain:
    """The domain of an environment, typed."""
    return cast("SectionCompareDomain", env.get_domain(SectionCompareDomain.name))
