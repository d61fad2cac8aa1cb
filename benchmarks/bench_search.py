"""Measure the search: what it finds on the query set, and its size and speed as reports grow.

What is found is counted on the real site and the tests' query set. For size and speed the real
search page is opened from disk with an index of made-up reports: real section lengths, text from
a chain of the real reports' characters (each follows one that it follows there), which gzip packs
about as well as the real text; the first row shows the real five for comparison.

    python benchmarks/bench_search.py [SIZES ...]      default: 5 500 2000
"""

from __future__ import annotations

import gzip
import random
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "_ext"), str(ROOT / "tests")]

from section_search.index import Block, Page, Section, build, scripts  # noqa: E402
from section_search.traditional import table  # noqa: E402
from test_search_browser import QUERIES, ask, sections  # noqa: E402

INDEX = "_static/section_search_index.js"
REPEATS = 3
# When the first result, or the word that there is none, stood on the page.
WATCH = """
  new MutationObserver(() => {
    if (!window.firstResult && document.querySelector(
      '.section-search-results h3, .section-search-status:not(:empty)')) {
      window.firstResult = performance.now();
    }
  }).observe(document, {childList: true, subtree: true});
"""
AGAIN = """(text) => {
  const field = document.querySelector('.section-search-query');
  field.value = text;
  const start = performance.now();
  field.form.requestSubmit();
  return performance.now() - start;
}"""


def lengths_and_chain() -> tuple[list[list[int]], dict[str, list[str]]]:
    """Of the real reports: their sections' lengths, and what follows each character."""
    lengths = []
    chain: dict[str, list[str]] = {}
    for path in sorted((ROOT / "reports").glob("*.md")):
        text = path.read_text("utf-8").split("---", 2)[2]
        parts = [part for part in text.split("\n#") if part.strip()]
        lengths.append([len(part) for part in parts])
        for old, new in pairwise(text):
            chain.setdefault(old, []).append(new)
    return lengths, chain


def make_index(size: int) -> dict[str, str]:
    """The index of *size* made-up reports: its scripts, by file name."""
    chance = random.Random(size)
    lengths, chain = lengths_and_chain()
    pages = []
    for report in range(size):
        parts = []
        for number, length in enumerate(chance.choice(lengths)):
            text = chance.choice("一二三四五六七八")
            while len(text) < length:
                text += chance.choice(chain.get(text[-1], ["一"]))
            title = text[:20].replace("\n", "")
            tag = f"t{number}"
            blocks = (Block(title), Block(text, (), ((0, len(text), tag),)))
            parts.append(Section(f"id{number}", min(number, 1) - 1, 1, blocks))
        address = f"reports/r{report}.html"
        pages.append(Page(address, f"报告{report}", tuple(parts), (), f"r{report}"))
    tags = {f"t{number}": f"主题{number}" for number in range(14)}
    return scripts(build(pages, tags, lambda _condition: True, table()), Path(INDEX).name)


def first_result(browser: Browser, page_file: Path, query: str) -> float:
    """Milliseconds from opening the page to its first result, the least of several."""
    times: list[float] = []
    for _turn in range(REPEATS):
        context = browser.new_context()
        context.add_init_script(WATCH)
        page = context.new_page()
        page.goto(f"{page_file.as_uri()}?q={quote(query)}")
        page.wait_for_function("window.firstResult", timeout=120_000)
        times.append(page.evaluate("window.firstResult"))
        context.close()
    return min(times)


def later_results(browser: Browser, page_file: Path, queries: list[str]) -> list[float]:
    """Milliseconds of each query once the page has searched before, the least of several."""
    page = browser.new_page()
    page.goto(f"{page_file.as_uri()}?q=%E4%B8%80")
    page.wait_for_selector(".section-search-results h3", timeout=120_000)
    times = [min(page.evaluate(AGAIN, query) for _turn in range(REPEATS)) for query in queries]
    page.close()
    return times


def size_of(index: str) -> str:
    """How large an index is; of one in parts, of all that a browser reads in the end."""
    data = index.encode()
    return f"{len(data) / 1024:8.0f} KiB raw {len(gzip.compress(data, 9)) / 1024:7.0f} KiB gzipped"


def judge(browser: Browser, page_file: Path) -> None:
    """Print precision and recall over the query set, and how many queries are answered whole."""
    page = browser.new_page()
    page.goto(page_file.as_uri())
    right = returned = expected = whole = 0
    for query in QUERIES:
        ask(page, query["query"])
        found = {name for name in sections(page) if " " in name}
        wanted = set(query["finds"])
        right += len(found & wanted)
        returned += len(found)
        expected += len(wanted)
        whole += found == wanted
    print(
        f"{len(QUERIES)} queries: precision {right / returned:.1%}, recall {right / expected:.1%}, "
        f"{whole} answered exactly"
    )


def main(sizes: list[int]) -> None:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        site = Path(name)
        command = [sys.executable, "-m", "sphinx", "-Q", "-b", "html", str(ROOT), name]
        subprocess.run(command, check=True)
        page_file = site / "search.html"
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        judge(browser, page_file)
        print(f"the real site {size_of((site / INDEX).read_text('utf-8'))}")
        for size in sizes:
            start = time.perf_counter()
            index = make_index(size)
            seconds = time.perf_counter() - start
            for name, script in index.items():
                (site / INDEX).with_name(name).write_text(script, "utf-8")
            first = first_result(browser, page_file, "精神文明")
            often, seldom, nearest = later_results(
                browser, page_file, ["的", "精神文明 建设", "志愿" + "无此说" * 60]
            )
            print(
                f"{size:5} reports  {size_of(''.join(index.values()))}  made in {seconds:5.1f} s  "
                f"first result {first:6.0f} ms  then {seldom:5.0f} ms two words, "
                f"{often:5.0f} ms one character, {nearest:5.0f} ms nothing",
                flush=True,
            )
        browser.close()


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [5, 500, 2000])
