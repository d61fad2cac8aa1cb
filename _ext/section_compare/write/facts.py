"""What each page shows of other documents, as plain data for ``freshness``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx import addnodes
from sphinx.util import docname_join

from ..domain import get_domain
from ..freshness import doctree_stamp
from ..phrases.mark import least_of
from .build import begin, forget

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from ..model import Reference

Facts = dict[str, object]


def comparison_facts(app: Sphinx) -> Facts:
    """Of the directives on a page and, on a report's, of the links to comparisons."""
    env, build = app.env, begin(app)
    collection = build.collection
    shown: dict[str, list[object]] = {}
    for docname, placeholders in get_domain(env).placeholders.items():
        facts = shown.setdefault(docname, [])
        for placeholder in placeholders:
            if placeholder.kind == "compare":
                rows = collection.rows[docname, placeholder.id]
                facts.append((placeholder, rows, collection.in_words, least_of(env, placeholder)))
                facts += [
                    (env.toc_fignumbers.get(cell.report.docname),
                     reference_facts(env, passage.references))
                    for _topic, cells in rows
                    for cell in cells
                    for passage in cell.passages
                ]  # fmt: skip
            elif placeholder.kind == "coverage":
                counts = {key: collection.size(*key) for key in collection.passages}
                facts.append((placeholder, collection.reports, collection.topics, counts,
                              collection.homes))  # fmt: skip
            elif placeholder.kind == "outline":
                outlines = build.outlines(placeholder)
                facts.append((placeholder, outlines, collection.topics, collection.homes))
            elif placeholder.kind == "phrases":
                read = [doctree_stamp(env, one.docname) for one in collection.reports.values()]
                facts.append((placeholder, collection.reports, read, least_of(env, placeholder)))
            else:
                facts.append((placeholder, collection.reports, collection.topics))
    order = {topic: place for place, topic in enumerate(collection.topics)}
    for docname, passages in build.by_report.items():
        report = build.report_of[docname]
        shown.setdefault(docname, []).append(
            [
                (passage.anchor, passage.count, collection.topics[topic].short_title,
                 collection.homes.get((topic, report.id)))
                for topic, passage in sorted(passages, key=lambda one: order[one[0]])
            ]
        )  # fmt: skip
    return dict(shown)


def page_facts(app: Sphinx) -> Facts:
    """Of any page: its numbers, what it refers to, what its toctrees list, its neighbours."""
    env = app.env
    references = get_domain(env).references
    relations = env.collect_relations() if app.builder.format == "html" else {}
    return {
        docname: (
            env.toc_secnumbers.get(docname),
            env.toc_fignumbers.get(docname),
            reference_facts(env, references.get(docname, ())),
            list(listed_titles(env, docname, depth_of_toctrees(env, docname))),
            [(name, title_of(env, name)) for name in around(relations, docname)],
        )
        for docname in env.found_docs
    }


def title_of(env: BuildEnvironment, docname: str) -> str:
    return env.titles[docname].astext() if docname in env.titles else ""


def reference_facts(env: BuildEnvironment, references: Iterable[Reference]) -> list[object]:
    """Where cross references lead, and the titles and numbers that they may show."""
    standard = env.domains.standard_domain
    facts: list[object] = []
    for role, target, refdoc, fragment in references:
        label = fragment or target
        place = standard.labels.get(label) or standard.anonlabels.get(label)
        defined = standard.objects.get((role, target)) or standard.objects.get(
            (role, target.lower())
        )
        facts.append((place, defined, get_domain(env).place_of(role, target)))
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
                text = title_of(env, name) if depth == 1 else env.tocs[name].astext()
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


def end(app: Sphinx, _exception: Exception | None) -> None:
    """On ``build-finished``: what the next build reads may say otherwise."""
    forget(app.env)


def setup(app: Sphinx) -> None:
    app.connect("page-facts", comparison_facts)
    app.connect("page-facts", page_facts)
    app.connect("build-finished", end)
