"""The directives: each checks its options and leaves a placeholder."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from . import warn
from .domain import get_domain
from .matching import nearest
from .model import Placeholder
from .output.nodes import compare_note, compare_placeholder
from .warn import __

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import OptionSpec


class PlaceholderDirective(SphinxDirective):
    """What the directives share: a numbered placeholder, noted in the domain."""

    kind: ClassVar[str]

    def choice(self, option: str, choices: tuple[str, ...]) -> str:
        """An option's value, or with a warning its default, the first choice."""
        value: str = self.options.get(option, choices[0])
        if value in choices:
            return value
        tail = warn.allowed(list(choices), nearest(value, choices))
        message = __("option %r: found %r, %s")
        warn.warn("option", message, option, value, tail, location=self.get_location())
        return choices[0]

    def number(self, option: str, others: tuple[int, ...], least: int) -> int | None:
        """An option that is a whole number from *least* on or one of *others*; else ``None``."""
        value: str | None = self.options.get(option)
        if value is None:
            return None
        # of more digits than these Python may refuse to make a number
        if value.isdecimal() and len(value) < 10:
            number = int(value)
            if number in others or number >= least:
                return number
        names = [*map(str, others), __("a whole number from %d on") % least]
        message = __("option %r: found %r, %s")
        tail = warn.allowed(names)
        warn.warn("option", message, option, value, tail, location=self.get_location())
        return None

    def leave(self, content: list[compare_note] | None = None, **facts: object) -> list[nodes.Node]:
        """Note the directive in the domain and put a placeholder in its place.

        :param content: what the placeholder holds for the one who fills it.
        """
        docname = self.env.docname
        number = self.env.new_serialno("section-compare") + 1
        placeholder = Placeholder(
            kind=self.kind,
            id=f"compare-{number}",
            line=self.lineno,
            **facts,  # type: ignore[arg-type]
        )
        get_domain(self.env).note_placeholder(docname, placeholder)
        node = compare_placeholder("", *content or [], docname=docname, placeholder=placeholder)
        self.set_source_info(node)
        node["classes"] += self.options.get("class", [])
        self.add_name(node)
        return [node]


class SectionCompare(PlaceholderDirective):
    """Set reports side by side on one or more topics, by default those of its page.

    The content is a definition list: the id of a report, and a note of a line or two on it.
    """

    kind = "compare"
    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[OptionSpec] = {
        "reports": directives.unchanged,
        "layout": directives.unchanged,
        "missing": directives.unchanged,
        "shared": directives.unchanged,
        "caption": directives.unchanged,
        "name": directives.unchanged,
        "class": directives.class_option,
    }

    def run(self) -> list[nodes.Node]:
        notes = self.notes()
        return self.leave(
            notes,
            notes=tuple(note["report"] for note in notes),
            topics=tuple(" ".join(self.arguments).split()),
            reports=tuple(self.options.get("reports", "").split()),
            layout=self.choice("layout", ("columns", "stacked")),
            missing=self.choice("missing", ("show", "hide")),
            caption=self.options.get("caption", ""),
            shared=self.number("shared", (0,), 2),
        )

    def notes(self) -> list[compare_note]:
        """The notes of the content; what else stands there is named and left out."""
        found = []
        for node in self.parse_content_to_nodes() if self.content else []:
            if not isinstance(node, nodes.definition_list):
                message = __(
                    "the content of a comparison: found a %s, allowed is a definition list: a "
                    "report's id, and below it : and a note (in Markdown MyST's deflist extension)"
                )
                warn.warn("option", message, type(node).__name__, location=self.get_location())
                continue
            for item in node.children:
                assert isinstance(item, nodes.definition_list_item)
                note = compare_note("", report=item[0].astext().strip())
                note["classes"].append("section-compare-note-on")
                note += [
                    child for part in item if isinstance(part, nodes.definition) for child in part
                ]
                found.append(note)
        return found


class SectionCoverage(PlaceholderDirective):
    """A matrix, topics by reports, of how many characters each gives each."""

    kind = "coverage"
    option_spec: ClassVar[OptionSpec] = {
        "reports": directives.unchanged,
        "topics": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        return self.leave(
            reports=tuple(self.options.get("reports", "").split()),
            topics=tuple(self.options.get("topics", "").split()),
        )


class SectionList(PlaceholderDirective):
    """A list of all reports or all topics, each with its description."""

    kind = "list"
    required_arguments = 1
    option_spec: ClassVar[OptionSpec] = {"layout": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        what, choices = self.arguments[0], ("reports", "topics")
        if what not in choices:
            tail = warn.allowed(list(choices), nearest(what, choices))
            message = __("argument: found %r, %s")
            warn.warn("option", message, what, tail, location=self.get_location())
            what = choices[0]
        return self.leave(what=what, layout=self.choice("layout", ("cards", "names")))


class SectionOutline(PlaceholderDirective):
    """The headings of reports side by side, each linked to its place and its comparisons."""

    kind = "outline"
    option_spec: ClassVar[OptionSpec] = {
        "reports": directives.unchanged,
        "depth": directives.unchanged,
        "name": directives.unchanged,
        "class": directives.class_option,
    }

    def run(self) -> list[nodes.Node]:
        return self.leave(
            reports=tuple(self.options.get("reports", "").split()),
            depth=self.number("depth", (), 1) or 0,
        )


class SectionPhrases(PlaceholderDirective):
    """A list of the phrases that several reports share, the most widespread first."""

    kind = "phrases"
    option_spec: ClassVar[OptionSpec] = {
        "shared": directives.unchanged,
        "limit": directives.unchanged,
        "name": directives.unchanged,
        "class": directives.class_option,
    }

    def run(self) -> list[nodes.Node]:
        return self.leave(
            shared=self.number("shared", (), 2),
            limit=self.number("limit", (), 1) or 200,
        )


def setup(app: Sphinx) -> None:
    app.add_directive("section-compare", SectionCompare)
    app.add_directive("section-coverage", SectionCoverage)
    app.add_directive("section-list", SectionList)
    app.add_directive("section-outline", SectionOutline)
    app.add_directive("section-phrases", SectionPhrases)
