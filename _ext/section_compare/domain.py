"""The facts across documents: reports, topics, passages, comparisons, and who says what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from docutils import nodes
from sphinx.domains import Domain, ObjType
from sphinx.roles import XRefRole
from sphinx.util.nodes import make_refnode

from . import warn
from .matching import common_folder, expand, ids_of_paths, nearest, nearest_titles, title_matches
from .model import Collection, Heading, Page, Passage, Placeholder, Report, Section, Topic, Unmarked
from .warn import __

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Set

    from sphinx.addnodes import pending_xref
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

    from .model import Judge, Reference


class SectionCompareDomain(Domain):
    """Facts by document; ``collection`` is what they say together."""

    name = "section-compare"
    label = "section compare"
    data_version = 7
    object_types: ClassVar[dict[str, ObjType]] = {
        "report": ObjType("report", "report"),
        "topic": ObjType("topic", "topic"),
    }
    roles: ClassVar[dict[str, Any]] = {
        "report": XRefRole(),
        "topic": XRefRole(),
        "passage": XRefRole(innernodeclass=nodes.inline),
    }
    initial_data: ClassVar[dict[str, Any]] = {
        "reports": {},
        "topics": {},
        "passages": {},
        "sections": {},
        "unmarked": {},
        "placeholders": {},
        "references": {},
        "stamps": {},
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
    def unmarked(self) -> dict[str, list[Unmarked]]:
        """Noted only where ``section_compare_complete`` is set."""
        return cast("dict[str, list[Unmarked]]", self.data["unmarked"])

    @property
    def placeholders(self) -> dict[str, list[Placeholder]]:
        return cast("dict[str, list[Placeholder]]", self.data["placeholders"])

    def anchored(self, docname: str) -> list[Passage]:
        """What a link to a report may lead to; of several around a place the last is innermost."""
        sections = [section.passage for section in self.sections[docname]]
        return sections + self.passages[docname]

    @property
    def references(self) -> dict[str, tuple[Reference, ...]]:
        """By document the cross references in it."""
        return cast("dict[str, tuple[Reference, ...]]", self.data["references"])

    @property
    def stamps(self) -> dict[str, tuple[tuple[int, int] | None, ...]]:
        """By document the stamps of its files when the environment was saved."""
        return cast("dict[str, tuple[tuple[int, int] | None, ...]]", self.data["stamps"])

    def note_stamps(self, stamps: dict[str, tuple[tuple[int, int] | None, ...]]) -> None:
        self.data["stamps"] = stamps

    def note_references(self, docname: str, references: tuple[Reference, ...]) -> None:
        self.references[docname] = references

    def note_report(self, docname: str, report: Report) -> None:
        self.reports[docname] = report

    def note_topic(self, docname: str, topic: Topic) -> None:
        self.topics[docname] = topic

    def note_passages(self, docname: str, passages: list[Passage]) -> None:
        self.passages[docname] = passages

    def note_sections(self, docname: str, sections: list[Section]) -> None:
        self.sections[docname] = sections

    def note_unmarked(self, docname: str, unmarked: list[Unmarked]) -> None:
        self.unmarked[docname] = unmarked

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
        """All documents as the toctree has them, then those that stand in none, by name."""
        listed = self.env.collect_relations()
        return [*listed, *sorted(self.env.all_docs.keys() - listed.keys())]

    def ids(self) -> dict[str, str]:
        """The id of each report's document: that of its header or, by path alone, of its path."""
        named = {docname: report.id for docname, report in self.reports.items() if report.id}
        folder = common_folder(self.env.config.section_compare_reports)
        paths = {
            docname.removeprefix(folder): docname
            for docname in sorted(self.reports)
            if docname not in named
        }
        made = ids_of_paths(list(paths), set(named.values()))
        return named | {paths[path]: id_ for path, id_ in made.items()}

    def collect(self, judge: Judge) -> Collection:
        """Resolve the facts: who is who, who says what, and where it is compared.

        :param judge: which conditions hold; what hangs on others is left out.
        """
        collection = Collection()
        order, ids = self.document_order(), self.ids()
        for docname in order:
            title = self.env.titles[docname].astext() if docname in self.env.titles else docname
            if report := self.reports.get(docname):
                if report.by_path:
                    title = docname.rpartition("/")[2]
                report_page = Page(
                    ids[docname],
                    docname,
                    title,
                    report.short_title or title,
                    description=report.description,
                    number=report.number,
                    organization=report.organization,
                    period=report.period,
                )
                collection.reports.setdefault(report_page.id, report_page)
            if topic := self.topics.get(docname):
                topic_page = Page(
                    topic.id,
                    docname,
                    title,
                    topic.short_title or title,
                    group=topic.group,
                    description=topic.description,
                )
                collection.topics.setdefault(topic.id, topic_page)
        for page in collection.reports.values():
            for topic_id, passages in self.passages_of(page.docname, collection, judge).items():
                collection.passages[topic_id, page.id] = passages
        for docname in order:
            for placeholder in self.placeholders.get(docname, ()):
                if placeholder.kind == "compare":
                    rows = collection.compare(placeholder, docname)
                    collection.rows[docname, placeholder.id] = rows
        collection.find_homes()
        return collection

    def passages_of(
        self, docname: str, collection: Collection, judge: Judge
    ) -> dict[str, tuple[Passage, ...]]:
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
        judged = {
            topic: tuple(shown for passage in passages if (shown := passage.judged(judge)))
            for topic, passages in found.items()
        }
        return {topic: passages for topic, passages in judged.items() if passages}

    def outline_of(self, report: Page, collection: Collection, judge: Judge) -> list[Heading]:
        """A report's headings in order; each topic stands with the innermost that it is under."""
        ruled: dict[str, list[str]] = {}
        for (topic, id_), passages in collection.passages.items():
            if id_ == report.id:
                for passage in passages:
                    ruled.setdefault(passage.anchor, []).append(topic)
        sections = [
            one for one in self.sections.get(report.docname, ()) if one.passage.judged(judge)
        ]
        top = min((section.depth for section in sections), default=0)
        found = []
        for section in sections:
            anchor = section.passage.anchor
            named = {*section.topics, *ruled.get(anchor, ())}
            topics = [one for one in collection.topics
                      if one in named and (one, report.id) in collection.passages]  # fmt: skip
            found.append(Heading(section.title, section.depth - top + 1, anchor, tuple(topics)))
        return found

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Reports and topics, for the inventory; see ``Domain.get_objects``."""
        ids = self.ids()
        for kind, docnames in (("report", self.reports), ("topic", self.topics)):
            for docname in docnames:
                name = ids[docname] if kind == "report" else self.topics[docname].id
                yield name, self.env.titles[docname].astext(), kind, docname, "", 1

    def place_of(self, typ: str, target: str) -> tuple[str, str, str] | None:
        """Where a role leads: document, anchor and title; ``None`` where there is no such place.

        A report and a topic are named by their ids, a passage by its report and its anchor there,
        ``north#roads_2``.
        """
        if typ not in self.roles:
            return None
        name, _hash, anchor = target.partition("#") if typ == "passage" else (target, "", "")
        kind = "report" if typ == "passage" else typ
        for id_, title, its_kind, docname, _anchor, _priority in self.get_objects():
            if (id_, its_kind) == (name, kind):
                anchors = {one.anchor for one in self.anchored(docname)} if anchor else {""}
                return (docname, anchor, title) if anchor in anchors else None
        return None

    def resolve_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: pending_xref,
        contnode: nodes.Element,
    ) -> nodes.reference | None:
        """Lead the roles to the place that they name."""
        place = self.place_of(typ, target)
        if place is None:
            return None
        docname, anchor, title = place
        content = contnode if node.get("refexplicit") else nodes.inline(title, title)
        return make_refnode(builder, fromdocname, docname, anchor, content, title)

    def resolve_any_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: pending_xref,
        contnode: nodes.Element,
    ) -> list[tuple[str, nodes.reference]]:
        """Lead ``any`` to the page of an id, unless a label has that name: that one is meant."""
        standard = env.domains.standard_domain
        if target in standard.labels or target in standard.anonlabels or target in env.found_docs:
            return []
        return [
            (f"{self.name}:{kind}", reference)
            for kind in self.object_types
            if (
                reference := self.resolve_xref(
                    env, fromdocname, builder, kind, target, node, contnode
                )
            )
        ]

    def check_consistency(self) -> None:
        """Warn of what only all documents together show. Runs on every build that read one."""
        collection = self.collect(lambda conditions: True)
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
                self.name_empty(topic.id, self.topics[topic.docname], topic.docname)
        for docname, placeholders in sorted(self.placeholders.items()):
            for placeholder in placeholders:
                self.check_names(docname, placeholder, collection)
        self.check_complete(collection)

    def name_empty(self, name: str, topic: Topic, docname: str) -> None:
        """Say that a topic has nothing, and how to give it something, in the markup of its page."""
        mark = f".. rst-class:: topic-{name}" if topic.is_rest else f"{{.topic-{name}}}"
        titles = {section.title for found in self.sections.values() for section in found}
        if not self.reports:
            declared = self.env.config.section_compare_fields.get("report", "report")
            header = f":{declared}: <id>" if topic.is_rest else f"{declared}: <id>"
            message = __(
                "topic %r: no document is a report; begin one with the field %s, or name documents "
                "in section_compare_reports"
            )
            arguments: tuple[object, ...] = (name, header)
        elif topic.headings and titles:
            message = __(
                "no report has a passage on topic %r: no title fits its headings, the nearest are "
                "%s; or mark one with %s"
            )
            near = nearest_titles(topic.headings, sorted(titles))
            arguments = (name, ", ".join(map(repr, near)), mark)
        else:
            message = __("no report has a passage on topic %r; mark one with %s")
            arguments = (name, mark)
        warn.warn("empty_topic", message, *arguments, location=(docname, topic.line))

    def check_complete(self, collection: Collection) -> None:
        """Name the text of reports that no mark and no heading rule takes."""
        for docname, blocks in sorted(self.unmarked.items()):
            passages = self.passages_of(docname, collection, lambda conditions: True)
            taken = {passage.anchor for found in passages.values() for passage in found}
            for block in blocks:
                if taken.isdisjoint(block.sections):
                    warn.warn(
                        "no_topic",
                        __("%d characters, beginning with %r, belong to no topic; mark them"),
                        block.characters,
                        block.start,
                        location=(docname, block.line),
                    )

    def check_ids(
        self, declared: Mapping[str, Report | Topic], first: dict[str, Page], kind: str
    ) -> None:
        for docname, page in sorted(declared.items()):
            if page.id and first[page.id].docname != docname:
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
        for name, found in expand(placeholder.topics, collection.topics):
            if not found:
                tail = warn.allowed(topics, nearest(name, topics))
                warn.warn("topic", __("unknown topic %r; %s"), name, tail, location=location)
        named = expand((*placeholder.reports, *placeholder.notes), collection.reports)
        for name, found in named:
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
