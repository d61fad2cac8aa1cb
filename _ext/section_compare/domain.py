"""The facts across documents: reports, topics, passages, comparisons, and who says what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, cast

from docutils import nodes
from sphinx.domains import Domain, ObjType
from sphinx.roles import XRefRole
from sphinx.util.nodes import make_refnode

from . import warn
from .matching import common_folder, expand, ids_of_paths, nearest_titles, title_matches
from .model import Collection, Document, Heading
from .warn import __

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Set

    from sphinx.addnodes import pending_xref
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

    from .model import Judge, Page, Passage, Placeholder, Report, Topic


class SectionCompareDomain(Domain):
    """Facts by document; ``collect`` says what they are together."""

    name = "section-compare"
    label = "section compare"
    data_version = 8
    object_types: ClassVar[dict[str, ObjType]] = {
        "report": ObjType("report", "report"),
        "topic": ObjType("topic", "topic"),
    }
    roles: ClassVar[dict[str, Any]] = {
        "report": XRefRole(),
        "topic": XRefRole(),
        "passage": XRefRole(innernodeclass=nodes.inline),
    }
    initial_data: ClassVar[dict[str, Any]] = {"documents": {}}
    # what pages share while they are written; of ``write.build``, and saved nowhere
    build: object = None

    @property
    def documents(self) -> dict[str, Document]:
        """What was noted of each document."""
        return cast("dict[str, Document]", self.data["documents"])

    @property
    def reports(self) -> dict[str, Report]:
        """What each report says of itself, by document."""
        return {name: one.report for name, one in self.documents.items() if one.report}

    @property
    def topics(self) -> dict[str, Topic]:
        """What each topic says of itself, by document."""
        return {name: one.topic for name, one in self.documents.items() if one.topic}

    def note(self, docname: str) -> Document:
        """What is known of a document, to be added to while it is read."""
        return self.documents.setdefault(docname, Document())

    def clear_doc(self, docname: str) -> None:
        self.documents.pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        read = otherdata["documents"]
        self.documents.update({name: read[name] for name in read if name in docnames})

    def document_order(self) -> list[str]:
        """All documents as the toctree has them, then those that stand in none, by name."""
        listed = self.env.collect_relations()
        return [*listed, *sorted(self.env.all_docs.keys() - listed.keys())]

    def ids(self) -> dict[str, str]:
        """The id of each report's document: that of its header or, by path alone, of its path."""
        reports = self.reports
        named = {docname: report.id for docname, report in reports.items() if report.id}
        folder = common_folder(self.env.config.section_compare_reports)
        paths = {name.removeprefix(folder): name for name in sorted(reports.keys() - named.keys())}
        made = ids_of_paths(list(paths), set(named.values()))
        return named | {paths[path]: id_ for path, id_ in made.items()}

    def collect(self, judge: Judge) -> Collection:
        """Resolve the facts: who is who, who says what, and where it is compared.

        :param judge: which conditions hold; what hangs on others is left out.
        """
        collection = Collection(judge)
        ids = self.ids()
        order = [name for name in self.document_order() if name in self.documents]
        for docname in order:
            title = self.env.titles[docname].astext()
            if topic := self.documents[docname].topic:
                name = topic.short_title or title
                topic = replace(topic, docname=docname, title=title, short_title=name)
                collection.topics.setdefault(topic.id, topic)
            if report := self.documents[docname].report:
                if report.by_path:
                    title = docname.rpartition("/")[2]
                name, id_ = report.short_title or title, ids[docname]
                report = replace(report, id=id_, docname=docname, title=title, short_title=name)
                collection.reports.setdefault(id_, report)
        for report in collection.reports.values():
            for topic_id, passages in self.passages_of(report.docname, collection).items():
                collection.passages[topic_id, report.id] = passages
        for docname in order:
            for placeholder in self.documents[docname].placeholders:
                if placeholder.kind == "compare":
                    rows = collection.compare(placeholder, docname)
                    collection.rows[docname, placeholder.id] = rows
        collection.find_homes()
        return collection

    def passages_of(self, docname: str, collection: Collection) -> dict[str, tuple[Passage, ...]]:
        """A report's passages by topic: those marked, else those that heading rules take."""
        found: dict[str, list[Passage]] = {}
        for passage in self.documents[docname].passages:
            if passage.topic in collection.topics:
                found.setdefault(passage.topic, []).append(passage)
        for topic in collection.topics.values():
            if not topic.headings or topic.id in found:
                continue
            below = None  # the depth of the match that the next sections lie in
            for section in self.documents[docname].sections:
                if below is not None and section.depth > below:
                    continue
                below = None
                if title_matches(section.title, topic.headings):
                    below = section.depth
                    found.setdefault(topic.id, []).append(section.passage)
        judged = {
            topic: tuple(filter(None, (one.judged(collection.judge) for one in passages)))
            for topic, passages in found.items()
        }
        return {topic: passages for topic, passages in judged.items() if passages}

    def outlines(
        self, placeholder: Placeholder, collection: Collection
    ) -> list[tuple[Report, list[Heading]]]:
        """The reports that an outline names, each with the headings that it shows.

        Each topic stands with the innermost that it is under and that is not too deep to be shown.
        """
        return [
            (report, self.headings_of(report, collection, placeholder.depth))
            for report in collection.named_reports(placeholder)
        ]

    def headings_of(self, report: Report, collection: Collection, most: int) -> list[Heading]:
        """A report's headings in order, so many levels deep; 0: all."""
        ruled: dict[str, set[str]] = {}
        for topic, _report, passage in collection.by_document.get(report.docname, ()):
            ruled.setdefault(passage.anchor, set()).add(topic.id)
        sections = [one for one in self.documents[report.docname].sections
                    if one.passage.judged(collection.judge)]  # fmt: skip
        top = min((section.depth for section in sections), default=0)
        found: list[Heading] = []
        for section in sections:
            anchor, level = section.passage.anchor, section.depth - top + 1
            named = {*section.topics, *ruled.get(anchor, ())}
            topics = tuple(one for one in collection.topics
                           if one in named and (one, report.id) in collection.passages)  # fmt: skip
            if most and level > most and found:
                topics = tuple(dict.fromkeys((*found[-1].topics, *topics)))
                found[-1] = replace(found[-1], topics=topics)
            else:
                found.append(Heading(section.title, level, anchor, topics))
        return found

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Reports and topics, for the inventory; see ``Domain.get_objects``."""
        ids = self.ids()
        names = [("report", name, ids[name]) for name in self.reports]
        names += [("topic", name, topic.id) for name, topic in self.topics.items()]
        for kind, docname, id_ in names:
            yield id_, self.env.titles[docname].astext(), kind, docname, "", 1

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
                places = self.documents[docname].places
                anchors = {one.anchor for one in places} if anchor else {""}
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
        for docname, document in sorted(self.documents.items()):
            for passage in document.passages:
                if passage.topic not in collection.topics:
                    warn.unknown(
                        "mark",
                        __("a mark names topic %r, which no topic page declares; %s"),
                        passage.topic,
                        name=passage.topic,
                        among=list(collection.topics),
                        location=(docname, passage.line),
                    )
        said = {topic for topic, _report in collection.passages}
        for topic in collection.topics.values():
            if topic.id not in said:
                self.name_empty(topic)
        for docname, document in sorted(self.documents.items()):
            for placeholder in document.placeholders:
                self.check_names(docname, placeholder, collection)
        self.check_complete(collection)

    def name_empty(self, topic: Topic) -> None:
        """Say that a topic has nothing, and how to give it something, in the markup of its page."""
        mark = f".. rst-class:: topic-{topic.id}" if topic.is_rest else f"{{.topic-{topic.id}}}"
        titles = {one.title for document in self.documents.values() for one in document.sections}
        arguments: tuple[object, ...] = (topic.id, mark)
        message = __("no report has a passage on topic %r; mark one with %s")
        if not self.reports:
            declared = self.env.config.section_compare_fields.get("report", "report")
            arguments = topic.id, f":{declared}: <id>" if topic.is_rest else f"{declared}: <id>"
            message = __(
                "topic %r: no document is a report; begin one with the field %s, or name documents "
                "in section_compare_reports"
            )
        elif topic.headings and titles:
            near = nearest_titles(topic.headings, sorted(titles))
            arguments = topic.id, ", ".join(map(repr, near)), mark
            message = __(
                "no report has a passage on topic %r: no title fits its headings, the nearest are "
                "%s; or mark one with %s"
            )
        warn.warn("empty_topic", message, *arguments, location=(topic.docname, topic.line))

    def check_complete(self, collection: Collection) -> None:
        """Name the text of reports that no mark and no heading rule takes."""
        for docname, document in sorted(self.documents.items()):
            if not document.unmarked:
                continue
            passages = self.passages_of(docname, collection)
            taken = {passage.anchor for found in passages.values() for passage in found}
            for block in document.unmarked:
                if taken.isdisjoint(block.sections):
                    warn.warn(
                        "no_topic",
                        __("%d characters, beginning with %r, belong to no topic; mark them"),
                        block.characters,
                        block.start,
                        location=(docname, block.line),
                    )

    def check_ids(self, declared: Mapping[str, Page], first: Mapping[str, Page], kind: str) -> None:
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
                message = __("unknown topic %r; %s")
                warn.unknown("topic", message, name, name=name, among=topics, location=location)
        named = (*placeholder.reports, *placeholder.notes)
        for name, found in expand(named, collection.reports):
            if not found:
                message = __("unknown report %r; %s")
                warn.unknown("report", message, name, name=name, among=reports, location=location)
        if (
            placeholder.kind == "compare"
            and not placeholder.topics
            and not self.documents[docname].topic
        ):
            message = __("a comparison names no topic, and its page is no topic page; %s")
            warn.unknown("topic", message, among=topics, location=location)


def get_domain(env: BuildEnvironment) -> SectionCompareDomain:
    """The domain of an environment, typed."""
    return cast("SectionCompareDomain", env.get_domain(SectionCompareDomain.name))
