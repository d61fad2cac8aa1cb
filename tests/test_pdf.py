"""The PDF: whole, in reading order, set as an official document is."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, Once, Project
from printed import MM, Book, complaints, need_tex, read_log, squeeze, typeset, write_latex

pytestmark = pytest.mark.full

A4 = (210, 297)
# Of the site's own page: top and left edge, width and height of the text.
PAGE = (28, 37, 156, 225)
SHEET_SIDE, SHEET_END = 15, 14
CLOSING = "，。、；：？！）》〉”’】〕…—,.;:?!)"
OPENING = "（《〈“‘【〔("


@pytest.fixture(scope="session")
def book(once: Once, site: Project) -> Book:
    """The site's own book, set once."""
    need_tex()

    def make(folder: Path) -> None:
        write_latex(site.source, folder)
        typeset(folder, "fanwen")

    folder = once("book", make)
    return Book(folder / "fanwen.pdf", read_log(folder / "fanwen.log"))


APART = (
    ".headerlink, .report-name, .section-compare-links, .emendation-list, .emendation-tools, "
    ".excerpts-bar, .emendation-tip"
)


def read(site: Project, name: str) -> BeautifulSoup:
    """A page of the site as it is read: emended, without what stands around its text."""
    return emended(site.output / "html" / f"{name}.html")


@cache
def emended(path: Path) -> BeautifulSoup:
    """Not to be edited: it is parsed once."""
    page = BeautifulSoup(path.read_bytes(), "html.parser")
    for apart in page.select(f"{APART}, .emendation > del"):
        apart.decompose()
    return page


def blocks(page: BeautifulSoup) -> list[str]:
    """The headings and paragraphs of a report's page."""
    return [squeeze(tag.get_text()) for tag in page.select("article :is(h1, h2, h3, section > p)")]


def reports(site: Project) -> list[str]:
    return sorted(path.stem for path in (site.source / "reports").glob("*.md"))


def topics(site: Project) -> list[str]:
    return sorted(path.stem for path in (site.source / "topics").glob("*.md"))


def columns_of(site: Project, topic: str) -> dict[str, str]:
    """What a topic's page shows of each report that says something: name and text."""
    found = {}
    for cell in read(site, f"topics/{topic}").select(".section-compare-cell"):
        passages = cell.select(
            ".section-compare-note-on, .section-compare-place, .section-compare-passage"
        )
        head = cell.select_one(".section-compare-name")
        if cell.select(".section-compare-passage") and head:
            found[head.get_text()] = squeeze("".join(
                # on paper, where no rule tells them from the text, notes say what they are
                ("编者注：" if "section-compare-note-on" in each["class"] else "") + each.get_text()
                for each in passages
            ))  # fmt: skip
    return found


def text_pages(book: Book, title: str) -> list[int]:
    """The pages of a report, or chapter, up to its list of emendations."""
    pages = list(book.chapter(title))
    lists = [page for page in pages if "校订表" in book.text(page)]
    return pages[: pages.index(lists[0]) + 1] if lists else pages


def title_of(site: Project, page: str) -> str:
    title = read(site, page).select_one("h1")
    assert title
    return title.get_text().strip()


def column_texts(book: Book, site: Project, topic: str) -> dict[str, str]:
    """What is printed in each report's column, cut out of the pages, with what stands above."""
    found: dict[str, str] = {}
    for page in book.chapter(title_of(site, f"topics/{topic}")):
        sheet = book.size(page) == A4[::-1]
        assert sheet or book.size(page) == A4
        heads, bottom = heads_of(book, page, list(columns_of(site, topic)))
        end = A4[1] - SHEET_SIDE + 1 if sheet else 190
        height = (A4[0] - SHEET_END if sheet else 265) - bottom
        edges = [left - 3 for _name, left in heads] + [end]  # a quotation mark may hang
        for (name, left), right in zip(heads, edges[1:], strict=True):
            width = right - left + 3
            # the head with its page, where the column begins
            head = book.text(page, (left - 3, bottom - 8, width, 8))
            text = book.text(page, (left - 3, bottom, width, height))
            found[name] = (found.get(name) or squeeze(head)) + squeeze(text)
    return found


def heads_of(book: Book, page: int, names: list[str]) -> tuple[list[tuple[str, float]], float]:
    """The heads of columns on a page: each name's left edge, and the lower edge of all, in mm."""
    words = [word for word in book.words(page) if word[3] in names]
    for top in sorted({word[0] for word in words}):
        row = sorted((left, name) for there, left, _r, name in words if abs(there - top) < 1)
        if [name for _left, name in row] == names:
            return [(name, left / MM) for left, name in row], top / MM + 6
    return [], 0


def test_the_log_is_clean(book: Book) -> None:
    assert complaints(book.log) == []


def test_reports_are_whole_and_in_order(book: Book, site: Project) -> None:
    left, top, width, height = PAGE
    for report in reports(site):
        title, *rest = blocks(read(site, f"reports/{report}"))
        text = "".join(
            book.text(number, (left - 5, top, width + 10, height + 5))
            for number in book.chapter(title[:3])
        )
        found = squeeze(text)
        place = found.index(title) + len(title)
        place = found.index(rest[0], place)
        assert place < 60  # below the title stands the report's name, and no more
        for block in rest:
            assert found[place:].startswith(block)
            place += len(block)


def test_comparisons_are_whole_column_by_column(book: Book, site: Project) -> None:
    for topic in topics(site):
        expected = columns_of(site, topic)
        assert len(expected) > 0
        found = column_texts(book, site, topic)
        for name, text in expected.items():
            # below the columns more text may follow
            pattern = rf"{name}第\d+页{re.escape(text)}"
            assert re.search(pattern, found[name]), (topic, name)


def test_no_line_begins_or_ends_with_what_may_not(book: Book) -> None:
    count = 0
    for page in range(5, len(book.reader.pages) + 1):
        words = book.words(page)
        # a list of emendations, whose heads go over every page, names punctuation by itself
        ends = [top for top, _left, _right, word in words if word in {"校订表", "位置"}]
        words = [word for word in words if word[0] < min(ends, default=10000)]
        for top in {top for top, _left, _right, _word in words}:
            row = sorted(word[1:] for word in words if word[0] == top)
            # what stands within a character's width is one line of one column
            cuts = [n for n, (a, b) in enumerate(pairwise(row), 1) if b[0] - a[1] > 4.5 * MM]
            for start, end in pairwise([0, *cuts, len(row)]):
                line = "".join(word for _left, _right, word in row[start:end])
                if re.search("[一-鿿]", line):
                    count += 1
                    # GB/T 15834 forbids to part an ellipsis, not to begin a line with one
                    assert line[0] not in CLOSING or line.startswith("……"), (page, line)
                    assert line[-1] not in OPENING, (page, line)
    assert count > 1000


def test_reports_stand_on_the_grid(book: Book, site: Project) -> None:
    """GB/T 9704: 22 lines of 28 characters, their pitch 225 mm / 22."""
    full = 0
    for report in reports(site):
        for page in text_pages(book, title_of(site, f"reports/{report}")[:3])[1:-1]:
            rows = sorted({top for top, *_word in book.words(page) if top < 262 * MM})
            assert len(rows) <= 22
            full += len(rows) == 22
            for above, below in pairwise(rows):
                steps = (below - above) / (225 / 22 * MM)
                assert steps == pytest.approx(round(steps), abs=0.02)
            assert max(len(squeeze(line)) for line in book.text(page).splitlines()) <= 31
            # each line begins at the edge, or two characters in
            starts: dict[float, float] = {}
            for top, left, _right, word in book.words(page):
                if top < 262 * MM and not re.match("[“（《]", word):
                    starts[top] = min(left, starts.get(top, left))
            insets = {round((left - min(starts.values())) / MM) for left in starts.values()}
            assert insets <= {0, 11}
            assert any(
                re.fullmatch(r"[\u3000-\u9fff，]{28}", squeeze(line))
                for line in book.text(page).splitlines()
            )
    assert full > 2


def test_fonts_and_sizes(book: Book, site: Project) -> None:
    """Titles 宋体 二号, level 1 黑体, level 2 楷体, the body 仿宋, all three of size 三号."""
    done = subprocess.run(
        ["pdftohtml", "-xml", "-i", "-stdout", book.path], capture_output=True, check=True
    )
    xml = done.stdout.decode()
    fonts = {
        number: (family.partition("+")[2], int(size))
        for number, size, family in re.findall(
            r'<fontspec id="(\d+)" size="(\d+)" family="(.*?)"', xml
        )
    }
    assert {family for family, _size in fonts.values()} == {
        "FandolFang", "FandolHei", "FandolKai", "FandolSong",
    }  # fmt: skip
    said: dict[str, set[tuple[str, int]]] = {}
    for font, text in re.findall(r'<text .*? font="(\d+)">(.*?)</text>', xml):
        said.setdefault(squeeze(re.sub("<.*?>", "", text))[:8], set()).add(fonts[font])
    # pdftohtml's unit is 1/1.5 of a point: 二号 is 22 points, 三号 16
    expected = {
        "h1": ("FandolSong", 33),
        "h2": ("FandolHei", 24),
        "h3": ("FandolKai", 24),
        "section > p": ("FandolFang", 24),
    }
    for report in reports(site):
        page = read(site, f"reports/{report}")
        for selector, font in expected.items():
            for tag in page.select(f"article {selector}"):
                text = re.sub(r"^（.）", "", squeeze(tag.get_text()))  # in a font of its own
                assert font in said[text[:8]], (selector, text)


def test_headings_keep_their_own_numbers(book: Book, site: Project) -> None:
    titles = [title for _depth, title, _page in book.outline]
    for report in reports(site):
        page = read(site, f"reports/{report}")
        [name] = [
            title
            for title in titles
            if title.startswith(f"{title_of(site, f'reports/{report}')}\u3000")
        ]
        at = titles.index(name)
        sections = [tag.get_text() for tag in page.select("article h2, article h3")]
        assert titles[at + 1 : at + 1 + len(sections)] == sections
    text = "".join(book.text(page) for page in range(1, 6))
    assert "目录" in text
    assert not re.search(r"Chapter|Contents|Part|第\s*\S\s*章", text)


def test_contents_name_each_page_once_and_rightly(book: Book, site: Project) -> None:
    contents = book.chapter("目录")
    assert list(contents) == [2, 3]
    text = squeeze("".join(book.text(page, layout=True) for page in contents))
    text = text.partition("目录")[2]
    reports = [tag.get_text() for tag in site.page("index").select(".sd-card-title")][:5]
    for depth, title, page in book.outline:
        name = title.partition("\u3000")[2] or title
        if depth == 1 or title == "各篇各主题的字数":
            assert len(re.findall(rf"{re.escape(name)}第{page}页", text)) == 1, title
    assert all(name in text for name in reports)


def test_no_page_is_wasted(book: Book) -> None:
    lengths = [len(squeeze(book.text(page))) for page in range(1, len(book.reader.pages) + 1)]
    assert len(lengths) <= 66
    assert min(lengths[1:]) > 200


def lines_below(book: Book, page: int, text: str) -> int:
    """The dashed lines below a text."""
    dashes = [count > 3 * len(text) for count in book.strokes(page, text)]
    return sum(now and not before for before, now in pairwise([False, *dashes]))


def test_what_must_be_changed_has_a_dashed_line(book: Book) -> None:
    """In reports and columns, over a line's end, with an emendation in it; old wording has two."""
    report = book.chapter("篇2")[1]
    assert lines_below(book, report, "岐山") == 1
    assert lines_below(book, report, "三学两议一强化") == 1
    assert lines_below(book, report, "改革发展转") == 0
    assert lines_below(book, report, "党的十八大、十八届三中全会") == 1
    assert lines_below(book, report, "社会公德、职业道德、家庭美德") == 2
    assert lines_below(book, report, "《公民道德建设实施纲") == 2
    [sheet] = book.chapter("组织领导与工作机制")
    assert lines_below(book, sheet, "党办室") == 1
    assert lines_below(book, sheet, "主要工作完成情况") == 0
    assert "须核改的，下有虚线；旧提法，下有两道虚线" in squeeze(book.text(2))


ANYWHERE = """\
{.topic-theory-study}
### [二〇一六年{sic}`糕=>高`]{.dated}质量发展

:::{container} topic-theory-study
| 年度 | 奖项 |
| --- | --- |
| 一年到头 | [很长很长才能在格子里换行，再写{sic}`=>一`遍，**粗体**和[链接](../index.md)]{.dated} |
:::

- *强调[彭州市]{.dated}*，[外面的[链接](https://example.org/)]{.superseded}。

"""


def test_a_dashed_line_does_no_harm_anywhere(site_copy: Project) -> None:
    """In tables, lists and links too; a title has none."""
    need_tex()
    site_copy.edit("reports/community.md", "## 二、突出", f"{ANYWHERE}## 二、突出")
    write_latex(site_copy.source, site_copy.output)
    log = typeset(site_copy.output, "fanwen")
    assert complaints(log) == []
    book = Book(site_copy.output / "fanwen.pdf", log)
    report = book.chapter("篇2")[1]
    assert lines_below(book, report, "才能在格子里换行") == 1
    assert lines_below(book, report, "彭州市") == 1
    assert lines_below(book, report, "外面的链接") == 2
    assert lines_below(book, report, "年高质量发展") == 0


def booklet(site: Project, folder: Path, page: str) -> Book:
    """A page of the site set alone, as ``make pdf REPORT=…`` or ``TOPIC=…`` does."""
    need_tex()
    write_latex(site.source, folder, BOOKLET=page)
    log = typeset(folder, "booklet")
    assert complaints(log) == []
    return Book(folder / "booklet.pdf", log)


LEGEND = "虚线：须核改两道虚线：旧提法灰点：已校订"


def test_a_report_makes_a_booklet(site: Project, tmp_path: Path) -> None:
    book = booklet(site, tmp_path, "reports/county-transport")
    title, *rest = blocks(read(site, "reports/county-transport"))
    pages = range(1, len(book.reader.pages) + 1)
    first, *others = (squeeze(book.text(page)) for page in pages)
    assert first.startswith(f"{title}县交通局{rest[0]}")
    assert LEGEND in first
    # above each other page whose it is
    assert all(text.startswith("县交通局") for text in others)
    assert not any(LEGEND in text for text in others)
    text = "".join(squeeze(book.text(page, (23, 37, 166, 230))) for page in pages)
    assert "".join(rest) in text
    assert book.reader.metadata
    assert book.reader.metadata.title == "篇1：单位精神文明建设工作总结范文\u3000县交通局"


def test_a_topic_makes_a_booklet(site: Project, tmp_path: Path) -> None:
    """It is one sheet, from the title to what stands below the columns."""
    book = booklet(site, tmp_path, "topics/theory-study")
    assert len(book.reader.pages) == 1
    assert book.size(1) == A4[::-1]
    text = squeeze(book.text(1))
    assert text.startswith("理论学习")
    for words in (*columns_of(site, "theory-study"), "怎样写", LEGEND, "—1—"):
        assert words in text
    # where in the book the originals are helps nobody here
    assert not re.search(r"第\d*页", text)


def test_no_page_is_empty_and_each_is_upright(book: Book) -> None:
    for page in range(1, len(book.reader.pages) + 1):
        text = book.text(page)
        assert len(squeeze(text)) > 8, page
        assert page == 1 or f"—{page}—" in squeeze(text)
        assert book.size(page) in {A4, A4[::-1]}


def test_more_than_two_reports_take_a_landscape_sheet(book: Book, site: Project) -> None:
    seen = set()
    for topic in topics(site):
        count = len(columns_of(site, topic))
        seen.add(count)
        pages = book.chapter(title_of(site, f"topics/{topic}"))
        sheets = [page for page in pages if book.size(page) == A4[::-1]]
        assert bool(sheets) is (count > 2)
        # from its title to its end, each sheet with the name of the topic and of each column
        assert not sheets or sheets == list(pages)
        for page in sheets:
            assert title_of(site, f"topics/{topic}") in squeeze(book.text(page))
            # on the last may only be what stands below the columns
            names = list(columns_of(site, topic))
            assert heads_of(book, page, names)[0] or page == sheets[-1], (topic, page)
    assert min(seen) <= 2 < max(seen)


def test_silent_reports_are_named_in_a_line(book: Book, site: Project) -> None:
    for topic in topics(site):
        cells = site.page(f"topics/{topic}").select(".section-compare-missing")
        names = "、".join(str(cell.h2.get_text()) for cell in cells if cell.h2)
        text = squeeze("".join(map(book.text, book.chapter(title_of(site, f"topics/{topic}")))))
        assert (f"没有写这一主题：{names}" in text) is bool(names)


def test_a_column_names_the_page_of_its_passage(book: Book, site: Project) -> None:
    for topic in topics(site):
        printed = column_texts(book, site, topic)
        cells = read(site, f"topics/{topic}").select(".section-compare-cell")
        for cell in cells:
            passages = cell.select(".section-compare-passage")
            if not passages:
                continue
            name = cell.select(".section-compare-name")[0].get_text()
            passage = squeeze(passages[0].get_text())
            found = re.search(rf"{name}第(\d+)页", printed[name])
            assert found
            page = int(found[1])
            there = squeeze("".join(map(book.text, (page, page + 1))))
            assert passage[:8] in there.replace(f"—{page}—", ""), (topic, name)


def test_every_link_lands(book: Book) -> None:
    names = book.reader.named_destinations
    links = [
        link.get_object()
        for page in book.reader.pages
        for link in page.get("/Annots", [])
        if link.get_object()["/Subtype"] == "/Link"
    ]
    assert len(links) > 150
    for link in links:
        assert link["/A"]["/S"] == "/GoTo"
        assert link["/A"]["/D"] in names


def test_metadata(book: Book) -> None:
    assert book.reader.metadata
    assert book.reader.metadata.title == "范文对读"
    assert book.reader.metadata.author == "范文对读"
    assert str(book.reader.root_object["/Lang"]) == "zh-CN"


def test_what_is_missing_is_said_before_any_work(tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.txt"):
        shutil.copy2(ROOT / name, tmp_path / name)
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("sh", "make"):
        found = shutil.which(tool)
        assert found
        (tools / tool).symlink_to(found)
    done = subprocess.run(
        ["make", "pdf"], cwd=tmp_path, env={"PATH": str(tools)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode
    [line] = done.stdout.splitlines()
    assert all(word in line for word in ("xelatex", "Debian", "macOS", "Windows"))
    assert {path.name for path in tmp_path.iterdir()} == {"Makefile", "requirements.txt", "tools"}
