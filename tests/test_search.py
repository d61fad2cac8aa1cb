"""The search's index: what is in it, and that it is never stale."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from typing import Any

import pytest
from conftest import MakeProject, Project
from section_search import page
from section_search.collect import tidy
from section_search.index import Block, Page, Section, build, dump, join, pack, scripts, unpack
from section_search.traditional import table

INDEX = "_static/section_search_index.js"


def parse_index(script: str) -> dict[str, Any]:
    """An index's script as the data that a browser reads."""
    index: dict[str, Any] = json.loads(
        script.removeprefix("window.sectionSearchIndex=").removesuffix(";\n")
    )
    return index


def index_of(project: Project, builder: str = "html") -> dict[str, Any]:
    return parse_index((project.output / builder / INDEX).read_text(encoding="utf-8"))


def texts(index: dict[str, Any]) -> list[str]:
    return [section[4] for section in index["sections"]]


@pytest.fixture
def project(built_once: MakeProject) -> Project:
    """Not to be edited or built again."""
    return built_once(root="search")


def test_a_section_holds_its_own_words(project: Project) -> None:
    assert texts(index_of(project))[1:] == [
        "脚注里的话。",  # which Markdown puts below all sections
        "甲单位的总结\n开篇的强调词语和代码相连。见 ，又见这里。",
        "一、关怀制度\n一定要把关怀做到实处。残留不该有，补上的也找得到。"
        "\n前半句讲慰问。后半句讲补助。\n只在网页里。",
        "二、慰问\n第二节讲慰问，两行连起来。Hello World 两个词，QQ 群一个词。",
        "乙單位\n裡外都用繁體寫，慰問也在這裡。😀表情之後。\ndef 关怀(): pass",
        "小節\n小節的文字。",
        "关怀\n本页自己的话。",
        "没有标题的一页，也有慰问。",
        "后面才有标题\n再说。",
    ]


def test_sections_know_their_page_place_and_tags(project: Project) -> None:
    index = index_of(project)
    pages = {page[1]: page for page in index["pages"]}
    assert pages["甲单位"] == ["first.html", "甲单位", [], "first", []]
    assert pages["乙單位"] == ["deep/second.html", "乙單位", [], "second", []]
    assert pages["关心"] == ["care.html", "关心", [0], None, ["关怀"]]
    assert index["tags"] == [["care", "关心"]]  # no page declares `other`
    whole, care, later, second, inner = index["sections"][2:7]
    assert [whole[1], care[1], later[1], second[1], inner[1]] == [-1, 2, 2, -1, 5]
    assert care[2] == "id3"
    assert care[4][: care[3]] == "一、关怀制度"
    assert care[5] == [0, len(care[4]), 0]
    assert later[5] == []
    # ranges are counted as browsers count: the face is two units
    assert second[5] == [4, 26, 0]
    plain, after = index["sections"][-2:]
    assert (plain[2], plain[3], plain[1], after[1]) == ("", 0, -1, -1)


def test_a_condition_that_cannot_be_judged_holds(make_project: MakeProject) -> None:
    project = make_project({
        "conf.py": 'extensions = ["section_search"]\nhtml_theme = "basic"\n',
        "index.rst": "Start\n=====\n\n.. only:: not( a\n\n   Some words.\n",
    })  # fmt: skip
    project.build(warnings=True)
    assert "exception while evaluating only" in project.messages[0]
    assert texts(index_of(project)) == ["Start\nSome words."]


def test_both_readings_are_kept(project: Project) -> None:
    care = index_of(project)["sections"][3]
    assert care[6] == [4, 6, "章程", 7, 9, "确定", 20, 20, "网页标题", 24, 26, ""]
    assert care[4][24:26] == "补上"


def test_only_useful_characters_are_turned(project: Project) -> None:
    pairs = index_of(project)["simplified"]
    turned = dict(zip(pairs[::2], pairs[1::2], strict=True))
    assert turned["裡"] == "里"
    assert turned["單"] == "单"
    assert "龜" not in turned


def test_opencc_turns_characters() -> None:
    turned = table()
    assert [turned[one] for one in "後裡著隻"] == list("后里着只")
    assert not turned.keys() & set("后里着只，a1")


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("一，\n  二", "一，二"),
        ("a\nb", "a b"),
        ("一\nb", "一 b"),
        ("一 二", "一 二"),
        (" 一 ", "一"),
        ("", ""),
    ],
)
def test_source_line_breaks_are_no_spaces_in_chinese(text: str, tidied: str) -> None:
    assert tidy(text) == tidied


def test_blocks_are_joined_with_their_ranges() -> None:
    blocks = [
        Block("一二", (), ((0, 2, "a"),)),
        Block("三四", (("only", "latex"),), ((0, 2, "a"),)),
        Block("五六", (), ((0, 1, "a"), (1, 2, "b")), ((1, 2, "陆"),)),
        Block("七", (), ((0, 1, "a"),)),
    ]
    whole = join(blocks, lambda condition: condition != ("only", "latex"))
    assert whole.text == "一二\n五六\n七"
    assert whole.tags == ((0, 4, "a"), (4, 5, "b"), (6, 7, "a"))
    assert whole.alternates == ((4, 5, "陆"),)


def test_the_index_names_tags_by_number_and_drops_unknown_ones() -> None:
    section = Section("x", -1, 1, (Block("題", (), ((0, 1, "a"), (0, 1, "b"))),))
    index = build([Page("p", "页", (section,), ("b", "c"))], {"b": "乙"}, lambda _: True,
                  {"題": "题", "頁": "页", "後": "后"})  # fmt: skip
    assert index == {
        "pages": [["p", "页", [0], None, []]],
        "tags": [["b", "乙"]],
        "sections": [[0, -1, "x", 1, "題", [0, 1, 0], []]],
        "simplified": "頁页題题",
    }
    assert dump({"a": "</script>\u2028"}) == 'window.sectionSearchIndex={"a":"</script>\u2028"};\n'


def test_a_large_index_comes_in_parts() -> None:
    pages = [
        Page(f"p{number}", "页", (Section("x", -1, 0, (Block(text),)),))
        for number, text in enumerate(("一二三", "四", "五六七", "八九十百千"))
    ]
    index = build(pages, {}, lambda _: True, {})
    assert scripts(index, "i.js", 12) == {"i.js": dump(index)}
    found = scripts(index, "i.js", 4, 3)
    assert list(found) == ["i.js", "i_2.js", "i_3.js"]
    first = parse_index(found["i.js"])
    later = [json.loads(found[name].partition("=")[2].rstrip(";\n")) for name in list(found)[1:]]
    assert [section for part in (first["sections"], *later) for section in part] == index[
        "sections"
    ]
    assert [len(part) for part in (first["sections"], *later)] == [1, 2, 1]
    assert [part.split("?v=")[0] for part in first["parts"]] == ["i_2.js", "i_3.js"]
    other = scripts(build(pages[:3], {}, lambda _: True, {}), "i.js", 4, 3)
    assert parse_index(other["i.js"])["parts"] == first["parts"][:1]


def test_the_page_stands_in_for_sphinx_s_own(project: Project) -> None:
    files = project.files()
    # for themes that load it on every page
    assert files["searchindex.js"].startswith(b"// the search is section_search's")
    page = project.page("search")
    scripts = [str(script.get("src", "")) for script in page.find_all("script")]
    assert not any("searchtools" in script or "searchindex" in script for script in scripts)
    assert [script.split("?")[0] for script in scripts if "section_search" in script] == [
        "_static/section_search_marks.js",
        "_static/section_search_index.js",
        "_static/section_search_match.js",
        "_static/section_search_page.js",
    ]
    # inline code and style would break a strict policy; ours has none
    body = page.select_one("#section-search")
    assert body is not None
    assert not body.select("script, style, [style], [onclick]")
    robots = page.select_one('meta[name="robots"]')
    assert robots is not None
    assert robots["content"] == "noindex"


def test_without_scripts_the_page_says_so_and_offers_pages(project: Project) -> None:
    fallback = project.page("search").select_one("noscript .admonition")
    assert fallback is not None
    assert "JavaScript" in fallback.get_text()
    links = [link["href"] for link in fallback.select("a")]
    assert links == ["index.html", "first.html", "deep/second.html"]


def test_filters_offer_what_the_pages_declare(project: Project) -> None:
    selects = project.page("search").select("#section-search select")
    assert [select["name"] for select in selects] == ["report"]  # one topic is no choice
    assert [str(option["value"]) for option in selects[0].select("option")] == [
        "",
        "first",
        "second",
    ]


def test_dirhtml_links_lead_to_folders(built_once: MakeProject) -> None:
    project = built_once(root="search", builder="dirhtml")
    index = index_of(project, "dirhtml")
    assert [page[0] for page in index["pages"]] == [
        "../", "../first/", "../deep/second/", "../care/", "../plain/",
    ]  # fmt: skip
    assert (project.output / "dirhtml" / "search" / "index.html").is_file()


@pytest.mark.parametrize("builder", ["singlehtml", "epub", "text"])
def test_other_builders_have_no_search(built_once: MakeProject, builder: str) -> None:
    project = built_once(root="search", builder=builder)
    files = project.files(builder)
    assert not any("search" in name.lower() for name in files if name.endswith((".html", ".xhtml")))
    assert not any("section_search" in name for name in files)
    if builder == "singlehtml":
        assert not project.page("index", builder).select('[role="search"]')


def test_without_configuration_all_pages_are_found(make_project: MakeProject) -> None:
    project = make_project({
        "conf.py": 'extensions = ["section_search"]\nhtml_theme = "basic"\n',
        "index.rst": "Start\n=====\n\n.. rst-class:: topic-x\n\nSome words.\n",
    })  # fmt: skip
    project.build()
    index = index_of(project)
    assert index["sections"] == [[0, -1, "start", 5, "Start\nSome words.", [], []]]
    assert (index["tags"], index["simplified"]) == ([], "")
    assert project.page("search").select_one("#section-search") is not None


Edit = Callable[[Project], None]


def edit_text(project: Project) -> None:
    project.edit("first.md", "后半句", "后面半句")


def change_label(project: Project) -> None:
    project.edit("care.md", "short_title: 关心", "short_title: 关爱")


def hide_page(project: Project) -> None:
    project.edit("first.md", "report: first", "no-search: true")


def remove_page(project: Project) -> None:
    (project.source / "deep/second.rst").unlink()
    project.edit("index.md", "deep/second\n", "")


def add_page(project: Project) -> None:
    project.write("new.md", "# 新页\n\n新的话。\n")
    project.edit("index.md", "first\n", "new\nfirst\n")


def change_order(project: Project) -> None:
    project.edit("index.md", "first\ndeep/second\n", "deep/second\nfirst\n")


def change_alternates(project: Project) -> None:
    project.edit("conf.py", '{"emendation": "source"}', "{}")


def change_tags(project: Project) -> None:
    project.edit("conf.py", '("topic", "主题")', "()")


EDITS = [
    edit_text, change_label, add_page, change_order, change_alternates, change_tags, hide_page,
    remove_page,
]  # fmt: skip


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.full)])
def test_an_incremental_index_equals_a_clean_one(make_project: MakeProject, jobs: int) -> None:
    """Edited in turn; what two processes index is what one does."""
    project = make_project(root="search")
    project.build(jobs=jobs)
    for edit in EDITS:
        before = project.files()
        edit(project)
        project.build("text", jobs=jobs)  # another builder between reads the edit
        project.build(jobs=jobs)
        found = project.files()
        again = Project(project.source, project.output.with_name("clean"))
        shutil.rmtree(again.output, ignore_errors=True)
        again.build()
        clean = again.files()
        assert found[INDEX] == clean[INDEX], edit
        # a process keeps the checksums that stand behind the names of scripts
        pages = [re.sub(rb"\?v=\w+", b"", files["search.html"]) for files in (found, clean)]
        assert pages[0] == pages[1], edit
        assert found[INDEX] != before[INDEX], edit
        if edit is remove_page:
            assert "乙單位" not in found[INDEX].decode()


def test_an_unchanged_index_is_not_made_again(
    make_project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_project(root="search")
    project.build()
    before = (project.output / "html" / INDEX).stat().st_mtime_ns
    monkeypatch.setattr(page, "build", None)
    project.build()
    assert (project.output / "html" / INDEX).stat().st_mtime_ns == before


def test_an_index_that_was_cut_short_is_made_again(make_project: MakeProject) -> None:
    project = make_project(root="search")
    project.build()
    whole = project.files()[INDEX]
    (project.output / "html" / INDEX).write_bytes(whole[:20])
    project.build()
    assert project.files()[INDEX] == whole


def test_what_hangs_on_a_tag_is_found_where_the_tag_is_set(make_project: MakeProject) -> None:
    project = make_project({
        "conf.py": 'extensions = ["section_search"]\nhtml_theme = "basic"\n',
        "index.rst": "Start\n=====\n\n.. only:: draft\n\n   Some words.\n",
    })  # fmt: skip
    project.build()
    assert texts(index_of(project)) == ["Start"]
    project.build(tags=["draft"])
    assert texts(index_of(project)) == ["Start\nSome words."]


def test_what_hangs_on_a_setting_is_found_where_it_is_shown(make_project: MakeProject) -> None:
    project = make_project({
        "conf.py": 'extensions = ["section_search", "sphinx.ext.ifconfig", "sphinx.ext.todo"]\n'
        'html_theme = "basic"\n'
        "def setup(app):\n    app.add_config_value('draft', False, '')\n",
        "index.rst": "Start\n=====\n\n.. ifconfig:: draft\n\n   Some words.\n\n"
        ".. todo:: Mend this.\n",
    })  # fmt: skip
    project.build()
    assert texts(index_of(project)) == ["Start"]
    project.build(draft=True)
    assert texts(index_of(project)) == ["Start\nSome words."]
    project.build(todo_include_todos=True)
    assert "Mend this." in texts(index_of(project))[0]


def test_sections_are_unpacked_as_they_were_packed() -> None:
    block = Block("一\ud83d", (("only", "html"),), ((0, 1, "a"),), ((0, 1, "壹"),))
    sections = (Section("x", -1, 1, (block, Block("二"))), Section("y", 0, 0, ()))
    assert unpack(pack(sections)) == sections
