"""The pure parts, as tables of inputs."""

from __future__ import annotations

import pytest
from section_compare.matching import (
    EMPTY,
    UNBALANCED,
    count_characters,
    count_figures,
    count_han,
    count_points,
    count_words,
    expand,
    marks_in_source,
    nearest,
    nearest_titles,
    pattern_problem,
    strip_number,
    title_matches,
    topics_of,
    written_marks,
)
from section_compare.read.header import parse_yaml, validate, without_block


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("一、存在问题", "存在问题"),
        ("（三）主要做法", "主要做法"),
        ("(一)主要做法", "主要做法"),
        ("〔二〕主要做法", "主要做法"),
        ("1.主要做法", "主要做法"),
        ("2、主要做法", "主要做法"),
        ("1.2 Results", "Results"),
        ("第三章 结论", "结论"),
        ("一是抓学习", "抓学习"),
        ("一心一意", "一心一意"),
        ("2021年工作", "2021年工作"),
        ("一、", "一、"),
        ("II. Libraries", "Libraries"),
        ("iv) Libraries", "Libraries"),
        ("A. Housing", "Housing"),
        ("(b) Housing", "Housing"),
        ("A.1 Housing", "Housing"),
        ("1.2. Results", "Results"),
        ("§ 4 Duties", "Duties"),
        ("Chapter 3: Roads", "Roads"),
        ("Appendix B – Tables", "Tables"),
        ("Part IV Roads", "Roads"),
        ("Chapter 3", "Chapter 3"),
        ("I am the road", "I am the road"),
        ("A road", "A road"),
        ("Mix of roads", "Mix of roads"),
        ("Civil. Roads", "Civil. Roads"),
        ("U.S. policy", "U.S. policy"),
        ("Parts of speech", "Parts of speech"),
    ],
)
def test_a_leading_number_is_stripped(title: str, bare: str) -> None:
    assert strip_number(title) == bare


@pytest.mark.parametrize(
    ("title", "patterns", "matches"),
    [
        ("四、存在问题", ["存在问题"], True),
        ("四、存在的问题与不足", ["存在*问题*"], True),
        ("四、存在问题", ["问题"], False),
        ("四、存在问题", [], False),
        ("Results [2021]", ["Results [2021]"], True),
        ("1. Roads and bridges", ["roads*"], True),
        ("II. Libraries", ["LIBRARIES"], True),
        ("II. Libraries", ["ii. libraries"], True),
        ("Straße", ["STRASSE"], True),
    ],
)
def test_titles_match_literally_or_by_glob(title: str, patterns: list[str], matches: bool) -> None:
    assert title_matches(title, patterns) is matches


def test_the_nearest_titles_are_found() -> None:
    titles = ["1. Motivation", "2. Rationale", "3. Prior art", "4. Drawbacks"]
    assert nearest_titles(["Motivations*"], titles) == ["1. Motivation"]
    assert nearest_titles(["*prior*", "Drawback?"], titles) == ["3. Prior art", "4. Drawbacks"]
    assert nearest_titles(["xyz"], titles) == titles[:3]
    assert nearest_titles(["xyz"], []) == []


def test_words_are_counted_as_white_space_parts_them() -> None:
    assert count_words(" Nine miles — it's re-surfaced.\n") == 4
    assert count_han("修桥 3 miles，铺路〇") == 5


def test_patterns_that_can_match_nothing_are_named() -> None:
    assert pattern_problem("") == "it is empty"
    assert pattern_problem("[a") == "its brackets do not balance"
    assert pattern_problem("a*") == ""


def test_characters_are_counted_without_white_space() -> None:
    assert count_characters(" 精神 文明，\n\u30002021 年") == 10


def test_points_and_figures_are_counted() -> None:
    points = "一是投入12.5万元，修桥3座；二是办班1,200人次。"
    assert count_points([points]) == 2
    assert count_points(["首先，听。", "（三）看", "4. 写"]) == 3
    assert count_points(["一是听。看。"]) == 0
    assert count_figures([points, "1. 修桥2座", "无"]) == 4


def test_the_nearest_name() -> None:
    assert nearest("shortcoming", ["shortcomings", "results"]) == "shortcomings"
    assert nearest("zzz", ["shortcomings"]) == ""


def test_topics_of_classes() -> None:
    assert topics_of(["a", "topic-x", "topic-y-z"]) == ("x", "y-z")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[a ] b]{.topic-a} c", ["{.topic-a}"]),
        ("{#i .b .topic-a} {.note} {topic-a} {.topic-b}", ["{#i .b .topic-a}", "{.topic-b}"]),
        (".topic-a {.topic-\nb}", []),
    ],
)
def test_marks_that_stand_in_a_text(text: str, found: list[str]) -> None:
    assert written_marks(text) == found


def test_marks_are_found_outside_code() -> None:
    source = (
        "{.topic-a .topic-b}\n```{note}\n{.topic-c}\n```\n"
        "```text\n{.topic-d}\n```\n`{.topic-e}` [x]{.topic-f}\n{.topic-g}\n## T\n"
    )
    assert list(marks_in_source(source)) == [
        (1, "a", True),
        (1, "b", True),
        (3, "c", False),
        (8, "f", False),
        (9, "g", False),
    ]


@pytest.mark.parametrize("text", ["# T\n", "", "---\nno end\n", "---\n---\n"])
def test_a_page_without_a_header(text: str) -> None:
    assert parse_yaml(text) == ({}, {}, [])


def test_a_header_is_read_with_its_lines() -> None:
    values, places, problems = parse_yaml("---\nreport: 5\nnumber: 2\n---\n# T\n")
    assert problems == []
    report, topic, problems = validate(values, places)
    assert (topic, problems) == (None, [])
    assert report is not None
    assert (report.id, report.number, report.line) == ("5", 2, 2)


@pytest.mark.parametrize(
    "text",
    ["---\n- a\n---\n", "---\na: [\n---\n", "---\njust text\n---\n"],
)
def test_a_header_that_is_no_mapping_is_another_s(text: str) -> None:
    assert parse_yaml(text) == ({}, {}, [])


def test_a_character_that_no_file_can_hold_is_named() -> None:
    """Handlers before ours may change a page's source."""
    [problem] = parse_yaml("---\nreport: a\ud800\n---\n")[2]
    assert (problem.subtype, problem.line) == ("front_matter", 2)


# Each alias doubles what the value stands for: a repr in full would have 2 to the 40 items.
BOMB = "a: &a [x, x]\n" + "".join(f"a: &{'a' * n} [*{'a' * (n - 1)}, *{'a' * (n - 1)}]\n"
                                  for n in range(2, 41)) + f"report: *{'a' * 40}"  # fmt: skip


def test_a_value_too_long_to_write_is_named_cut_short() -> None:
    values, places, _problems = parse_yaml(f"---\n{BOMB}\n---\n")
    [problem] = validate(values, places)[2]
    said = problem.message % problem.args
    assert said.startswith("front matter: report: found [[[...], [...]], [[...], [...]]], allowed")


@pytest.mark.parametrize(
    ("source", "count"),
    [
        # one after the other as many runs as there can be, none closed by one as long
        (".topic-a " + "`" * 40_000 + "x" * 40_000, 0),
        ("{" + ".topic-a" * 20_000, 0),
        ("{.topic-a}\n" * 20_000 + ":::{note}\n:::\n", 20_000),
    ],
    ids=["backticks", "brace", "marks"],
)
def test_marks_are_read_in_time_linear_in_the_source(source: str, count: int) -> None:
    """No limit is set: what these took before, a test run does not live to see."""
    assert len(list(marks_in_source(source))) == count


def test_globs_do_not_backtrack() -> None:
    """``fnmatch`` makes an atomic group of each star, so the work is stars times title."""
    title = "甲a" * 10_000
    assert not title_matches(title, ["*a" * 40 + "*b", "*[甲-a]*?" * 40 + "b", "*" * 5_000 + "b"])
    assert title_matches(title, ["*a" * 40 + "*a"])


@pytest.mark.parametrize("pattern", ["[z-a]", "[[a]", "[]", "[a--b]", "[&&~~||]", "\\", "(?"])
def test_no_glob_is_an_invalid_expression(pattern: str) -> None:
    assert not title_matches("文", [pattern])


def test_a_header_of_ours_that_does_not_parse() -> None:
    text = "---\nreport: a\nnumber: [\n---\n# T\n"
    values, places, problems = parse_yaml(text)
    assert (values, places) == ({}, {})
    assert [(problem.subtype, problem.line) for problem in problems] == [("front_matter", 3)]
    assert without_block(text) == "\n\n\n\n# T\n"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        # a fence ends with one at least as long, of its own kind, with nothing behind it
        ("````\n```\n{.topic-a}\n````\n{.topic-b}\n", [(5, "b", False)]),
        ("~~~\n```\n{.topic-a}\n~~~\n{.topic-b}", [(5, "b", False)]),
        ("```\n``` x\n{.topic-a}\n```\n{.topic-b}", [(5, "b", False)]),
        ("```\n{.topic-a}\n  ````\n{.topic-b}", [(4, "b", False)]),
        ("``a {.topic-a}`` `b` [c]{.topic-b}", [(1, "b", False)]),
        # what drops a mark, and what may stand between
        ("{.topic-a}\n\n{#b}\n{.c}\n:::{note}", [(1, "a", True)]),
        ("{.topic-a}\n$$\nx\n$$", [(1, "a", True)]),
        ("  {.topic-a}\n<DIV>", [(1, "a", True)]),
        ("{.topic-a}\n<!-- x -->", [(1, "a", True)]),
        ("{.topic-a}\n<b>x</b>", [(1, "a", False)]),
        ("{.topic-a} x\n```{note}", [(1, "a", False)]),
        ("{.topic-a}", [(1, "a", False)]),
        ("# T\n\nText.\n\n{.topic-a}\n## U", [(5, "a", False)]),
        ("[x]{#i .topic-a .b .topic-c-2}", [(1, "a", False), (1, "c-2", False)]),
        ("{.topic-a}\nx\n```{note}\n```", [(1, "a", False)]),
    ],
)
def test_marks_and_whether_they_are_dropped(
    source: str, found: list[tuple[int, str, bool]]
) -> None:
    assert list(marks_in_source(source)) == found


def test_names_and_globs_are_expanded() -> None:
    allowed = ["b-2", "a-1", "b-1"]
    assert list(expand(["b-*", "a-1", "c"], allowed)) == [
        ("b-*", ["b-2", "b-1"]),
        ("a-1", ["a-1"]),
        ("c", []),
    ]


def test_the_nearest_name_is_one_and_the_best() -> None:
    assert nearest("results", ["result", "results-2", "resolve"]) == "result"


def test_a_closing_bracket_alone_does_not_balance() -> None:
    assert pattern_problem("a]") == UNBALANCED
    assert pattern_problem("[ab]*") == ""
    assert EMPTY != UNBALANCED


def test_only_the_leading_number_is_stripped() -> None:
    assert strip_number("一、1.目标 ") == "1.目标"
    assert strip_number(" 目标 ") == "目标"
