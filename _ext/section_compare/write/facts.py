"""What each page shows of other documents, as plain data for ``freshness``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sphinx import addnodes
from sphinx.util import docname_join

from ..domain import get_domain
from ..freshness import doctree_stamp
from ..output.assets import HELP
from ..phrases.mark import least_of
from .build import begin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from ..model import Placeholder, Reference
    from .build import Build

Facts = dict[str, object]
Objects = dict[str, list[tuple[object, ...]]]
WORD = re.compile(r"\w+")


def shown_facts(app: Sphinx) -> Facts:
    """Of the directives on a page and, on a report's, of the links to comparisons."""
    build = begin(app)
    collection = build.collection
    objects = places_of_objects(app.env)
    order = {topic: place for place, topic in enumerate(collection.topics)}
    links = {
        docname: [
            (passage.anchor, passage.count, topic.short_title,
             collection.homes.get((topic.id, report.id)))
            for topic, report, passage in sorted(found, key=lambda one: order[one[0].id])
        ]
        for docname, found in collection.by_document.items()
    }  # fmt: skip
    return {
        docname: (
            links.get(docname),
            [
                (placeholder, list(directive_facts(build, docname, placeholder, objects)))
                for placeholder in document.placeholders
            ],
        )
        for docname, document in get_domain(app.env).documents.items()
    }


def directive_facts(
    build: Build, docname: str, placeholder: Placeholder, objects: Objects
) -> Iterator[object]:
    """What a directive on a page shows."""
    env, collection, kind = build.env, build.collection, placeholder.kind
    if kind == "compare":
        rows = collection.rows[docname, placeholder.id]
        yield rows, collection.in_words, least_of(env, placeholder)
        yield sorted(env.found_docs.intersection(env.config[HELP]))
        for _topic, cells in rows:
            for cell in cells:
                for passage in cell.passages:
                    yield env.toc_fignumbers.get(cell.report.docname)
                    yield reference_facts(env, passage.references, objects)
        return
    yield collection.reports
    if kind == "phrases":
        yield [doctree_stamp(env, one.docname) for one in collection.reports.values()]
        yield least_of(env, placeholder)
        return
    yield collection.topics
    if kind == "coverage":
        yield {key: collection.size(*key) for key in collection.passages}
    if kind == "outline":
        yield get_domain(env).outlines(placeholder, collection)
    if kind in ("coverage", "outline"):
        yield collection.homes


def page_facts(app: Sphinx) -> Facts:
    """Of any page: its numbers, what it refers to, what its toctrees list, its neighbours."""
    env = app.env
    documents, objects = get_domain(env).documents, places_of_objects(env)
    relations = env.collect_relations() if app.builder.format == "html" else {}
    return {
        docname: (
            env.toc_secnumbers.get(docname),
            env.toc_fignumbers.get(docname),
            reference_facts(env, documents[docname].references, objects),
            list(listed_titles(env, docname, depth_of_toctrees(env, docname))),
            [
                (name, title_of(env, name), env.toc_secnumbers.get(name, {}).get(""))
                for name in around(relations, docname)
            ],
        )
        for docname in env.found_docs
    }


def title_of(env: BuildEnvironment, docname: str) -> str:
    """With its markup, which some themes show."""
    return str(env.titles[docname]) if docname in env.titles else ""


def places_of_objects(env: BuildEnvironment) -> Objects:
    """Where functions and the like of other domains are, by the last part of their name."""
    found: Objects = {}
    for domain in env.domains.sorted():
        if domain.name not in ("std", get_domain(env).name):
            for name, _shown, *rest in domain.get_objects():
                found.setdefault(last_part(name), []).append((domain.name, name, *rest))
    return {name: sorted(places) for name, places in found.items()}


def last_part(name: str) -> str:
    """``save`` of ``store.File.save``, of ``~store.File.save`` and of ``store::File::save()``."""
    words: list[str] = WORD.findall(name)
    return words[-1] if words else ""


def reference_facts(
    env: BuildEnvironment, references: Iterable[Reference], objects: Objects
) -> list[object]:
    """Where cross references lead, and the titles and numbers that they may show."""
    standard = env.domains.standard_domain
    facts: list[object] = []
    for role, target, refdoc, fragment in references:
        label = fragment or target
        place = standard.labels.get(label) or standard.anonlabels.get(label)
        defined = standard.objects.get((role, target), standard.objects.get((role, target.lower())))
        own = get_domain(env).place_of(role, target)
        facts.append((place, defined, own, objects.get(last_part(target))))
        names = (target, docname_join(refdoc, target), place[0] if place else "")
        for name in dict.fromkeys(names):
            if name in env.titles:
                # of a heading, the line changes with what stands above it
                slug = env.metadata[name].get("myst_slugs", {}).get(fragment, ())[1:]
                numbers = env.toc_secnumbers.get(name), env.toc_fignumbers.get(name)
                facts.append((name, title_of(env, name), slug, numbers))
    return facts


def depth_of_toctrees(env: BuildEnvironment, docname: str) -> int:
    """How many levels the toctrees in a page's text show; 0 where none does, -1 for all."""
    if docname not in env.toctree_includes:
        return 0
    depths = [
        tree["maxdepth"]
        for tree in env.tocs[docname].findall(addnodes.toctree)
        if not tree["hidden"]
    ]
    return -1 if any(depth < 1 for depth in depths) else max(depths, default=0)


def listed_titles(
    env: BuildEnvironment, docname: str, depth: int, seen: frozenset[str] = frozenset()
) -> Iterator[object]:
    """What toctrees may list of the documents below a page, so many levels deep."""
    if depth and docname not in seen:
        for name in env.toctree_includes.get(docname, ()):
            if name in env.tocs:
                text = title_of(env, name) if depth == 1 else str(env.tocs[name])
                yield name, text, env.toc_secnumbers.get(name)
                yield from listed_titles(env, name, depth - 1, seen | {docname})


def around(relations: dict[str, list[str | None]], docname: str) -> Iterator[str]:
    """The documents before and after a page, and those above it."""
    parent, previous, following = relations.get(docname) or (None, None, None)
    yield from filter(None, (previous, following))
    seen: set[str] = set()
    while parent and parent not in seen:
        seen.add(parent)
        yield parent
        parent = (relations.get(parent) or [None])[0]


def setup(app: Sphinx) -> None:
    app.connect("page-facts", shown_facts)
    app.connect("page-facts", page_facts)
