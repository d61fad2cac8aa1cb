"""Shared phrases: found by the rule, marked without a change of the text, listed with places."""

from __future__ import annotations

import random
import re
import shutil
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import Project
from hypothesis import given, settings
from hypothesis import strategies as st
from section_compare.matching import HAN
from section_compare.phrases.find import (
    FUNCTION_WORDS,
    KEPT_LEADING,
    KEPT_TRAILING,
    LONGEST_RUN,
    find,
    trim,
)
from section_compare.phrases.words import count_pairs, whole_words

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from conftest import MakeProject

Blocks = list[tuple[str, str]]


def marked(blocks: Blocks, least: int) -> list[list[str]]:
    """The texts marked in each block."""
    shared = find(blocks, least)
    return [
        [text[mark.start : mark.end] for mark in marks]
        for (_report, text), marks in zip(blocks, shared.marks, strict=True)
    ]


CASES: dict[str, tuple[Blocks, list[list[str]]]] = {
    "in one report twice": ([("a", "甲乙丙丁"), ("a", "甲乙丙丁")], [[], []]),
    "in two reports": (
        [("a", "一甲乙丙丁二"), ("b", "三甲乙丙丁四")],
        [["甲乙丙丁"], ["甲乙丙丁"]],
    ),
    "too short": ([("a", "甲乙丙一"), ("b", "甲乙丙二")], [[], []]),
    "punctuation": ([("a", "甲乙，丙丁"), ("b", "甲乙，丙丁")], [[], []]),
    "digits, Latin, white space": (
        [("a", "甲乙1丙丁 戊己x庚辛"), ("b", "甲乙1丙丁 戊己x庚辛")],
        [[], []],
    ),
    "words, whatever their case": (
        [("a", "We will work\nclosely with all."), ("b", "Today we will work closely, with all")],
        [["We will work\nclosely"], ["we will work closely"]],
    ),
    "too few words": ([("a", "to work closely"), ("b", "to work closely")], [[], []]),
    "words with what stands in them": (
        [("a", "the council's re-opened old halls"), ("b", "the council's re-opened old halls!")],
        [["the council's re-opened old halls"], ["the council's re-opened old halls"]],
    ),
    "words beside ideographs": (
        [("a", "甲乙丙丁 we will work closely 戊"), ("b", "甲乙丙丁we will work closely")],
        [["甲乙丙丁", "we will work closely"], ["甲乙丙丁", "we will work closely"]],
    ),
    "a block ends": ([("a", "甲乙"), ("a", "丙丁"), ("b", "甲乙丙丁")], [[], [], []]),
    "ideographs of all planes": (
        [("a", "𠀀㐀\U00030000々x"), ("b", "y𠀀㐀\U00030000々")],
        [["𠀀㐀\U00030000々"], ["𠀀㐀\U00030000々"]],
    ),
    "function words at the ends": (
        [("a", "以甲乙丙丁为"), ("b", "以甲乙丙丁为")],
        [["甲乙丙丁"], ["甲乙丙丁"]],
    ),
    "too short when trimmed": ([("a", "的甲乙丙"), ("b", "的甲乙丙")], [[], []]),
    "nothing but function words": ([("a", "的了和与"), ("b", "的了和与")], [[], []]),
    "function words that are parts of words": (
        [("a", "和谐文明行为的"), ("b", "和谐文明行为的")],
        [["和谐文明行为"], ["和谐文明行为"]],
    ),
    "a shorter one alone elsewhere": (
        [("a", "甲乙丙丁戊己"), ("b", "甲乙丙丁戊己"), ("c", "一乙丙丁戊二")],
        [["甲乙丙丁戊己"], ["甲乙丙丁戊己"], ["乙丙丁戊"]],
    ),
    "longer in one report twice": (
        [("a", "甲乙丙丁戊己"), ("a", "甲乙丙丁戊己"), ("b", "甲乙丙丁")],
        [["甲乙丙丁"], ["甲乙丙丁"], ["甲乙丙丁"]],
    ),
    "longer with the one than with the other": (
        [("a", "甲乙丙丁戊己"), ("b", "甲乙丙丁戊己"), ("c", "甲乙丙丁辛")],
        [["甲乙丙丁戊己"], ["甲乙丙丁戊己"], ["甲乙丙丁"]],
    ),
    "overlapping, the longer": (
        [("a", "甲乙丙丁戊己庚"), ("b", "甲乙丙丁戊一"), ("c", "二丁戊己庚")],
        [["甲乙丙丁戊"], ["甲乙丙丁戊"], ["丁戊己庚"]],
    ),
    "overlapping, the longer further right": (
        [("a", "甲乙丙丁戊己庚"), ("b", "甲乙丙丁一"), ("c", "二丙丁戊己庚")],
        [["丙丁戊己庚"], ["甲乙丙丁"], ["丙丁戊己庚"]],
    ),
    "overlapping, as long: further left, and what is left": (
        [("a", "甲乙丙丁戊己庚辛壬"), ("b", "甲乙丙丁戊一"), ("c", "二戊己庚辛壬")],
        [["甲乙丙丁戊", "己庚辛壬"], ["甲乙丙丁戊"], ["戊己庚辛壬"]],
    ),
}


def test_one_character_over_and_over_takes_no_memory_in_its_square() -> None:
    text = "长" * 20_000
    tracemalloc.start()
    shared = find([("a", text), ("b", text)], 6)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "".join(text[mark.start : mark.end] for mark in shared.marks[0]) == text
    assert peak < 2_000 * len(text)


def test_a_run_is_cut_at_the_longest() -> None:
    text = "".join(chr(0x9000 + number) for number in range(2 * LONGEST_RUN + 9))
    cut = [text[:LONGEST_RUN], text[LONGEST_RUN : 2 * LONGEST_RUN], text[2 * LONGEST_RUN :]]
    assert marked([("a", f"x{text}，甲乙丙丁"), ("b", f"甲乙丙丁，{text}")], 4) == [
        [*cut, "甲乙丙丁"],
        ["甲乙丙丁", *cut],
    ]


@pytest.mark.parametrize(("blocks", "expected"), CASES.values(), ids=CASES.keys())
def test_the_rule(blocks: Blocks, expected: list[list[str]]) -> None:
    assert marked(blocks, 4) == expected


@pytest.mark.parametrize(
    ("text", "start", "end", "trimmed"),
    [
        ("以甲乙为", 0, 4, (1, 3)),
        ("的的甲的的", 0, 5, (2, 3)),
        ("以人为本", 0, 4, (0, 4)),
        ("甲行为", 0, 3, (0, 3)),
        # a word is kept where all of it lies in the phrase
        ("以人为本", 0, 2, (1, 2)),
        ("行为甲", 1, 3, (2, 3)),
        ("甲行为", 2, 3, (3, 3)),
        ("实事求是", 1, 4, (1, 3)),
        # of nothing but function words nothing is left
        ("的了的", 1, 3, (3, 3)),
        ("甲乙", 1, 1, (1, 1)),
    ],
)
def test_function_words_are_trimmed(
    text: str, start: int, end: int, trimmed: tuple[int, int]
) -> None:
    assert trim(text, start, end) == trimmed


def test_a_mark_names_the_phrases_that_lie_in_it() -> None:
    blocks, _marked = CASES["a shorter one alone elsewhere"]
    shared = find(blocks, 4)
    assert [phrase.text for phrase in shared.phrases] == ["甲乙丙丁戊己", "乙丙丁戊"]
    assert [(mark.phrase, mark.others) for (mark,) in shared.marks] == [
        (0, (1,)),
        (0, (1,)),
        (1, ()),
    ]
    assert [tuple(place) for place in shared.phrases[1].places] == [(0, 1), (1, 1), (2, 1)]


def test_a_mark_names_what_it_overlaps_and_not_what_stands_beside_it() -> None:
    blocks, _marked = CASES["overlapping, as long: further left, and what is left"]
    shared = find(blocks, 4)
    assert [phrase.text for phrase in shared.phrases] == ["甲乙丙丁戊", "己庚辛壬", "戊己庚辛壬"]
    assert [[(mark.phrase, mark.others) for mark in marks] for marks in shared.marks] == [
        [(0, (2,)), (1, (2,))],
        [(0, ())],
        [(2, (1,))],
    ]
    # the mark before ends where 戊己庚辛 begins, of which the mark behind covers all but 戊
    shared = find(
        [
            ("a", "甲乙丙丁戊己庚辛壬癸子"),
            ("b", "甲乙丙丁"),
            ("c", "戊己庚辛"),
            ("d", "己庚辛壬癸子"),
        ],
        4,
    )
    assert [[mark.others for mark in marks] for marks in shared.marks] == [
        [(), (2,)],
        [()],
        [()],
        [()],
    ]


def test_a_phrase_of_a_list_is_of_whole_words() -> None:
    texts = ["各科室负责人都来了", "股站室负责人也来了", "每个科室，每个站室", "负责人"]
    pairs = count_pairs(texts)
    places = [(texts[0], 2), (texts[1], 2)]
    assert whole_words("室负责人", places, pairs) == (1, 0)
    assert whole_words("负责人", [(text, at + 1) for text, at in places], pairs) == (0, 0)
    # where one place has the whole word, it stays
    assert whole_words("室负责人", [*places, ("室负责人", 0)], pairs) == (0, 0)
    ends = ["领导小组的", "领导小队", "小组", "小队"]
    assert whole_words("领导小", [(ends[0], 0), (ends[1], 0)], count_pairs(ends)) == (0, 1)


def test_the_function_words_and_their_exceptions_agree() -> None:
    """A word kept whole must begin, or end, with what would be trimmed."""
    assert all(word[0] in FUNCTION_WORDS and len(word) > 1 for word in KEPT_LEADING)
    assert all(word[-1] in FUNCTION_WORDS and len(word) > 1 for word in KEPT_TRAILING)


# Pieces of one text, so that they overlap, with function words, words kept whole, and breaks.
BASE = "甲乙的丙以人为本丁戊和谐己，行为庚辛"
PIECES = st.tuples(st.integers(0, 17), st.integers(2, 9)).map(
    lambda piece: BASE[piece[0] : piece[0] + piece[1]]
)
TEXTS = st.lists(PIECES, max_size=4).map("".join)
COLLECTIONS = st.lists(st.tuples(st.sampled_from("abc"), TEXTS), max_size=6)


def naive(blocks: Blocks, least: int) -> list[list[tuple[int, int]]]:
    """The rule of the module, word for word, in cubic time."""
    found = []
    for report, text in blocks:
        others = [
            run for other, rest in blocks if other != report for run in HAN.findall(rest)
        ]  # fmt: skip
        longest: list[tuple[int, int]] = []
        for start in range(len(text)):
            ends = [
                end
                for end in range(start + 1, len(text) + 1)
                if any(text[start:end] in run for run in others)
            ]
            if ends and not any(end >= ends[-1] for _start, end in longest):
                longest.append((start, ends[-1]))
        marks: list[tuple[int, int]] = []
        while True:
            longest = [trim(text, *stretch) for stretch in longest]
            longest = [(start, end) for start, end in longest if end - start >= least]
            if not longest:
                break
            first, last = min(longest, key=lambda stretch: (stretch[0] - stretch[1], stretch[0]))
            marks.append((first, last))
            longest = [
                part
                for start, end in longest
                for part in ((start, min(end, first)), (max(start, last), end))
                if part[0] < part[1]
            ]
        found.append(sorted(marks))
    return found


@given(COLLECTIONS, st.integers(2, 5))
@settings(max_examples=600, deadline=None, derandomize=True)
def test_marks_are_those_of_the_naive_search(blocks: Blocks, least: int) -> None:
    shared = find(blocks, least)
    assert [[mark[:2] for mark in marks] for marks in shared.marks] == naive(blocks, least)


@given(COLLECTIONS, st.integers(2, 5))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_every_place_of_a_phrase_is_named_by_a_mark(blocks: Blocks, least: int) -> None:
    """So each phrase that is marked has a twin to point at in another report."""
    shared = find(blocks, least)
    for number, phrase in enumerate(shared.phrases):
        places = [
            (block, match.start())
            for block, (_report, text) in enumerate(blocks)
            for match in re.finditer(f"(?={phrase.text})", text)
        ]
        assert [tuple(place) for place in phrase.places] == places
        assert len({blocks[place.block][0] for place in phrase.places}) > 1
        for block, start in places:
            assert any(
                mark.start < start + len(phrase.text)
                and mark.end > start
                and number in (mark.phrase, *mark.others)
                for mark in shared.marks[block]
            )
    for block, marks in enumerate(shared.marks):
        for mark in marks:
            for number in mark.others:
                phrase = shared.phrases[number]
                assert any(
                    place.block == block
                    and place.start < mark.end
                    and place.start + len(phrase.text) > mark.start
                    for place in phrase.places
                )


@given(COLLECTIONS, st.integers(2, 5), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_the_order_of_blocks_changes_no_mark(
    blocks: Blocks, least: int, chance: random.Random
) -> None:
    order = list(range(len(blocks)))
    chance.shuffle(order)
    straight = find(blocks, least).marks
    mixed = find([blocks[number] for number in order], least).marks
    for place, number in enumerate(order):
        assert [mark[:2] for mark in mixed[place]] == [mark[:2] for mark in straight[number]]


# In a project

CONF = """\
extensions = ["myst_parser", "section_compare"]
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "dollarmath"]
html_theme = "basic"
project = copyright = version = "x"
language = "zh_CN"
html_search_language = "en"
section_compare_shared = 4
"""
INDEX = "# Index\n\n```{toctree}\n:glob:\n\n*\n```\n"
TOPIC = "---\ntopic: care\n---\n\n# Care\n\n:::{section-compare}\n:::\n"
RICH = """\
前*甲乙*丙丁后，[甲乙丙丁](other.md)和**一[甲乙]{.note}丙**丁。

- 戊己庚辛

`甲乙丙丁` $甲乙丙丁$ 甲乙`x`丙丁

```
甲乙丙丁
```

| 表 | 数 |
| --- | --- |
| 戊己庚辛 | 12 |
"""


def report(name: str, body: str, title: str = "壬癸子丑") -> str:
    return (
        f"---\nreport: {name}\n---\n\n# {name}甲乙丙丁\n\n{{.topic-care}}\n## {title}\n\n{body}\n"
    )


FILES = {
    "conf.py": CONF,
    "index.md": INDEX,
    "care.md": TOPIC,
    "other.md": "# Other\n",
    "alpha.md": report("alpha", RICH),
    "beta.md": report("beta", "甲乙丙丁，戊己庚辛。"),
    "gamma.md": report("gamma", "说甲乙丙丁。", "别的题目"),
}


def fragments(page: BeautifulSoup, name: str) -> list[tuple[str, str, str]]:
    """The marks of a report's cell: number, text, the element around."""
    return [
        (str(mark["data-phrase"]), mark.get_text(), mark.parent.name if mark.parent else "")
        for mark in page.select(f'[data-report="{name}"] mark.section-compare-shared')
    ]


def test_marks_nest_in_what_is_there(built_once: MakeProject) -> None:
    project = built_once(FILES)
    page = project.page("care")
    assert fragments(page, "alpha") == [
        ("1", "壬癸子丑", "h3"),
        ("2", "甲乙", "em"),
        ("2", "丙丁", "p"),
        ("2", "甲乙丙丁", "span"),
        ("2", "甲乙", "span"),
        ("2", "丙", "strong"),
        ("2", "丁", "p"),
        ("3", "戊己庚辛", "p"),
        ("3", "戊己庚辛", "p"),
    ]
    assert fragments(page, "gamma") == [("2", "甲乙丙丁", "p")]
    everywhere = {mark["data-phrase"] for mark in page.select("mark.section-compare-everywhere")}
    assert everywhere == {"2"}
    assert not page.select(".section-compare-head mark, code mark, pre mark, .math mark")


def test_of_two_reports_that_speak_no_phrase_is_everywhere(make_project: MakeProject) -> None:
    project = make_project(FILES)
    (project.source / "gamma.md").unlink()
    project.build()
    assert project.page("care").select("mark")
    assert not project.page("care").select(".section-compare-everywhere")


def test_a_mark_names_others_only_where_there_are_some(make_project: MakeProject) -> None:
    bodies = {"alpha": "甲乙丙丁戊己", "beta": "甲乙丙丁戊己", "gamma": "乙丙丁戊"}
    pages = {f"{name}.md": report(name, body, name) for name, body in bodies.items()}
    project = make_project(FILES | pages)
    project.build()
    marks = project.page("care").select("mark")
    assert [(mark["data-phrase"], mark.get("data-also")) for mark in marks] == [
        ("1", "2"),
        ("1", "2"),
        ("2", None),
    ]


def unmarked(pages: dict[str, bytes]) -> dict[str, str]:
    """The pages without the tags of marks."""
    return {
        name: re.sub(r"</?mark\b[^>]*>", "", page.decode())
        for name, page in pages.items()
        if name.endswith((".html", "searchindex.js"))
    }


def test_marks_change_nothing_else(site: Project, site_copy: Project) -> None:
    """Nor the search index: a phrase leads to the reports alone."""
    site_copy.build(section_compare_shared=0)
    plain, found = unmarked(site_copy.files()), unmarked(site.files())
    with_marks = [name for name, page in site.files().items() if b"<mark" in page]
    assert len(with_marks) > 5
    assert all(name.startswith(("topics/", "guide/whole")) for name in with_marks)
    assert not [name for name, page in site_copy.files().items() if b"<mark" in page]
    assert [name for name in found if found[name] != plain[name]] == []


@pytest.mark.parametrize("builder", ["gettext", "latex", "text", "epub", "xml"])
def test_no_other_builder_marks(make_project: MakeProject, builder: str) -> None:
    project = make_project(FILES | {"list.md": "# List\n\n:::{section-phrases}\n:shared: 4\n:::\n"})

    def content(least: int) -> dict[str, bytes]:
        shutil.rmtree(project.output, ignore_errors=True)
        project.build(builder, section_compare_shared=least)
        names = (".xhtml", ".tex", ".txt", ".pot", ".xml")
        return {
            name: re.sub(rb"POT-Creation.*|date.*|modified.*", b"", page)
            for name, page in project.files(builder).items()
            if name.endswith(names)
        }

    marks, plain = content(4), content(0)
    assert marks
    assert marks == plain
    assert not any(b"<mark" in page for page in marks.values())


@pytest.mark.parametrize(
    ("option", "found"),
    [
        ("", ["1", "2", "3"]),
        (":shared: 0", []),
        (":shared: 5", []),
        (":shared: 4", ["1", "2", "3"]),
    ],
)
def test_the_option_overrides_the_configuration(
    make_project: MakeProject, option: str, found: list[str]
) -> None:
    page = TOPIC.replace("\n:::\n", f"\n{option}\n:::\n")
    project = make_project(FILES | {"care.md": page})
    project.build()
    marks = project.page("care").select("mark")
    assert sorted({str(mark["data-phrase"]) for mark in marks}) == found


@pytest.mark.parametrize("value", ["1", "-1", '"6"', "True"])
def test_a_configuration_out_of_range_is_named(make_project: MakeProject, value: str) -> None:
    project = make_project(FILES | {"conf.py": CONF.replace("shared = 4", f"shared = {value}")})
    project.build(warnings=True)
    shown = value.replace('"', "'")
    assert project.messages == [
        f"conf.py:7: WARNING: option 'section_compare_shared': found {shown}, "
        "allowed: 0, a whole number from 2 on [section_compare.option]"
    ]
    assert not project.page("care").select("mark")


def test_a_configuration_given_elsewhere_has_no_line(make_project: MakeProject) -> None:
    project = make_project(FILES | {"conf.py": CONF.replace("section_compare_shared = 4", "")})
    project.build(warnings=True, section_compare_shared=1)
    assert project.messages == [
        "WARNING: option 'section_compare_shared': found 1, "
        "allowed: 0, a whole number from 2 on [section_compare.option]"
    ]


def break_elsewhere(project: Project) -> None:
    project.edit("beta.md", "戊己庚辛", "戊己，庚辛")


def make_elsewhere(project: Project) -> None:
    project.edit("gamma.md", "说甲乙丙丁", "说戊己庚辛")


def change_value(project: Project) -> None:
    project.edit("conf.py", "shared = 4", "shared = 3")


def drop_report(project: Project) -> None:
    project.edit("gamma.md", "report: gamma\n", "")


def test_marks_and_list_are_fresh(make_project: MakeProject) -> None:
    """Edited in turn, in one process and in two."""
    project = make_project(FILES | {"list.md": "# List\n\n:::{section-phrases}\n:::\n"})
    ways = {jobs: Project(project.source, project.output / f"{jobs} jobs") for jobs in (1, 2)}
    for jobs, way in ways.items():
        way.build(jobs=jobs)
    for edit in (break_elsewhere, make_elsewhere, change_value, drop_report):
        warnings = edit is drop_report
        edit(project)
        clean = Project(project.source, project.output / edit.__name__)
        clean.build(warnings=warnings)
        pages = {name: page for name, page in clean.files().items() if name.endswith(".html")}
        for jobs, way in ways.items():
            before = way.files()
            way.build(jobs=jobs, warnings=warnings)
            found = way.files()
            assert [name for name in pages if found[name] != pages[name]] == []
            if edit is not change_value:  # no phrase of three characters is there
                assert found["care.html"] != before["care.html"]
                assert found["list.html"] != before["list.html"]


def test_a_changed_value_writes_only_what_shows_it(make_project: MakeProject) -> None:
    files = {name: text for name, text in FILES.items() if name != "gamma.md"}
    project = make_project(files | {"list.md": "# List\n\n:::{section-phrases}\n:shared: 4\n:::\n"})
    project.build()
    before = project.times()
    # not in conf.py, whose every edit has all pages written again
    project.build(section_compare_shared=5)
    after = project.times()
    written = {name for name in before if before[name] != after[name]}
    # Sphinx writes these too: no documents, and the page whose toctree names one that is written
    assert written - {"genindex.html", "search.html", "index.html"} == {"care.html"}
    assert not project.page("care").select("mark")


# The list


def entries(page: BeautifulSoup) -> Iterator[tuple[str, list[str]]]:
    for item in page.select(".section-phrases li"):
        text = item.select_one(".section-phrases-text")
        where = item.select_one(".section-phrases-where")
        assert text is not None
        assert where is not None
        yield text.get_text(), where.get_text().split(" · ")


LISTED = {
    "alpha.md": "---\nreport: alpha\n---\n\n# 甲乙丙丁\n\n引子甲乙丙丁\n\n{.topic-care}\n一段。\n\n"
    "{.topic-care}\n戊己庚辛\n\n## 题目\n\n和[甲乙丙丁]{.topic-care}",
    "beta.md": "---\nreport: beta\n---\n\n# 甲乙丙丁\n\n## 节\n\n甲乙丙丁，戊己庚辛\n",
    "gamma.md": "---\nreport: gamma\n---\n\n# 壬癸子丑\n\n说甲乙丙丁\n",
}


def test_the_list_names_each_phrase_and_its_places(make_project: MakeProject) -> None:
    page = "# List\n\n:::{section-phrases}\n:name: the-list\n:class: mine\n:::\n"
    project = make_project(FILES | LISTED | {"list.md": page})
    project.build()
    found = project.page("list")
    assert list(entries(found)) == [
        ("甲乙丙丁", ["甲乙丙丁\u00a02\u00a0处", "甲乙丙丁", "壬癸子丑"]),
        ("戊己庚辛", ["甲乙丙丁", "甲乙丙丁"]),
    ]
    groups = [group.get_text() for group in found.select(".section-phrases-group")]
    assert groups == ["3 篇都有", "2 篇有"]
    links = [str(link["href"]) for link in found.select(".section-phrases a.internal")]
    # adjacent blocks of one topic are one passage, which is found by its first
    assert links[0] == "alpha.html"
    assert re.fullmatch(r"alpha\.html#care(_\d)?", links[3])
    assert links[1] == links[4].replace("beta.html", "beta.html") == f"beta.html#{links[1][10:]}"
    assert links[2] == "gamma.html"
    for link in links:
        name, _, anchor = link.partition("#")
        target = project.page(name.removesuffix(".html"))
        assert not anchor or target.find(id=anchor) is not None
    block = found.select_one("#the-list.section-phrases.mine")
    assert block is not None
    assert "no-search" in block["class"]


def test_a_long_list_is_cut_and_says_so(make_project: MakeProject) -> None:
    page = "# List\n\n:::{section-phrases}\n:limit: 1\n:::\n"
    project = make_project(FILES | LISTED | {"list.md": page})
    project.build()
    assert [text for text, _where in entries(project.page("list"))] == ["甲乙丙丁"]
    rest = project.page("list").select_one(".section-phrases-rest")
    assert rest is not None
    assert rest.get_text() == "另有 1 条未列出"


def test_of_many_reports_the_first_are_named(make_project: MakeProject) -> None:
    many = {f"r{n:02}.md": report(f"r{n:02}", "甲乙丙丁。", f"R{n}") for n in range(23)}
    files = {name: FILES[name] for name in ("conf.py", "index.md", "care.md")}
    project = make_project(files | many | {"list.md": "# List\n\n:::{section-phrases}\n:::\n"})
    project.build()
    [(text, where)] = entries(project.page("list"))
    assert (text, len(where)) == ("甲乙丙丁", 20)
    assert where[-1].endswith(" 等，另有 3 篇")


def test_a_list_of_nothing_says_so(make_project: MakeProject) -> None:
    """With nothing set, a phrase has six characters."""
    conf = CONF.replace("section_compare_shared = 4\n", "")
    page = "# List\n\n:::{section-phrases}\n:::\n"
    project = make_project(FILES | {"conf.py": conf, "list.md": page})
    project.build()
    block = project.page("list").select_one(".section-phrases")
    assert block is not None
    assert block.get_text().strip() == "没有相同的语句"


def test_the_site_lists_what_its_reports_share(site: Project) -> None:
    """The list and the source agree: each phrase stands in each report that it is linked to."""
    found = list(entries(site.page("guide/phrases")))
    assert len(found) > 20
    names = {
        str(cell.get_text()): Path(str(cell["href"])).stem
        for cell in site.page("guide/phrases").select(".section-phrases a")
    }
    for text, where in found:
        assert len(where) >= 2
        assert len(text) >= 6
        for standing in where:
            name, _, times = standing.partition("\u00a0")
            page = site.page(f"reports/{names[name]}").find("article")
            assert page is not None
            assert page.get_text().count(text) >= int(times.partition("\u00a0")[0] or 1)
