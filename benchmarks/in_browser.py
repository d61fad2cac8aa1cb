"""Open the pages of large collections in a browser: how long they take, and what they need.

    python benchmarks/in_browser.py [--write] [SIZES ...]        default: 500 2000

The real configuration is built with the page that lists shared phrases, and its heaviest pages are
opened from disk in Chromium, each in a process of its own. Seconds are of that process, which do
not grow with what else the machine does; the clock's are beside them, and the lesser must keep to
the aim. The search is asked for
sentences of the collection and must find just the sections that hold them. Ends with status 1
where an aim is missed.
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from collection import PHRASES, SECTIONS, Collection
from playwright.sync_api import Browser, sync_playwright
from report import measured_on, run, table, write

SIZES = [500, 2000]
# A page loads and answers within so many seconds of a processor, and holds so many MiB.
SECONDS, MEMORY = 1.0, 150.0
QUERIES = 40
WHOLE_INDEX = "search, whole index read"
# Conditions for a page to be ready: an element is there; all parts of the index are read.
FOOTER, BAR, RESULT = (
    f"() => document.querySelector({selector!r})"
    for selector in ("footer", ".section-compare-bar", ".section-search-results h3")
)
WHOLE = """() => {
  const root = document.getElementById("section-search");
  const [reading] = JSON.parse(root.dataset.messages).reading.split("%");
  const status = root.querySelector("[role=status]").textContent;
  return status && !status.includes(reading);
}"""
# When the first result stood on the page: what comes after keeps others from looking.
WATCH = """
  new MutationObserver(() => {
    if (!window.firstResult && document.querySelector(".section-search-results h3")) {
      window.firstResult = performance.now();
    }
  }).observe(document, { childList: true, subtree: true });
"""
SEARCH = """(query) => {
  const { words, search } = window.sectionSearch;
  return search(words(query), {}).map(({ section }) => section.page[0] + "#" + section.anchor);
}"""


class Visit(NamedTuple):
    """Of a page: seconds of its process and of the clock, its MiB, and of files fetched KiB
    as they are and gzipped."""

    seconds: float
    clock: float
    memory: float
    fetched: float
    gzipped: float


def build(size: int, folder: Path) -> Collection:
    collection = Collection(size)
    collection.list_phrases()
    collection.write(folder / "docs", "site")
    options = ["-q", "-b", "html", "-j", "2", "-d", "_doctrees", "docs", "_html"]
    run([sys.executable, "-m", "sphinx", *options], folder)
    return collection


def renderers(browser: Browser) -> dict[int, float]:
    """The processes that show pages, with the seconds that each has used."""
    session = browser.new_browser_cdp_session()
    found = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return {one["id"]: one["cpuTime"] for one in found if one["type"] == "renderer"}


def own_memory(process: int) -> float:
    """The memory that a process shares with no other, in MiB."""
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    found = re.search(r"RssAnon:\s*(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0


def visit(browser: Browser, address: str, ready: str) -> Visit:
    """Open a page, wait until a condition holds on it, and say what it took."""
    before = renderers(browser)
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(WATCH)
    page = context.new_page()
    files: set[str] = set()
    page.on("request", lambda request: files.add(request.url.partition("?")[0]))
    page.goto(address)
    page.wait_for_function(ready, timeout=120_000)
    clock = page.evaluate("performance.now()") / 1000
    if ready == RESULT:
        clock = page.evaluate("window.firstResult") / 1000
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    after = renderers(browser)
    # Chromium keeps a spare one ready
    process = max(after.keys() - before.keys(), key=after.__getitem__)
    found = [Path(url.removeprefix("file://")).read_bytes() for url in files
             if url.startswith("file://")]  # fmt: skip
    result = Visit(
        after[process],
        clock,
        own_memory(process),
        sum(map(len, found)) / 1024,
        sum(len(gzip.compress(one)) for one in found) / 1024,
    )
    context.close()
    return result


def wrong_answers(browser: Browser, address: str, collection: Collection) -> int:
    """Of some sentences of the collection, how many the search does not find where they stand."""
    chance = random.Random(len(collection.reports))
    page = browser.new_page()
    page.goto(f"{address}?q={quote('的')}")
    page.wait_for_function(WHOLE, timeout=120_000)
    wrong = 0
    for report, topic in chance.choices(sorted(collection.said), k=QUERIES):
        query = chance.choice(collection.said[report, topic].rstrip("。").split("。"))
        expected = {
            f"{one}.html#{anchor(topic_said)}"
            for (one, topic_said), text in collection.said.items()
            if plain(query) in plain(text)
        }
        wrong += set(page.evaluate(SEARCH, query)) != expected
    page.close()
    return wrong


def anchor(topic: int) -> str:
    """The id of the section that a passage stands in; two runs share one."""
    return f"id{topic + 1 if topic < SECTIONS else SECTIONS + 1 + (topic - SECTIONS) // 2}"


def plain(text: str) -> str:
    return re.sub(r"\W", "", text)


def main(sizes: list[int], into_readme: bool) -> bool:
    """Measure, print, and write where asked; return whether all aims are held."""
    lines, rows, missed, exact = [*measured_on(), ""], [], [], []
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for size in sizes:
            with tempfile.TemporaryDirectory() as name:
                collection = build(size, Path(name))
                address = (Path(name) / "_html").as_uri()
                search = f"{address}/search.html?q={quote('职工')}"
                pages = {
                    "home, with lists and matrix": (f"{address}/index.html", FOOTER),
                    "comparison of all": (f"{address}/all.html", BAR),
                    "shared phrases": (f"{address}/{PHRASES}.html", FOOTER),
                    "search, first result": (search, RESULT),
                    WHOLE_INDEX: (search, WHOLE),
                }
                for what, (url, ready) in pages.items():
                    one = visit(browser, url, ready)
                    rest = (f"{figure:.0f}" for figure in one[2:])
                    rows.append([str(size), what, f"{one.seconds:.2f}", f"{one.clock:.2f}", *rest])
                    print(rows[-1], file=sys.stderr)
                    # the clock counts what else the machine does, the process several threads
                    seconds = min(one.seconds, one.clock)
                    limits = [(seconds, SECONDS, "s"), (one.memory, MEMORY, "MiB")]
                    # while it is read, what is found so far is there already
                    for found, most, unit in limits[what == WHOLE_INDEX :]:
                        if found > most:
                            missed.append(
                                f"{size} reports, {what}: {found:.2f} {unit}, at most {most:g}"
                            )
                wrong = wrong_answers(browser, f"{address}/search.html", collection)
                if wrong:
                    missed.append(f"{size} reports: {wrong} of {QUERIES} queries are not exact")
                exact.append(f"{QUERIES - wrong} at {size:,} reports")
        browser.close()
    head = ["reports", "page", "s", "by the clock", "MiB", "KiB fetched", "gzipped"]
    lines += table(head, rows)
    lines += ["", f"Aims: {SECONDS:g} s until a page is there, {MEMORY:g} MiB, and each of "
              f"{QUERIES} queries a size is answered exactly: {', '.join(exact)}. "
              f"Missed: {'; '.join(missed) or 'none'}."]  # fmt: skip
    print("\n".join(lines))
    if into_readme:
        write("in_browser.py", lines)
    return not missed


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sizes", metavar="SIZE", type=int, nargs="*", default=SIZES)
    parser.add_argument("--write", action="store_true", help="put the report into the README")
    chosen = parser.parse_args()
    sys.exit(not main(sorted(chosen.sizes), chosen.write))
