"""The rules for what the pages say together, from what the build has noted of them.

Each validator's docstring states its rule.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from new import CONTENT
from section_compare.domain import SectionCompareDomain, get_domain
from section_compare.matching import nearest
from sphinx import addnodes
from typography import Problem

if TYPE_CHECKING:
    from section_compare.model import Report, Topic
    from sphinx.environment import BuildEnvironment

Found = tuple[str, Problem]


def check_contents(env: BuildEnvironment) -> Iterator[Found]:
    """All rules, the pages by their files' names."""
    domain = get_domain(env)
    rules = (check_declared, check_reviewed, check_names, check_numbers, check_topics, check_text)
    for rule in rules:
        for docname, problem in rule(env, domain):
            yield env.doc2path(docname, base=False).as_posix(), problem


def check_declared(env: BuildEnvironment, domain: SectionCompareDomain) -> Iterator[Found]:
    """A page of reports/ or topics/ declares what it is and stands in one toctree."""
    for docname in sorted(env.found_docs):
        folder = docname.partition("/")[0]
        if folder in CONTENT and docname not in domain.data[folder]:
            message = f"{folder}/ 里的页面，页首应有 {folder[:-1]}: 和它的编号"
            yield docname, Problem(1, 1, "declaration", message)
        around = [one for one, named in sorted(env.toctree_includes.items()) if docname in named]
        if len(around) > 1:
            message = f"列在了几个目录里：{'、'.join(around)}；应只留一处"
            yield docname, Problem(1, 1, "toctree", message)
        elif folder in CONTENT and not around and "orphan" in env.metadata[docname]:
            message = "页首有 orphan，没有列入目录也不报；应列入目录，删去 orphan"
            yield docname, Problem(1, 1, "toctree", message)


def check_reviewed(_env: BuildEnvironment, domain: SectionCompareDomain) -> Iterator[Found]:
    """A topic page that names the reports that it was read against names those that there are."""
    there = {report.id for report in domain.reports.values() if report.id}
    for docname, topic in sorted(domain.topics.items()):
        came, went = there - set(topic.reviewed), set(topic.reviewed) - there
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
        for text, where in ((title, "标题"), (named.get(docname, ""), "目录")):
            match = re.match(r"篇\s*(\d+)", text)
            if match and report.number is not None and int(match[1]) != report.number:
                message = f"页首的 number 是 {report.number}，{where}里写的是“{match[0]}”；应一致"
                yield docname, Problem(report.line, 1, "number", message)


def check_topics(_env: BuildEnvironment, domain: SectionCompareDomain) -> Iterator[Found]:
    """A topic's page has a comparison of it, and its group is not one misspelt."""
    groups = Counter(topic.group for topic in domain.topics.values())
    for docname, topic in sorted(domain.topics.items()):
        shown = [
            one for one in domain.placeholders.get(docname, ())
            if one.kind == "compare" and (not one.topics or topic.id in one.topics)
        ]  # fmt: skip
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
        if not domain.passages.get(docname) and not domain.unmarked.get(docname):
            yield docname, Problem(report.line, 1, "empty", "这一篇没有正文，应写在标题之后")
