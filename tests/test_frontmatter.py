"""The schema of a page's header, as tables of headers and of what they are taken for."""

from __future__ import annotations

import pytest
from section_compare.frontmatter import (
    BAD_PATTERN,
    BINARY_NAME,
    LONG_NUMBER,
    MALFORMED,
    NOT_A_LIST,
    NOT_A_NUMBER,
    NOT_A_STRING,
    NOT_AN_ID,
    UNKNOWN_FIELD,
    Problem,
    Report,
    Shown,
    Topic,
    parse_yaml,
    validate,
    without_block,
    yaml_block,
)
from section_compare.marks import EMPTY, UNBALANCED

Found = tuple[Report | None, Topic | None, list[Problem]]


def read(header: str) -> Found:
    """What a page with these lines as its header is."""
    values, places, problems = parse_yaml(f"---\n{header}\n---\n# T\n")
    report, topic, more = validate(values, places)
    return report, topic, problems + more


def problem(line: int, message: str, *arguments: object, subtype: str = "front_matter") -> Problem:
    return Problem(subtype, line, message, arguments)


GOOD: dict[str, Found] = {
    "title: x": (None, None, []),
    "report: a": (Report("a", 2), None, []),
    "x: 1\ntopic: b": (None, Topic("b", 3), []),
    "report: a\ntopic: b-2": (Report("a", 2), Topic("b-2", 3), []),
    "report: 2021\nnumber: '007'": (Report("2021", 2, number=7), None, []),
    "report: a\nnumber: 0": (Report("a", 2, number=0), None, []),
    "report: a\nnumber: 999999999": (Report("a", 2, number=999999999), None, []),
    "report: a\nshort_title: ' 甲 '\norganization: 乙\nperiod: 2021\ndescription: 1.5": (
        Report("a", 2, short_title="甲", organization="乙", period="2021", description="1.5"),
        None,
        [],
    ),
    "topic: a\nshort_title: 甲\ngroup: 乙\ndescription: 丙": (
        None,
        Topic("a", 2, short_title="甲", group="乙", description="丙"),
        [],
    ),
    "topic: a\nheadings: 问题": (None, Topic("a", 2, headings=("问题",)), []),
    "topic: a\nheadings: [' 问题 ', '*不足*']": (
        None,
        Topic("a", 2, headings=("问题", "*不足*")),
        [],
    ),
    "report: a\nshort_title:\nnumber: null": (Report("a", 2), None, []),
    # fields of others, near ours as they may be
    "report: a\nversion: x\nauthor: y\nreviewed: 1": (Report("a", 2), None, []),
    "short_titel: a": (None, None, []),
    # no page of ours, though a field has nearly the name of one
    "topics: [a]\ndescription: b\nnumber: 1": (None, None, []),
    "support: a\nshort_title: b": (None, None, []),
    "reprot: a\nheadings: b": (None, None, []),
}


@pytest.mark.parametrize(("header", "found"), GOOD.items())
def test_a_good_header(header: str, found: Found) -> None:
    assert read(header) == found


BAD: dict[str, Found] = {
    "report: A b": (None, None, [problem(2, NOT_AN_ID, "report", "A b")]),
    "report:": (None, None, [problem(2, NOT_AN_ID, "report", None)]),
    "x: 1\ntopic: true": (None, None, [problem(3, NOT_AN_ID, "topic", True)]),
    "report: a\nnumber: -1": (Report("a", 2), None, [problem(3, NOT_A_NUMBER, "number", -1)]),
    "report: a\nnumber: 1000000000": (
        Report("a", 2),
        None,
        [problem(3, NOT_A_NUMBER, "number", 1000000000)],
    ),
    "report: a\nnumber: '２'": (Report("a", 2), None, [problem(3, NOT_A_NUMBER, "number", "２")]),
    "report: a\nnumber: true": (Report("a", 2), None, [problem(3, NOT_A_NUMBER, "number", True)]),
    "report: a\nperiod: [1]\ndescription: false\norganization: b": (
        Report("a", 2, organization="b"),
        None,
        [
            problem(3, NOT_A_STRING, "period", [1]),
            problem(4, NOT_A_STRING, "description", False),
        ],
    ),
    "topic: a\nheadings: 5": (None, Topic("a", 2), [problem(3, NOT_A_LIST, "headings", 5)]),
    "topic: a\nheadings: [b, 5]": (
        None,
        Topic("a", 2),
        [problem(3, NOT_A_LIST, "headings", ["b", 5])],
    ),
    "topic: a\nheadings: ['', 'b[', c]": (
        None,
        Topic("a", 2, headings=("c",)),
        [
            problem(3, BAD_PATTERN, "", EMPTY, subtype="pattern"),
            problem(3, BAD_PATTERN, "b[", UNBALANCED, subtype="pattern"),
        ],
    ),
    "report: a\nshort_titel: b": (
        Report("a", 2),
        None,
        [problem(3, UNKNOWN_FIELD, "short_titel", "short_title")],
    ),
    "topic: a\nheading: b": (
        None,
        Topic("a", 2),
        [problem(3, UNKNOWN_FIELD, "heading", "headings")],
    ),
    # the declaration itself, beside a field that only such a page has
    "short_title: b\nreprot: a": (None, None, [problem(3, UNKNOWN_FIELD, "reprot", "report")]),
    "topics: a\nheadings: b": (None, None, [problem(2, UNKNOWN_FIELD, "topics", "topic")]),
    # in the order of the lines
    "shorttitle: b\nreport: A\ngrupe: x": (
        None,
        None,
        [
            problem(2, UNKNOWN_FIELD, "shorttitle", "short_title"),
            problem(3, NOT_AN_ID, "report", "A"),
        ],
    ),
}


@pytest.mark.parametrize(("header", "found"), BAD.items())
def test_a_bad_field_is_named_and_left_out(header: str, found: Found) -> None:
    # by what is shown: a problem holds the value as a message shows it
    assert repr(read(header)) == repr(found)


@pytest.mark.parametrize(
    ("value", "longer"), [("x" * 78, "x" * 79), (b"x" * 77, b"x" * 78)], ids=["text", "binary"]
)
def test_a_value_is_shown_in_eighty_characters(value: object, longer: object) -> None:
    assert repr(Shown(value)) == repr(value)
    assert len(repr(Shown(value))) == 80
    assert len(repr(Shown(longer))) == 80
    assert "x...x" in repr(Shown(longer))


@pytest.mark.parametrize("sign", [1, -1])
def test_a_number_is_shown_up_to_a_hundred_digits(sign: int) -> None:
    """A one with 99 noughts, to be exact: Python refuses to write what is much longer."""
    assert repr(Shown(sign * 10**99)) == str(sign * 10**99)
    assert repr(Shown(sign * (10**99 + 1))) == "…"


@pytest.mark.parametrize(
    ("header", "line", "reason"),
    [
        ("report: a\nnumber: [", 3, "node content"),
        ("x: 1\ntopic: a: b\ny: 2", 3, "mapping values are not allowed"),
        ("report: a\nperiod: 2021-02-30", 1, "day is out of range for month"),
        ("\nreport: a\ngroup: \x01\nperiod: x", 4, "characters are not allowed"),
    ],
)
def test_a_header_that_does_not_parse(header: str, line: int, reason: str) -> None:
    values, places, problems = parse_yaml(f"---\n{header}\n---\n# T\n")
    assert (values, places) == ({}, {})
    assert [(one.subtype, one.line, one.message) for one in problems] == [
        ("front_matter", line, MALFORMED)
    ]
    [found] = problems[0].args
    assert reason in str(found)
    assert "\n" not in str(found)  # where it is, the warning says


@pytest.mark.parametrize(
    ("header", "line", "message"),
    [
        ("report: a\n!!binary YQ==: x", 3, BINARY_NAME),
        ("report: a\nx: 1\ny: 0x" + "f" * 5000, 4, LONG_NUMBER),
        ("? 0b" + "1" * 20_000 + "\n: x\ntopic: a", 2, LONG_NUMBER),
    ],
)
def test_a_header_that_myst_cannot_write(header: str, line: int, message: str) -> None:
    problem = Problem("front_matter", line, message, ())
    assert parse_yaml(f"---\n{header}\n---\n# T\n") == ({}, {}, [problem])
    other = header.replace("report", "author").replace("topic", "author")
    assert parse_yaml(f"---\n{other}\n---\n# T\n") == ({}, {}, [])  # another's


@pytest.mark.parametrize("digits", [1000, 1001])
def test_how_long_a_number_may_be(digits: int) -> None:
    text = f"---\nreport: a\nx: 0x{'f' * (digits - 2)}\n---\n"
    assert bool(parse_yaml(text)[2]) == (digits > 1000)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("---\na: 1\n---\n", (1, 2)),
        ("--- \na: 1\nb: 2\n...\n", (1, 3)),
        ("---\n---\n", (1, 1)),
        (" ---\na: 1\n---\n", (0, 0)),
        ("---\na: 1\n", (0, 0)),
        ("# T\n---\na: 1\n---\n", (0, 0)),
        ("", (0, 0)),
    ],
)
def test_where_the_block_lies(text: str, lines: tuple[int, int]) -> None:
    assert yaml_block(text) == lines


def test_a_block_is_blanked_and_all_else_stays() -> None:
    assert without_block("---\na: 1\n---\nb\n\nc") == "\n\n\nb\n\nc"


def test_keys_are_text_and_have_their_lines() -> None:
    assert parse_yaml("---\n\n1: a\nreport: b\n---\n") == (
        {"1": "a", "report": "b"},
        {"1": 3, "report": 4},
        [],
    )
