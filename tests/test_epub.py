"""The EPUB: valid, in Chinese, with its contents and cover, comparisons one below the other."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from conftest import OpenPage, Project, lacking
from printed import squeeze

# An emended word in the text, and its note.
OWN = ".emendation, .emendation-note"
JAR = Path("/usr/share/java/epubcheck.jar")  # Debian's; its command needs a kernel module


@pytest.fixture
def book(site_by: Callable[[str], Project]) -> Path:
    [path] = (site_by("epub").output / "epub").glob("*.epub")
    return path


def page(book: Path, name: str) -> BeautifulSoup:
    with zipfile.ZipFile(book) as file:
        return BeautifulSoup(file.read(name), "html.parser")


def check(book: Path) -> None:
    """Have epubcheck find no error and nothing to warn of."""
    if JAR.is_file() and shutil.which("java"):
        # a run this short is over sooner without the second compiler
        command = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", str(JAR)]
    elif shutil.which("epubcheck"):
        command = ["epubcheck"]
    else:
        lacking("epubcheck", "epubcheck")
    done = subprocess.run(
        [*command, "--failonwarnings", book], capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.full
def test_epubcheck_finds_nothing(book: Path) -> None:
    check(book)


def test_contents_name_every_page_in_order(book: Path, site: Project) -> None:
    nav = page(book, "nav.xhtml")
    assert nav.title
    assert nav.title.get_text() == "目录"
    links = [str(a["href"]).partition("#")[0] for a in nav.select("nav a")]
    pages = list(dict.fromkeys(links))
    folders = ("reports", "topics", "guide")
    sources = [path for folder in folders for path in (site.source / folder).iterdir()]
    assert pages[0] == "index.xhtml"
    expected = {f"{path.parent.name}/{path.stem}.xhtml" for path in sources}
    # how to read in a browser is no part of a book
    scripted = {"guide/reading.xhtml", "guide/excerpts.xhtml", "guide/whole.xhtml"}
    assert sorted(pages[1:]) == sorted(expected - scripted)
    with zipfile.ZipFile(book) as file:
        assert not (scripted | {"CONTRIBUTING.xhtml"}) & set(file.namelist())
    kinds = [name.partition("/")[0] for name in pages[1:]]
    assert list(dict.fromkeys(kinds)) == list(folders)
    assert kinds == sorted(kinds, key=folders.index)


def test_language_and_cover(book: Path) -> None:
    with zipfile.ZipFile(book) as file:
        package = ElementTree.fromstring(file.read("content.opf"))
    assert package.findtext(".//{*}language") == "zh-CN"
    cover = package.find(".//{*}meta[@name='cover']")
    assert cover is not None
    item = package.find(f".//{{*}}item[@id='{cover.get('content')}']")
    assert item is not None
    assert (item.get("href"), item.get("media-type")) == ("_static/cover.png", "image/png")
    with zipfile.ZipFile(book) as file:
        assert file.read("_static/cover.png")[:4] == b"\x89PNG"
        names = [name for name in file.namelist() if name.endswith(".xhtml")]
    for name in names:
        html = page(book, name).html
        assert html
        assert (html["lang"], html["xml:lang"]) == ("zh-CN", "zh-CN")
    assert page(book, "epub-cover.xhtml").select('img[src="_static/cover.png"]')


def test_comparisons_are_stacked_with_names(book: Path, site: Project) -> None:
    for path in (site.source / "topics").iterdir():
        here = page(book, f"topics/{path.stem}.xhtml")
        [comparison] = here.select(".section-compare")
        assert "section-compare-stacked" in comparison["class"]
        there = site.page(f"topics/{path.stem}")
        # the site has those that say nothing first
        cells, others = (
            sorted(one.select(".section-compare-cell"), key=lambda cell: str(cell["data-report"]))
            for one in (comparison, there)
        )
        for cell, other in zip(cells, others, strict=True):
            head, name = (each.select_one(".section-compare-name") for each in (cell, other))
            assert head
            assert name
            assert head.get_text() == name.get_text()
            for mark in (*cell.select(OWN), *other.select(".emendation")):
                mark.decompose()  # each has its own way to say what the source had
            # a note says here what it is, where the site has a rule beside it
            assert len(cell.select(".section-compare-note-on")) == cell.get_text().count("编者注：")
            assert squeeze(cell.get_text()).replace("编者注：", "") == squeeze(other.get_text())


def test_each_emended_word_leads_to_its_note_and_back(book: Path) -> None:
    """In the text and in copies; not in titles, where navigation would have it."""
    with zipfile.ZipFile(book) as file:
        names = [name for name in file.namelist() if name.endswith(".xhtml")]
    count = 0
    for name in names:
        here = page(book, name)
        ids = [str(tag["id"]) for tag in here.select("[id]")]
        assert len(ids) == len(set(ids)), name
        words = here.select("a.emendation")
        notes = here.select("aside")
        assert [word["href"] for word in words] == [f"#{note['id']}" for note in notes]
        for word, note in zip(words, notes, strict=True):
            assert (word["epub:type"], note["epub:type"]) == ("noteref", "footnote")
            [back] = note.select("a")
            assert back["href"] == f"#{word['id']}"
            assert back.get_text() == word.get_text()
            # at the end of what the word stands in
            block = word.find_parent(["section", "div"])
            assert block
            assert note.parent is block
            count += 1
        assert not here.select("h1 a.emendation, h2 a.emendation, h3 a.emendation, a a")
    assert count > 150
    assert not page(book, "nav.xhtml").select(".emendation, aside")


def test_the_source_can_be_told_from_it(book: Path, site: Project) -> None:
    """Notes, and for titles the list at the report's end, have all that the site shows."""
    for path in (site.source / "reports").iterdir():
        here = page(book, f"reports/{path.stem}.xhtml")
        for note in here.select("aside"):
            [word] = here.select(f'[id="{str(note.a["href"])[1:]}"]')  # type: ignore[index]
            text = note.get_text().partition(" ")[2].strip()
            word.replace_with("" if text == "原文无" else text.removeprefix("原文："))
            note.decompose()
        for link in here.select(".emendation-list a"):
            for word in here.select(f'[id="{str(link["href"])[1:]}"]'):
                row = link.find_parent("tr")
                assert row
                assert row.td
                word.replace_with(row.td.get_text())
        there = site.page(f"reports/{path.stem}")
        for reading in there.select("article ins, .headerlink"):
            reading.decompose()
        blocks = ":is(h1, h2, h3, section > p)"
        found, expected = (
            [squeeze(tag.get_text()) for tag in one.select(blocks) if tag.find_parent("section")]
            for one in (here, there)
        )
        assert found[1:] == expected[1:], path.stem  # whose report it is stands elsewhere


def test_nothing_is_out_of_sight_on_a_narrow_page(
    site_by: Callable[[str], Project], open_page: OpenPage
) -> None:
    """A book's page cannot be scrolled, and readers choose its colours."""
    folder = site_by("epub").output / "epub"
    hidden = """[...document.querySelectorAll('body *')].filter(one =>
        one.getBoundingClientRect().right > innerWidth + 1
        || one.scrollHeight > one.clientHeight + 1 && getComputedStyle(one).overflowY != 'visible'
    ).map(one => one.outerHTML.slice(0, 80))"""
    colours = """[...new Set([...document.querySelectorAll('body *')].map(one =>
        getComputedStyle(one).color))]"""
    for name in ("index", "reports/state-company", "topics/culture", "guide/phrases"):
        shown = open_page(f"file:{folder}/{name}.xhtml", width=390, height=844)
        assert shown.evaluate(hidden) == [], name
        shown.add_style_tag(content="html { color: rgb(221, 221, 221) }")
        assert shown.evaluate(colours) == ["rgb(221, 221, 221)"], name


@pytest.mark.full
def test_an_edit_gives_what_a_clean_build_gives(site_copy: Project) -> None:
    site_copy.build("epub")
    site_copy.edit("reports/state-company.md", "{sic}`坚决=>坚定`", "坚定")
    site_copy.edit("reports/community.md", "{sic}`两仪=>两议`", "{sic}`两义=>两议`")
    site_copy.build("epub")
    clean = Project(site_copy.source, site_copy.output / "clean")
    clean.build("epub")
    found, expected = (
        {name: text for name, text in one.files("epub").items() if name.endswith(".xhtml")}
        for one in (site_copy, clean)
    )
    assert found.keys() == expected.keys()
    assert [name for name in found if found[name] != expected[name]] == []
    check(next((site_copy.output / "epub").glob("*.epub")))


@pytest.mark.full
def test_it_builds_again_after_a_change_of_configuration(site_copy: Project) -> None:
    """Sphinx then leaves a copy of its build record in the output, which is no part of a book."""
    site_copy.build("epub")
    site_copy.build("epub", html_title="范文")
    assert (site_copy.output / "epub" / ".buildinfo.bak").is_file()
