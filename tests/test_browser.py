"""The site in a real browser: what only a layout can show."""

from __future__ import annotations

import pytest
from conftest import OpenPage


@pytest.mark.parametrize("path", ["index.html", "topics/opening.html", "reports/community.html"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_scrolls_sideways(open_page: OpenPage, path: str, width: int) -> None:
    page = open_page(path, width=width)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("forced", ["none", "active"])
def test_marked_phrases_are_read_as_the_text_around(
    open_page: OpenPage, scheme: str, forced: str
) -> None:
    page = open_page("topics/opening.html", scheme=scheme, forced_colors=forced)
    styles = page.evaluate(
        """() => [...document.querySelectorAll("p > mark")].map(mark => {
            const own = getComputedStyle(mark), around = getComputedStyle(mark.parentElement);
            return [own.color === around.color, own.textDecorationLine,
                    own.textDecorationColor !== getComputedStyle(document.body).backgroundColor];
        })"""
    )
    assert len(styles) > 10
    assert all(style == [True, "underline", True] for style in styles)


def test_marks_are_not_printed(open_page: OpenPage) -> None:
    page = open_page("topics/opening.html")
    page.emulate_media(media="print")
    lines = page.evaluate(
        """() => [...document.querySelectorAll("mark")].map(
            mark => getComputedStyle(mark).textDecorationLine)"""
    )
    assert set(lines) == {"none"}
