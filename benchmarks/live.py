"""Time `make live`: from saving a report to the moment its comparison shows the edit in a browser.

    python benchmarks/live.py [SAVES]       default: 5

The real site is copied, served as `make live` does, and opened in Chromium at a comparison; then
a passage is edited again and again. Printed are seconds; the goal is two.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
NOT_COPIED = shutil.ignore_patterns(".*", "_build", "tests", "__pycache__")
REPORT, PAGE, WORD = "reports/county-transport.md", "topics/opening.html", "拼搏进取"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def live_options() -> list[str]:
    """What the Makefile gives sphinx-autobuild, so that both are the same."""
    result = subprocess.run(
        ["make", "--dry-run", "--always-make", "live"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    [line] = [line for line in result.stdout.splitlines() if "sphinx-autobuild" in line]
    return [word.strip("'") for word in re.split(r"\s+", line)[1:]]


def main(saves: int) -> None:
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name) / "site"
        shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
        port = free_port()
        program = Path(sys.executable).with_name("sphinx-autobuild")
        server = subprocess.Popen(
            [program, *live_options(), "--port", str(port)], cwd=folder, stdout=subprocess.DEVNULL
        )
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            page = browser.new_page()
            for _ in range(120):
                try:
                    page.goto(f"http://127.0.0.1:{port}/{PAGE}")
                    break
                except Exception:
                    time.sleep(0.5)
            path, old, times = folder / REPORT, WORD, []
            for number in range(saves):
                time.sleep(2)  # the watcher rests, as between a person's saves
                new = f"{WORD}{'甲乙丙丁戊己庚辛壬癸'[number % 10]}"
                path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
                begin = time.perf_counter()
                page.wait_for_function(
                    "word => document.body.innerText.includes(word)", arg=new, timeout=60_000
                )
                times.append(time.perf_counter() - begin)
                old = new
        finally:
            browser.close()
            server.terminate()
            server.wait()
    print(f"save to comparison shown: median {statistics.median(times):.2f} s, worst "
          f"{max(times):.2f} s, {saves} saves, load average {os.getloadavg()[0]:.1f}")  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 5)
