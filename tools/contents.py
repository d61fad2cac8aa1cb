"""The rules for what the pages say together, from what the build has noted of them.

Each validator's docstring states its rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from docutils import nodes
from new import CONTENT, FIELDS
from section_compare.domain import SectionCompareDomain, get_domain
from section_compare.matching import nearest, strip_number, title_matches
from sphinx import addnodes
from typography import Problem

if TYPE_CHECKING:
    from section_compare.model import Report, Topic
    from sphinx.environment import BuildEnvironment

Found = tuple[str, Problem]


def check_contents(env: BuildEnvironment) -> Iterator[Found]:
    """All rules, the pages by their files' names."""
    domain = get_domain(env)
    rules = (
        check_declared, check_fields, check_reviewed, check_names, check_numbers, check_topics,
        check_text,
    )  # fmt: skip
    for rule in rules:
        for docname, problem in rule(env, domain):
            yield env.doc2path(docname, base=False).as_posix(), problem


def check_declared(env: BuildEnvironment, domain: SectionCompareDomain) -> Iterator[Found]:
    """A page of reports/ or topics/ declares what it is and stands in one toctree."""
    for docname in sorted(env.found_docs):
        folder = docname.partition("/")[0]
        declared = domain.reports if folder == "reports" else domain.topics
        if folder in CONTENT and docname not in declared:
            message = f"{folder}/ 里的页面，页首应有 {folder[:-1]}: 和它的编号"
            yield docname, Problem(1, 1, "declaration", message)
        around = [one for one, named in sorted(env.toctree_includes.items()) if docname in named]
        if len(around) > 1:
            message = f"列在了几个目录里：{'、'.join(around)}；应只留一处"
            yield docname, Problem(1, 1, "toctree", message)
        elif folder in CONTENT and not around and "orphan" in env.metadata[docname]:
            message = "页首有 orphan，没有列入目录也不报；应列入目录，删去 orphan"
            yield docname, Problem(1, 1, "toctree", message)


def check_fields(_env: BuildEnvironment, domain: SectionCompareDomain) -> Iterator[Found]:
    """A page has what `make new-report` and `make new-topic` ask for if all others of its kind do,
    an id that is its file's name, and stands in the folder of its kind."""
    pages: tuple[Mapping[str, Report | Topic], ...] = (domain.reports, domain.topics)
    for folder, kind in zip(CONTENT, pages, strict=True):
        needed = ["number", *(one.name for one in FIELDS[folder[:-1]] if one.required)]
        for docname, page in sorted(kind.items()):
            place, _slash, name = docname.rpartition("/")
            if place != folder:
                message = f"页首有 {folder[:-1]}:，文件应放在 {folder}/ 里"
                yield docname, Problem(page.line, 1, "declaration", message)
            elif name != page.id:
                message = f"编号 {page.id} 和文件名 {name}.md 不同，应改成一样"
                yield docname, Problem(page.line, 1, "id", message)
            for field in needed:
                others = [
                    getattr(one, field, None) for name, one in kind.items() if name != docname
                ]
                if not getattr(page, field, True) and others and all(others):
                    message = f"页首缺 {field}，别的页都有；应加上，写作“{field}: 值”"
                    yield docname, Problem(page.line, 1, "field", message)


def check_reviewed(_env: BuildEnvironment, domain: SectionCompareDomain) -> Iterator[Found]:
    """A topic page that names the reports that it was read against names those that there are."""
    there = {report.id for report in domain.reports.values() if report.id}
    for docname, topic in sorted(domain.topics.items()):
        came, went = there - set(topic.reviewed), set(topic.reviewed) - there
        if not topic.reviewed and any(one.reviewed for one in domain.topics.values()):
            message = "页首没有 reviewed：照各篇读过这一页的话以后，运行 make reviewed"
            yield docname, Problem(topic.line, 1, "reviewed", message)
        if topic.reviewed and came | went:
            told = [f"新来的 {'、'.join(sorted(came))}"] * bool(came)
            told += [f"撤下的 {'、'.join(sorted(went))}"] * bool(went)
            message = f"范文有变（{'；'.join(told)}），这一页的话应重读；读过后运行 make reviewed"
            yield docname, Problem(topic.line, 1, "reviewed", message)


def check_names(_env: BuildEnvironment, domain: SectionCompareDomain) -> Iterator[Found]:
    """No two reports, nor two topics, have the same short title, no two reports one number."""
    kinds: tuple[Mapping[str, Report | Topic], ...] = (domain.reports, domain.topics)
    for pages in kinds:
        for field in ("short_title", "number"):
            seen: dict[object, str] = {}
            for docname, page in sorted(pages.items()):
                value = getattr(page, field, None)
                first = seen.setdefault(value, docname) if value else docname
                if first != docname:
                    message = f"{field} 和 {first}.md 的一样，都是“{value}”；应改其中一个"
                    yield docname, Problem(page.line, 1, "same", message)


def check_numbers(env: BuildEnvironment, domain: SectionCompareDomain) -> Iterator[Found]:
    """A report's number is the one that its title and the toctree give: 篇6."""
    named: dict[str, str] = {}
    for toc in env.tocs.values():
        for toctree in toc.findall(addnodes.toctree):
            named |= {docname: title or "" for title, docname in toctree["entries"]}
    for docname, report in sorted(domain.reports.items()):
        title = env.titles[docname].astext() if docname in env.titles else ""
        start = f"篇{report.number}"
        listed, right = named.get(docname), f"{start} {report.short_title}"
        if report.number is None:
            continue
        if title and not title.startswith(f"{start}："):
            message = f"number 是 {report.number}，标题应以“{start}：”开头，现在是“{title[:8]}”"
            yield docname, Problem(report.line, 1, "number", message)
        if listed and report.short_title and listed != right:
            message = f"目录里写的是“{listed}”，照页首应写作“{right}”"
            yield docname, Problem(report.line, 1, "number", message)


def check_topics(env: BuildEnvironment, domain: SectionCompareDomain) -> Iterator[Found]:
    """A topic's page has one comparison of it, its group is not one misspelt, and each of its
    patterns is the title of a section."""
    titles = [
        strip_number(entry.astext())
        for docname in domain.reports
        for entry in env.tocs[docname].findall(nodes.reference)
    ]
    groups = Counter(topic.group for topic in domain.topics.values())
    for docname, topic in sorted(domain.topics.items()):
        shown = [
            one for one in domain.documents[docname].placeholders
            if one.kind == "compare" and (not one.topics or topic.id in one.topics)
        ]  # fmt: skip
        for pattern in topic.headings:
            if not any(title_matches(title, [pattern]) for title in titles):
                message = f"headings 里的“{pattern}”，没有一节的标题合得上，应改正或删去"
                yield docname, Problem(topic.line, 1, "headings", message)
        if len(shown) > 1:
            message = "同一个主题的对读写了两次，应只留一次"
            yield docname, Problem(topic.line, 1, "comparison", message)
        if not shown:
            message = "主题页上没有对读，应有 :::{section-compare} 和 ::: 两行"
            yield docname, Problem(topic.line, 1, "comparison", message)
        guess = nearest(topic.group, groups.keys() - {topic.group, ""})
        if guess and groups[topic.group] == 1:
            message = f"分组“{topic.group}”只有这一页用，是否应为“{guess}”？"
            yield docname, Problem(topic.line, 1, "group", message)


def check_text(_env: BuildEnvironment, domain: SectionCompareDomain) -> Iterator[Found]:
    """A report has a text."""
    for docname, report in sorted(domain.reports.items()):
        document = domain.documents[docname]
        if not document.passages and not document.unmarked:
            yield docname, Problem(report.line, 1, "empty", "这一篇没有正文，应写在标题之后")
