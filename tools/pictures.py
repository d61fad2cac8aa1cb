"""Take the README's pictures of the site in _build/html: ``make pictures``."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".github" / "pictures"
SITE = ROOT / "_build" / "html"
# By name: the page, its window, and what the pointer rests on, if anything.
PICTURES = {
    "wide": ("topics/shortcomings.html", (1440, 760), ""),
    "phone": ("topics/shortcomings.html", (390, 760), ""),
    "emendation": ("reports/state-company.html", (900, 420), "p .emendation >> nth=12"),
    "search": ("search.html?q=志愿服务", (900, 520), ""),
}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, (address, (width, height), pointed) in PICTURES.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(f"{SITE.as_uri()}/{address}")
            page.wait_for_timeout(500)  # what moves has come to rest
            if pointed:
                page.hover(pointed)  # which scrolls there
                page.wait_for_timeout(500)
            page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=60)
        browser.close()


if __name__ == "__main__":
    main()
