"""What all pages of one build share, from the end of reading to the end of writing."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

from ..domain import get_domain
from ..phrases.mark import texts_of
from ..read.conditions import make_judge
from .store import Store

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from ..model import Report
    from ..phrases.text import PlacedText


class Build:
    """The resolved collection and the passages that its comparisons show."""

    def __init__(self, app: Sphinx) -> None:
        self.env, self.builder = app.env, app.builder
        # whether sphinx-design is there to set lists as cards
        self.cards = "sphinx_design" in app.extensions
        self.collection = get_domain(app.env).collect(make_judge(app.builder))
        self.store = Store(app.env, app.builder, self.collection)

    @cached_property
    def texts(self) -> list[tuple[Report, PlacedText]]:
        """The text of all reports, for the pages that list phrases."""
        return texts_of(self.env, self.collection)


def begin(app: Sphinx) -> Build:
    """Resolve the facts once all documents are read, for the build that begins to write."""
    get_domain(app.env).build = build = Build(app)
    return build


def current(env: BuildEnvironment) -> Build:
    """The facts of the build under way, by the environment, which is all that transforms know."""
    return cast("Build", get_domain(env).build)
