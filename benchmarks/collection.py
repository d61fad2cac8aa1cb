"""Make collections of reports, and the pages that compare them, five ways.

``ours`` uses the extension. ``site`` is the real site's whole configuration with all that it
shows: emendations, lists of the reports and topics, the matrix and, once asked for, the shared
phrases. ``by hand`` is MyST without the extension: what it would show is written out, the
comparisons in their pages and below each passage the links to them. ``themed`` is the same with the
site's theme and sidebar, ``plain`` without marks, for software that knows none. These three have
none of the emendations, lists and the rest.
"""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).parent.parent
TOPICS, COLUMNS, SENTENCES = 12, 5, 5
# of the topics so many have a section each; the others are runs, two to a paragraph
SECTIONS = 6
# so many reports to each page, beside the topics' own, that compares five on a topic
REPORTS_A_GROUP = 10
CONF = """\
import sys
sys.path.insert(0, {path!r})
extensions = ["myst_parser"{extensions}]
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence"]
html_theme = "{theme}"
html_permalinks = False
language = "zh_CN"
html_search_language = "en"
"""
# by way of writing: the theme, and the extensions beside MyST
SETTINGS = {
    "ours": ("basic", ', "section_compare"'),
    "by hand": ("basic", ""),
    "themed": ("furo", ', "sphinx_design", "sidebar"'),
}
# No table of contents: it would list all pages on one, for every way of building the same.
TOCTREE = "```{toctree}\n:glob:\n:titlesonly:\n\nr*\nt*\ng*\nall\n```\n"

# what an edit and a new title show
EDITED, RENAMED = "新改之文", "新改之题"

# what counts points off: pages tell how many there are, which the pages by hand do not
COUNTED = re.compile("[一二三四五六七八九十]+[是、]|第[一二三四五六七八九十]+$|首先|其次|再次|最后")

Way = Literal["ours", "by hand", "themed", "plain", "site"]
# what the real configuration needs beside conf.py
PARTS = ("conf.py", "_ext", "_static", "_templates", "_book", "locales")
# the real home page's order: what is in several toctrees by their captions
HOME = "# 目录\n\n" + "".join(
    f"## {caption}\n\n{shown}\n\n"
    f"```{{toctree}}\n:caption: {caption}\n:glob:\n:hidden:\n\n{pages}\n```\n\n"
    for caption, shown, pages in (
        ("范文", ":::{section-list} reports\n:::", "r*"),
        ("按主题对读", ":::{section-list} topics\n:::", "t*"),
        ("查阅", ":::{section-coverage}\n:::", "g*\nall*"),
    )
)
# "all" and what begins so come last in every toctree
PHRASES, LIST_OF_PHRASES = "all-phrases", "# 共有语句\n\n:::{section-phrases}\n:::\n"


def words() -> list[str]:
    """The sentences of the real reports, to make others of."""
    text = "".join(path.read_text("utf-8") for path in sorted((ROOT / "reports").glob("*.md")))
    return re.findall(r"[\u4e00-\u9fff，、“”]{10,}。", text)


class Collection:
    """What *size* reports say, and which of them each page compares on which topic.

    No two sentences are alike: each is put together from clauses of the real ones.
    """

    def __init__(self, size: int) -> None:
        chance = random.Random(size)
        clauses = sorted(
            {
                clause
                for one in words()
                for clause in re.split("[，。]", one)
                if clause and not COUNTED.match(clause)
            }
        )
        self.reports = [f"r{number:04}" for number in range(size)]
        self.chance, self.clauses = chance, clauses
        self.said: dict[tuple[str, int], str] = {}
        for report in self.reports:
            self.say(report)
        self.titles: dict[str, str] = {}
        self.phrases = False
        # each page's topic and reports, in the order of the toctree
        self.pages: dict[str, tuple[int, list[str]]] = {}
        for topic in range(TOPICS):
            self.pages[f"t{topic:04}"] = topic, chance.sample(self.reports, COLUMNS)
        for number in range(max(size // REPORTS_A_GROUP, 1)):
            columns = chance.sample(self.reports, COLUMNS)
            self.pages[f"g{number:04}"] = number % TOPICS, columns
        self.pages["all"] = 0, self.reports
        # where a passage is compared first: the page that it links to
        self.homes: dict[tuple[str, int], str] = {}
        for page, (topic, reports) in self.pages.items():
            for report in reports:
                self.homes.setdefault((report, topic), page)

    def say(self, report: str) -> None:
        for topic in range(TOPICS):
            self.said[report, topic] = "".join(
                "，".join(self.chance.choices(self.clauses, k=3)) + "。"
                for _sentence in range(SENTENCES)
            )

    def add(self) -> None:
        """Add a report, which the page that compares all shows too."""
        self.reports.append(f"r{len(self.reports):04}")
        self.say(self.reports[-1])
        self.homes[self.reports[-1], 0] = "all"

    def list_phrases(self) -> None:
        """Add the page that lists the phrases which all reports share."""
        self.phrases = True

    def rename(self) -> None:
        """Change the first report's title, which other pages show."""
        self.titles[self.reports[0]] = RENAMED

    def edit(self) -> None:
        """Change a passage that the first report's own page and at least one other show."""
        self.said[self.reports[0], 0] = EDITED + self.said[self.reports[0], 0]

    @property
    def length(self) -> int:
        """How many characters a report has, the mean."""
        return sum(map(len, self.said.values())) // len(self.reports)

    def write(self, folder: Path, way: Way) -> None:
        """Write a project's files, those that do not say so already."""
        files = {f"{report}.md": self.report(report, way) for report in self.reports}
        for page, (topic, reports) in self.pages.items():
            files[f"{page}.md"] = self.comparison(page, topic, reports, way)
        if way == "plain":
            files["index.md"] = "# 目录\n"
        elif way == "site":
            files["index.md"] = HOME
            if self.phrases:
                files[f"{PHRASES}.md"] = LIST_OF_PHRASES
            for part in PARTS:
                if not (folder / part).exists():
                    folder.mkdir(parents=True, exist_ok=True)
                    (folder / part).symlink_to(ROOT / part)
        else:
            theme, extensions = SETTINGS[way]
            files["conf.py"] = CONF.format(
                path=str(ROOT / "_ext"), theme=theme, extensions=extensions
            )
            files["index.md"] = "# 目录\n\n" + TOCTREE
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or path.read_text("utf-8") != text:
                path.write_text(text, "utf-8")

    def report(self, report: str, way: Way) -> str:
        parts = [f"# {self.titles.get(report, f'篇{report}')}"]
        if way != "plain":
            parts.insert(0, f"---\nreport: {report}\n---")
        for topic in range(SECTIONS):
            mark = "" if way == "plain" else f"{{.topic-t{topic:04}}}\n"
            parts += [f"{mark}## 第{topic}节", *self.links(report, [topic], way)]
            emended = "{sic}`文名=>文明`" if way == "site" and not topic else ""
            parts.append(emended + self.said[report, topic])
        for topic in range(SECTIONS, TOPICS, 2):
            pair = [topic, topic + 1]
            runs = [self.said[report, one] for one in pair]
            if way != "plain":
                runs = [f"[{run}]{{.topic-t{one:04}}}" for one, run in zip(pair, runs, strict=True)]
            parts += [f"## 第{topic}节", "".join(runs), *self.links(report, pair, way)]
        if way == "site":
            parts.append(":::{emendation-list}\n:::")
        return "\n\n".join(parts) + "\n"

    def links(self, report: str, topics: list[int], way: Way) -> list[str]:
        """The links from passages to their comparisons, which the extension makes itself."""
        homes = [(topic, self.homes.get((report, topic))) for topic in topics]
        links = [f"[主题{topic}]({home}.md)" for topic, home in homes if home]
        return ["对读： " + " · ".join(links)] if links and way not in ("ours", "site") else []

    def comparison(self, page: str, topic: int, reports: list[str], way: Way) -> str:
        own = page.startswith("t")
        parts = [f"# 主题{topic}" if own else f"# 对照{page}"]
        if own and way != "plain":
            parts.insert(0, f"---\ntopic: {page}\n---")
        if way in ("ours", "site"):
            parts.append(f":::{{section-compare}} t{topic:04}\n:reports: {' '.join(reports)}\n:::")
        else:
            for report in reports:
                title = f"第{topic}节" if topic < SECTIONS else ""
                count = len(title + self.said[report, topic])
                parts.append(f"## [篇{report}]({report}.md) {count}字")
                if title:
                    parts.append(f"### {title}")
                else:  # the title above a run, which is no part of the passage
                    parts.append(f"第{topic - topic % 2}节")
                parts.append(self.said[report, topic])
        return "\n\n".join(parts) + "\n"
