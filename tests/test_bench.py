"""The benchmarks: what is a missed aim, what gets into a README, what is plotted."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))
from bench import HAND, SITE, STEPS, THEMED, Case, Figures, Results, aims
from plot import plot
from report import write

MATERIAL, ZENSICAL = "MkDocs with Material", "Zensical"


def figures(seconds: float, output: float = 1, needless: int = 0) -> Figures:
    return Figures(seconds, seconds, 100, output, needless)


def results(seconds: float, output: float, no_op: float = 1, needless: int = 0) -> Results:
    """This site at 500 and 2,000 reports; its figures at 2,000 are those given."""
    found: Results = {}
    for size, cold, large in ((500, 10.0, 4.0), (2000, seconds, output)):
        site = {step: figures(cold, large, needless) for step in STEPS}
        found[Case(size, SITE)] = {**site, "no-op": figures(no_op)}
        found[Case(size, SITE, 2)] = {"cold": figures(cold * 0.9)}
        found[Case(size, THEMED)] = found[Case(size, HAND)] = {"no-op": figures(1)}
        found[Case(size, MATERIAL)] = {"cold": figures(size / 15, size / 10)}
        found[Case(size, ZENSICAL)] = {"cold": figures(size / 50, size / 10)}
    return found


@pytest.mark.parametrize(
    ("case", "missed"),
    [
        (results(40, 16), []),
        (results(50, 16), ["2000 reports, cold, by Zensical", "exponent of time"]),
        (results(40, 19), ["exponent of size"]),
        (results(40, 16, no_op=1.3), ["500 reports, no-op", "2000 reports, no-op"]),
        (results(40, 16, needless=2), ["500 reports, edit", "500 reports, title",
                                       "2000 reports, edit", "2000 reports, title"]),
    ],
)  # fmt: skip
def test_an_aim_is_missed_where_a_figure_is_too_large(case: Results, missed: list[str]) -> None:
    found = [aim.what for aim in aims(case) if not aim.held]
    assert len(found) == len(missed)
    assert all(part in whole for part, whole in zip(missed, found, strict=True))


def test_a_report_takes_the_place_of_the_last(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("a\n<!-- x -->\nold\n<!-- /x -->\nb\n", "utf-8")
    for _time in range(2):
        write("x", ["new"], readme)
    assert readme.read_text("utf-8") == "a\n<!-- x -->\n\nnew\n\n<!-- /x -->\nb\n"
    with pytest.raises(SystemExit):
        write("y", ["new"], readme)


def test_a_plot_has_a_line_and_a_name_for_each() -> None:
    svg = ET.fromstring(plot({"one": [(5, 0.5), (500, 20)], "two": [(5, 1), (500, 19)]}))
    space = "{http://www.w3.org/2000/svg}"
    lines = [line.get("points", "").split() for line in svg.iter(f"{space}polyline")]
    assert [len(line) for line in lines] == [2, 2]
    texts = [str(text.text) for text in svg.iter(f"{space}text")]
    assert {"one, 20.0 s", "two, 19.0 s", "500", "10 s"} <= set(texts)
    places = [float(text.get("y", 0)) for text in svg.iter(f"{space}text")][-2:]
    assert abs(places[0] - places[1]) >= 16
