"""The site in a real browser: what only a layout can show."""

from __future__ import annotations

import pytest
from conftest import OpenPage


@pytest.mark.parametrize("path", ["index.html", "topics/opening.html", "reports/community.html"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_scrolls_sideways(open_page: OpenPage, path: str, width: int) -> None:
    page = open_page(path, width=width)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
