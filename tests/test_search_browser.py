"""The search in a real browser: what is found, how it is shown, how one moves in it."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import HERE, MakeProject, OpenPage, Project, listed
from playwright.sync_api import Page, Route, expect
from section_search.index import scripts

pytestmark = pytest.mark.full

QUERIES = json.loads((HERE / "data" / "search-queries.json").read_text(encoding="utf-8"))
# The reports the set was made from: one that comes later may have any of the words.
KNOWN = {name.partition(" ")[0] for query in QUERIES for name in query["finds"]}
NUMBER = re.compile(r"篇\d|[一二三四五六七八九十]+、|[(（〔].[)）〕]")
ONE_BRACKET = str.maketrans("（〔）〕", "(())")  # an emendation may change which it is

BOX = ".sidebar-search"
FIELD = ".section-search-query"
ARRIVAL = "reports/community.html?mark=志愿服务#id4"


@pytest.fixture
def small(make_project: MakeProject) -> Project:
    """The small project with readings, markup and both scripts."""
    project = make_project(root="search")
    project.build()
    return project


def address(project: Project, query: str = "") -> str:
    return (project.output / "html" / "search.html").as_uri() + query


def ask(page: Page, text: str, box: str = FIELD) -> list[str]:
    """Search at once, as Enter does; the results' titles."""
    page.fill(box, text)
    page.press(box, "Enter")
    return titles(page)


def titles(page: Page) -> list[str]:
    return page.locator(".section-search-results h3").all_inner_texts()


def status(page: Page) -> str:
    return page.locator(".section-search-status").inner_text()


def sections(page: Page) -> list[str]:
    """The results as the query set names them; pages that are no reports by their address."""
    found: list[list[str]] = page.eval_on_selector_all(
        ".section-search-results h3 a", "all => all.map(a => [a.getAttribute('href'), a.innerText])"
    )
    names = []
    for link, title in found:
        path = urlsplit(link).path.removesuffix(".html")
        number = NUMBER.match(title)
        is_report = path.startswith("reports/") and number
        names.append(
            f"{Path(path).name} {number.group().translate(ONE_BRACKET)}"
            if is_report and number
            else path
        )
    return names


def judge(query: dict[str, Any], found: list[str]) -> str:
    """What is wrong with an answer; topic pages and later reports are not this set's matter."""
    reports = [name for name in found if name.partition(" ")[0] in KNOWN and " " in name]
    right = sorted(reports) == sorted(query["finds"])
    others = [name for name in found if " " not in name]
    if right and not (query["kind"] == "nothing" and others):
        return ""
    return f"{query['query']!r}: found {found}, expected {query['finds']}"


@pytest.mark.parametrize("scheme", ["http", "file"])
@pytest.mark.parametrize("way", ["address", "box"])
def test_every_query_finds_its_sections_and_no_others(
    site: Project, site_address: str, open_page: OpenPage, scheme: str, way: str
) -> None:
    """At least 60 queries, from single characters to pasted sentences."""
    start = address(site) if scheme == "file" else f"{site_address}/search.html"
    page = open_page(start)
    wrong = []
    for query in QUERIES:
        if way == "address":
            page.goto(f"{start}?q={quote(query['query'])}")
        else:
            ask(page, query["query"], BOX)
        wrong.append(judge(query, sections(page)))
    assert len(wrong) >= 60
    assert [message for message in wrong if message] == []


def test_a_copy_is_never_found_but_a_topic_page_s_own_words_are(open_page: OpenPage) -> None:
    page = open_page("search.html")
    ask(page, "燃眉之急")  # stands in comparisons too
    assert sections(page) == ["state-company (三)"]
    ask(page, "关心关爱职工")
    assert sections(page) == ["topics/care"]
    ask(page, "下面各栏")
    assert all(name.startswith(("topics/", "index")) for name in sections(page))


def test_results_come_as_one_types_when_an_input_method_is_done(
    small: Project, open_page: OpenPage
) -> None:
    page = open_page(address(small))
    page.type(FIELD, "补助")
    # slow typing has results for 补 first
    expect(page.locator(".section-search-results h3")).to_have_text(["一、关怀制度"])
    page.evaluate(
        """() => {
          const field = document.querySelector('.section-search-query');
          field.value = 'weiwen';
          field.dispatchEvent(new InputEvent('input', {isComposing: true, bubbles: true}));
        }"""
    )
    page.wait_for_timeout(300)
    assert titles(page) == ["一、关怀制度"]
    page.evaluate(
        """() => {
          const field = document.querySelector('.section-search-query');
          field.value = '表情';
          field.dispatchEvent(new CompositionEvent('compositionend', {bubbles: true}));
        }"""
    )
    page.wait_for_function(
        "document.querySelector('.section-search-results h3')?.innerText[0] === '乙'"
    )


def test_a_result_pressed_right_after_typing_is_followed(
    small: Project, open_page: OpenPage
) -> None:
    """Pressing it takes the focus from the field, which then says that it has changed."""
    page = open_page(address(small))
    page.click(FIELD)
    page.keyboard.type("补助")
    result = page.locator(".section-search-results h3 a")
    result.wait_for()
    result.hover()
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url("**/first.html*", timeout=5_000)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("强调词语和代码相连", ["甲单位的总结"]),  # across emphasis and code
        ("两行连起来", ["二、慰问"]),
        ("慰问，两行连起来", ["二、慰问"]),  # across a line of the source
        ("慰问第二节讲", ["二、慰问"]),  # across a title and its paragraph
        ("qq群", ["二、慰问"]),
        ("hello", ["二、慰问"]),
        ("HelloWorld", []),
        ("章程", ["一、关怀制度"]),  # the source's reading, in a title
        ("制度", ["一、关怀制度"]),
        ("确定要把关怀", ["一、关怀制度"]),
        ("一定要把关怀", ["一、关怀制度"]),
        ("残留网页标题不该有", ["一、关怀制度"]),  # a removed word
        ("残留不该有", ["一、关怀制度"]),
        ("有，补上的也", ["一、关怀制度"]),  # an inserted one
        ("有，的也", ["一、关怀制度"]),
        ("里外都用繁体写", ["乙單位"]),
        ("裡外都用繁體寫", ["乙單位"]),
        ("😀", ["乙單位"]),
        ("def 关怀", ["乙單位"]),
        ("():", ["乙單位"]),  # nothing but punctuation is looked for as it is
        ("甲单位 补助", ["一、关怀制度"]),  # a page's name and a word of its section
        ("乙單位 小节", ["小節"]),
        ("关心", ["关怀"]),  # a page by its label
        ("不找", []),
        ("注释", []),
        ("印本", []),
        ("关怀制度", ["一、关怀制度"]),
        ("care", []),
    ],
)  # fmt: skip
def test_markup_readings_and_scripts_do_not_hide_a_place(
    small: Project, open_page: OpenPage, query: str, found: list[str]
) -> None:
    page = open_page(address(small, f"?q={quote(query)}"))
    assert titles(page) == found


def test_titles_come_first_then_how_many_and_how_literal(
    make_project: MakeProject, open_page: OpenPage
) -> None:
    project = make_project({
        "conf.py": 'extensions = ["section_search", "myst_parser"]\nlanguage = "zh_CN"\n',
        "index.md": "# 首页\n\n## 甲\n\n慰，问。\n\n## 乙\n\n慰问一次。\n\n## 丙\n\n"
        "慰问又慰问。\n\n## 丁慰问\n\n无。\n",
    })  # fmt: skip
    project.build()
    page = open_page(address(project, "?q=慰问"))
    assert titles(page) == ["丁慰问", "丙", "乙", "甲"]


def test_a_result_shows_its_page_path_and_snippet_with_the_hit_marked(open_page: OpenPage) -> None:
    page = open_page(f"search.html?q={quote('疫苗 登记')}&report=state-company")
    results = page.locator(".section-search-results")
    assert results.locator("h2 a").inner_text() == "国有公司"
    path = results.locator(".section-search-path").inner_text()
    assert path.startswith("篇4：单位精神文明建设工作总结范文 › 一、")
    assert results.locator(".section-search-snippet mark").all_inner_texts() == ["疫苗", "登记"]
    assert status(page) == "在 1 节中找到 2 处"


@pytest.mark.parametrize(
    ("asked", "topic"),
    [
        ("存在问题", "shortcomings"), ("下一步打算", "next-steps"), ("不足", "shortcomings"),
        ("取得成绩", "results"), ("廉政建设", "integrity"), ("培训", "workforce"),
        ("公益", "volunteer-service"), ("問題與不足", "shortcomings"),
    ],
)  # fmt: skip
def test_the_usual_word_leads_to_its_topic_first(
    open_page: OpenPage, asked: str, topic: str
) -> None:
    page = open_page(f"search.html?q={quote(asked)}")
    first = page.locator(".section-search-results a").first
    assert first.inner_text().startswith("对读：")
    assert first.get_attribute("href") == f"topics/{topic}.html"


def test_nothing_found_offers_the_topics(open_page: OpenPage) -> None:
    page = open_page(f"search.html?q={quote('宇航员')}")
    offered = page.locator(".section-search-near").last.locator("a")
    assert offered.count() == len(listed("topics"))


def test_pages_for_contributors_are_not_found(open_page: OpenPage) -> None:
    page = open_page(f"search.html?q={quote('拉取请求')}")
    assert titles(page) == []


def test_a_snippet_does_not_begin_with_a_closing_mark(open_page: OpenPage) -> None:
    page = open_page(f"search.html?q={quote('志愿服务')}")
    snippets = page.locator(".section-search-snippet").all_inner_texts()
    assert any(snippet.startswith("…") for snippet in snippets)
    assert not [snippet for snippet in snippets if re.match("…?[”’）》，。、；：？！ ]", snippet)]


def test_a_snippet_has_no_blank_after_a_full_width_mark(open_page: OpenPage) -> None:
    """Where one paragraph follows another; between cells of a table the blank stays."""
    page = open_page(f"search.html?q={quote('志愿服务')}")
    snippets = page.locator(".section-search-snippet").all_inner_texts()
    assert any(re.search(r"。[\u4e00-\u9fff]", snippet) for snippet in snippets)
    assert not [snippet for snippet in snippets if re.search(r"[。；：”]\s", snippet)]
    ask(page, "光标在别处")
    assert "恢复原样 Esc 关掉" in page.locator(".section-search-snippet").inner_text()


def test_the_snippet_shows_the_reading(small: Project, open_page: OpenPage) -> None:
    page = open_page(address(small))
    ask(page, "确定要把关怀")
    assert page.locator(".section-search-snippet mark").all_inner_texts() == ["一定要把关怀"]
    ask(page, "章程")
    assert page.locator("h3 mark").all_inner_texts() == ["制度"]
    ask(page, "网页标题")
    assert "残留不该有" in page.locator(".section-search-snippet").inner_text()


def test_groups_are_pages_and_more_are_shown_on_demand(open_page: OpenPage) -> None:
    page = open_page("search.html?q=" + quote("建设"))
    shown = titles(page)
    assert len(shown) == 30
    names = page.locator(".section-search-results h2 a").all_inner_texts()
    assert len(names) == len(set(names))
    page.click(".section-search-more")
    assert len(titles(page)) > 30
    assert page.evaluate("document.activeElement.innerText") == titles(page)[30]


def of_reports(page: Page) -> list[str]:
    """The sections found in reports; a topic page may name what stands in one."""
    return [name for name in sections(page) if not name.startswith("topics/")]


def test_filters_by_page_and_by_tag_are_part_of_the_address(open_page: OpenPage) -> None:
    page = open_page("search.html?q=" + quote("员工关怀"))
    everywhere = sections(page)
    assert any(name.startswith("topics/") for name in everywhere)
    page.select_option("select[name=report]", label="某单位")
    assert sections(page) == [name for name in everywhere if name.startswith("organization ")]
    page.select_option("select[name=topic]", value="shortcomings")
    assert sections(page) == ["organization 四、"]
    again = open_page("search.html?" + urlsplit(page.url).query)
    assert sections(again) == ["organization 四、"]
    again.select_option("select[name=topic]", value="care")
    assert "organization 一、" not in sections(again)
    # a run inside a paragraph is a passage too
    again = open_page(f"search.html?q={quote('巷道')}&topic=workforce")
    assert of_reports(again) == ["community 一、"]
    again = open_page(f"search.html?q={quote('巷道')}&topic=integrity&report=community")
    assert sections(again) == []
    again.click(".section-search-near button")
    assert of_reports(again) == ["community 一、"]
    assert unquote(urlsplit(again.url).query) == "q=巷道"
    # an unknown value filters nothing
    again = open_page(f"search.html?q={quote('巷道')}&topic=unheard-of")
    assert of_reports(again) == ["community 一、"]


@pytest.mark.parametrize(
    ("query", "offered"),
    [
        ("测温 登记 区块链", ["测温 登记"]),
        ("测温 区块链 元宇宙", ["测温"]),
        ("大搞志愿服务活动周", ["志愿服务活动"]),
        ("元宇宙", []),
    ],
)
def test_nothing_found_is_said_with_the_nearest_that_is(
    open_page: OpenPage, query: str, offered: list[str]
) -> None:
    page = open_page("search.html?q=" + quote(query))
    assert status(page) == f"没有找到“{query}”。"
    near = page.locator(".section-search-near button")
    assert near.all_inner_texts() == offered
    if offered:
        near.first.click()
        assert titles(page)
        assert page.input_value(FIELD) == page.input_value(BOX) == offered[0]


def test_ten_thousand_characters_are_cut_and_said_to_be(open_page: OpenPage) -> None:
    page = open_page("search.html")
    ask(page, "局长亲自挂帅主抓" + "无" * 10_000)
    assert status(page).endswith("只按前 200 个字查找。")
    assert page.locator(".section-search-near button").all_inner_texts() == ["局长亲自挂帅主抓"]
    ask(page, " ".join(["局长亲自挂帅主抓"] * 1000))
    assert sections(page) == ["county-transport 一、"]


def test_hostile_input_stays_text(open_page: OpenPage) -> None:
    page = open_page("search.html")
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    for hostile in ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>疫苗", "\\", "a" * 5):
        page.goto(page.url.split("?")[0] + "?q=" + quote(hostile))
        assert page.locator("#section-search :is(script, img)").count() == 0
        assert page.input_value(FIELD) == hostile
    assert status(page) == "没有找到“aaaaa”。"


def test_keys_lead_through_the_list(open_page: OpenPage) -> None:
    page = open_page("search.html?q=" + quote("志愿服务"))
    focused = "document.activeElement.innerText || document.activeElement.className"
    page.focus(FIELD)
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focused) == "section-search-query"
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == titles(page)[0]
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == titles(page)[1]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focused) == "section-search-query"
    for _title in titles(page):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == titles(page)[-1]
    page.keyboard.press("Enter")
    page.wait_for_selector(".section-search-mark")


def test_the_section_led_to_has_its_hits_marked(open_page: OpenPage) -> None:
    page = open_page("search.html?q=" + quote("志願服務"))
    page.click("h3 a[href^='reports/community']")
    page.wait_for_url("**/reports/community.html*", wait_until="load")
    marks = page.locator(".section-search-mark")
    assert set(marks.all_inner_texts()) == {"志愿服务"}
    assert marks.count() >= 4
    # furo scrolls smoothly: wait until the first hit is in sight
    page.wait_for_function(
        """() => {
            const mark = document.querySelector(".section-search-mark");
            const { top, bottom } = mark.getBoundingClientRect();
            return top >= 0 && bottom <= innerHeight;
        }"""
    )
    plain = page.url.split("?")[0]
    marked = page.locator("article").inner_text()
    page.keyboard.press("Escape")
    assert marks.count() == 0
    assert open_page(plain).locator("article").inner_text() == marked


def test_marks_cross_markup_and_leave_hidden_text_alone(
    small: Project, open_page: OpenPage
) -> None:
    page = open_page(address(small))
    ask(page, "强调词语和代码相连")
    page.click("h3 a")
    page.wait_for_selector(".section-search-mark")
    assert "".join(page.locator(".section-search-mark").all_inner_texts()) == "强调词语和代码相连"
    page.goto(address(small, "?q=" + quote("确定要把关怀")))
    page.click("h3 a")
    page.wait_for_selector(".section-search-mark")
    marks = page.locator(".section-search-mark")
    assert "".join(marks.all_inner_texts()) == "一定要把关怀"
    assert page.locator("del .section-search-mark").count() == 0
    # a page that shows the source's readings has these marked
    shown = small.output / "html" / "first.html"
    html = shown.read_text(encoding="utf-8").replace('<del style="display: none">', "<del>")
    shown.write_text(html.replace("<ins>", '<ins style="display: none">'), encoding="utf-8")
    for query in ("一定要把关怀", "网页标题"):
        page.goto(address(small, "?q=" + quote(query)))
        page.click("h3 a")
        page.wait_for_selector(".section-search-mark")
        text = "".join(marks.all_inner_texts())
        assert text == query.replace("一定", "确定")
    # what is not there is not marked, and no section is no error
    arrival = (small.output / "html" / "first.html").as_uri() + "?mark="
    page.goto(f"{arrival}{quote('无此')}#none")
    assert marks.count() == 0
    page.goto(f"{arrival}{quote('相连')}#%")
    assert marks.count() == 1


def test_pages_other_than_the_search_load_no_index(open_page: OpenPage) -> None:
    page = open_page("reports/community.html")
    loaded: list[str] = page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    assert any("section_search_marks.js" in name for name in loaded)
    assert not any("index.js" in name or "searchtools" in name for name in loaded)


def test_it_works_under_a_strict_policy_and_says_when_the_index_is_missing(
    site_address: str, open_page: OpenPage
) -> None:
    page = open_page("search.html")

    def forbid(route: Route) -> None:
        answer = route.fetch()
        # what Playwright asks of the page is evaluated there
        policy = {"content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-eval'"}
        route.fulfill(response=answer, headers={**answer.headers, **policy})

    page.route("**/search.html*", forbid)
    page.goto(f"{site_address}/search.html?q={quote('局长亲自挂帅主抓')}")
    assert sections(page) == ["county-transport 一、"]
    page.route("**/section_search_index.js*", lambda route: route.abort())
    page.goto(f"{site_address}/search.html?q={quote('局长亲自挂帅主抓')}")
    assert status(page) == "索引没有载入，请重新打开本页。"


def test_an_index_in_parts_answers_as_one(
    small: Project, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the first part has is shown at once; the rest is added, and the focus stays."""
    queries = ("慰问", "裡外都用", "没有标题的一页", "无此说")
    page = open_page(address(small))
    whole = {query: (ask(page, query), status(page)) for query in queries}
    monkeypatch.setattr("section_search.page.scripts", partial(scripts, most=110, first=110))
    # the one that stands there was made of the same
    (small.output / "html" / "_static" / "section_search_index.js").unlink()
    small.build()
    held: list[Route] = []

    def serve(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.endswith("_index_2.js") and not held:
            held.append(route)
        else:
            route.fulfill(path=small.output / f"html{path}")

    page.route("http://127.0.0.1:1/**", serve)
    page.goto(f"http://127.0.0.1:1/search.html?q={quote('慰问')}", wait_until="commit")
    expect(page.locator(".section-search-status")).to_contain_text("正在读取第 2 份")
    assert 0 < len(titles(page)) < len(whole["慰问"][0])
    page.locator(".section-search-results h3 a").first.focus()
    focused = page.evaluate("document.activeElement.href")
    serve(held[0])
    expect(page.locator(".section-search-status")).to_have_text(whole["慰问"][1])
    assert page.evaluate("document.activeElement.href") == focused
    for start in ("http://127.0.0.1:1/search.html", address(small)):
        page.goto(start)
        page.wait_for_load_state("networkidle")
        assert {query: (ask(page, query), status(page)) for query in queries} == whole


def test_without_scripts_the_pages_are_offered(open_page: OpenPage) -> None:
    page = open_page("search.html", scripts=False)
    note = page.locator("noscript")
    assert "搜索要用 JavaScript" in note.inner_text()
    assert not page.locator(".section-search").is_visible()
    note.locator("a", has_text="志愿服务").click()
    page.wait_for_url("**/topics/volunteer-service.html")


Scheme = Literal["light", "dark"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["search.html?q=志愿服务", "search.html?q=测温 元宇宙", ARRIVAL])
def test_it_is_accessible(open_page: OpenPage, path: str, scheme: Scheme) -> None:
    page = open_page(path, scheme=scheme)
    scope = "#section-search" if path.startswith("search") else ".section-search-mark"
    assert page.locator(scope).count()
    found = Axe().run(page, context=scope)
    assert found.response["violations"] == []


SHIFTS = """
  window.shifts = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shifts += entry.value;
  }).observe({type: 'layout-shift', buffered: true});
"""


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_moves_or_scrolls_sideways(
    open_page: OpenPage, site_address: str, width: int
) -> None:
    page = open_page("index.html", width=width)
    page.add_init_script(SHIFTS)
    for path in (
        "search.html?q=志愿服务",
        "search.html?q=元宇宙 疫苗",
        "reports/community.html?mark=志愿服务#id4",
    ):
        page.goto(f"{site_address}/{path}")
        page.wait_for_timeout(300)
        assert page.evaluate("window.shifts") < 0.01, path
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width
