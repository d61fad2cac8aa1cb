"""Take the README's pictures of the site in _build/html: ``make pictures``."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".github" / "pictures"
PAGE = ROOT / "_build" / "html" / "topics" / "shortcomings.html"
SIZES = {"wide": (1440, 760), "phone": (390, 760)}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, (width, height) in SIZES.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(PAGE.as_uri())
            page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=60)
        browser.close()


if __name__ == "__main__":
    main()
