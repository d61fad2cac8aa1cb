"""Time comparisons against the same pages with the comparisons' content written out by hand.

Each size is built cold, again with nothing changed, and after an edit of one report, both ways
in one run, each step in a process of its own. What is printed are ratios: ours by by-hand.

    python benchmarks/bench.py [SIZES ...]      default: 5 50 500
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
TOPICS, COLUMNS, REPEATS = 12, 5, 3
CONF = """\
import sys
sys.path.insert(0, {path!r})
extensions = ["myst_parser"{extension}]
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence"]
html_theme = "basic"
language = "zh_CN"
html_search_language = "en"
"""


def words() -> list[str]:
    """The sentences of the real reports, to make others of."""
    text = "".join(path.read_text("utf-8") for path in sorted((ROOT / "reports").glob("*.md")))
    return re.findall(r"[\u4e00-\u9fff，、“”]{10,}。", text)


def make(folder: Path, size: int, by_hand: bool) -> None:
    """Write *size* reports and the topic pages that compare five of them."""
    chance = random.Random(size)
    sentences = words()
    extension = "" if by_hand else ', "section_compare"'
    conf = CONF.format(path=str(ROOT / "_ext"), extension=extension)
    (folder / "conf.py").write_text(conf, "utf-8")
    (folder / "index.md").write_text("# 目录\n\n```{toctree}\n:glob:\n\nr*\nt*\n```\n", "utf-8")
    said: dict[tuple[int, int], str] = {}
    for report in range(size):
        parts = [f"---\nreport: r{report}\n---\n\n# 篇{report}\n"]
        for topic in range(TOPICS):
            said[report, topic] = "".join(chance.choices(sentences, k=5))
            parts.append(f"{{.topic-t{topic}}}\n## 第{topic}节\n\n{said[report, topic]}\n")
        (folder / f"r{report}.md").write_text("\n".join(parts), "utf-8")
    for topic in range(TOPICS):
        chosen = chance.sample(range(size), COLUMNS)
        page = f"---\ntopic: t{topic}\n---\n\n# 主题{topic}\n\n"
        if by_hand:
            for report in chosen:
                page += f"## 篇{report}\n\n### 第{topic}节\n\n{said[report, topic]}\n\n"
        else:
            names = " ".join(f"r{report}" for report in chosen)
            page += f":::{{section-compare}}\n:reports: {names}\n:::\n"
        (folder / f"t{topic}.md").write_text(page, "utf-8")


def build(folder: Path) -> tuple[float, float]:
    """Build once; return the processor's seconds and the peak memory in MiB.

    Not the clock's seconds: those grow with whatever else the machine does.
    """
    script = (
        "import resource, sys\n"
        "from sphinx.cmd.build import main\n"
        "code = main(sys.argv[1:])\n"
        "used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)\n"
        "sys.exit(code)\n"
    )
    command = [sys.executable, "-c", script, "-Q", "-b", "html", str(folder), str(folder / "_out")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, memory = done.stdout.split()[-2:]
    return float(seconds), float(memory)


def edit(folder: Path, size: int, by_hand: bool, turn: int) -> None:
    """Change a sentence of the first report, by hand also in the pages that repeat it."""
    first = folder / "r0.md"
    old = re.findall(r"[\u4e00-\u9fff，、“”]{10,}。", first.read_text("utf-8"))[turn]
    pages = [first, *(folder.glob("t*.md") if by_hand else ())]
    for page in pages:
        text = page.read_text("utf-8")
        if old in text:
            page.write_text(text.replace(old, f"改{turn}{old}"), "utf-8")


def measure(size: int) -> None:
    """Print one row: the ratios of the least times of several repeats."""
    least: dict[tuple[bool, str], float] = {}

    def note(by_hand: bool, step: str, value: float) -> None:
        least[by_hand, step] = min(value, least.get((by_hand, step), value))

    for turn in range(REPEATS):
        for by_hand in (turn % 2 == 0, turn % 2 == 1):
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                make(folder, size, by_hand)
                seconds, memory = build(folder)
                note(by_hand, "cold", seconds)
                note(by_hand, "memory", memory)
                note(by_hand, "no-op", build(folder)[0])
                edit(folder, size, by_hand, turn)
                note(by_hand, "edit", build(folder)[0])
    steps = ("cold", "no-op", "edit", "memory")
    row = "  ".join(f"{step} {least[False, step] / least[True, step]:5.2f}" for step in steps)
    print(f"{size:5} reports  {row}   (by hand cold: {least[True, 'cold']:.1f} s)", flush=True)


if __name__ == "__main__":
    print(f"ours by by-hand, {TOPICS} topics of {COLUMNS} columns; least of {REPEATS} repeats")
    for argument in sys.argv[1:] or ("5", "50", "500"):
        measure(int(argument))
