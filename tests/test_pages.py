"""What the Chinese pages promise a writer, as rules that can be checked on the files alone."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
import yaml
from conftest import ROOT, Project, listed

REPORTS, TOPICS = listed("reports"), listed("topics")
SIC = re.compile(r"\{sic\}`(.*?)=>(.*?)`")
SPAN = re.compile(r"\[([^\[\]]*)\]\{([^}]*)\}")


@cache
def parts(name: str) -> tuple[dict[str, Any], str]:
    """A page's header and what follows it, with emended words as they read."""
    _, header, text = (ROOT / f"{name}.md").read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(header), SIC.sub(r"\2", text)


def spans(text: str) -> tuple[str, list[tuple[str, list[str]]]]:
    """A text without its spans' marks, and each span's text with its classes, inner ones first."""
    found = []
    while match := SPAN.search(text):
        found.append((match[1], match[2].replace(".", "").split()))
        text = text[: match.start()] + match[1] + text[match.end() :]
    return text, found


def marked() -> str:
    """All runs of the reports that a copier must change."""
    return "\n".join(
        run
        for name in REPORTS
        for run, classes in spans(parts(f"reports/{name}")[1])[1]
        if {"dated", "superseded"} & set(classes)
    )


@pytest.mark.parametrize("name", TOPICS)
def test_one_sentence_leads_to_the_comparison(name: str) -> None:
    lead = parts(f"topics/{name}")[1].partition(":::{section-compare}")[0]
    paragraphs = [block for block in lead.strip().split("\n\n") if not block.startswith("#")]
    assert len(paragraphs) == 1
    assert paragraphs[0].count("。") == 1


@pytest.mark.parametrize("name", TOPICS)
def test_what_a_page_calls_to_be_checked_is_marked_in_the_text(name: str) -> None:
    runs = marked()
    text = parts(f"topics/{name}")[1]
    sentences = [part for part in re.split(r"[。\n]", text) if "须核改" in part]
    for word in re.findall("“([^”]*)”", "".join(sentences)):
        assert word in runs, word


@pytest.mark.parametrize("name", REPORTS)
def test_no_passage_breaks_off_in_a_sentence(name: str) -> None:
    text = parts(f"reports/{name}")[1]
    _, found = spans(text)
    passages = [run for run, classes in found if any(c.startswith("topic-") for c in classes)]
    blocks = re.split(r"\n\n+", text.partition(":::")[0])
    passages += [block.split("\n", 1)[-1] for block in blocks if block.startswith("{.topic-")]
    assert passages
    for passage in passages:
        plain = spans(passage)[0].rstrip()
        assert not re.search("[，；、]$", plain), plain


@pytest.mark.parametrize("name", TOPICS)
def test_no_sentence_counts_reports(name: str) -> None:
    """The next report would make it false."""
    text = parts(f"topics/{name}")[1]
    assert re.findall("[只一两二三四五六七八九十几0-9]篇|其余各篇", text) == []


@pytest.mark.parametrize("name", TOPICS)
def test_a_topic_names_its_other_names_and_the_reports_it_was_read_for(name: str) -> None:
    header, _ = parts(f"topics/{name}")
    aliases = header["aliases"]
    assert len(set(aliases)) == len(aliases) >= 2
    assert header["reviewed"] == [parts(f"reports/{report}")[0]["report"] for report in REPORTS]


@pytest.mark.parametrize("name", TOPICS)
def test_a_topic_says_what_to_put_in(name: str) -> None:
    text = parts(f"topics/{name}")[1].partition("\n## 怎样写\n\n")[2]
    head, *points = text.strip().split("\n- ")
    assert head.strip() == "写这一部分，通常要有："
    assert 2 <= len(points) <= 3


def test_a_note_closes_the_list_of_emendations(site: Project) -> None:
    [block] = site.page("reports/state-company").select(".emendation-list")
    last = block.find_all(recursive=False)[-1]
    assert last.name == "p"
    assert last.get_text().startswith("疑为换词，未改")


def test_superseded_wording_says_that_it_is(site: Project) -> None:
    page = site.page("reports/community")
    tips = {
        str(tip["data-tip"])
        for run in page.select(".superseded")
        for tip in run.find_all(class_="emendation-tip", recursive=False)
    }
    assert tips == {"旧提法，套用时须核改"}
    assert not page.select(".superseded.dated")


def test_the_frame_of_a_page_is_lean_and_its_article_untouched(site: Project) -> None:
    html = (site.output / "html" / "CONTRIBUTING.html").read_text("utf-8")
    frame, _article, rest = html.partition("<svg")[2].partition("<article")
    assert not re.search(r"\n\s", frame)
    assert set(re.findall(r'symbol id="([^"]*)"', frame)) == set(
        re.findall(r'"#(svg-[^"]*)"', html)
    )
    commands = "\n".join(block.get_text() for block in site.page("CONTRIBUTING").select("pre"))
    assert "make new-report ID=town-school SHORT_TITLE=镇中心小学 \\\n  TITLE=" in commands
    assert rest.index("</article>") < rest.index("<footer>")
