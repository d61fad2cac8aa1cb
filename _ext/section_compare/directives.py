"""The directives: each checks its options and leaves a placeholder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from . import warn
from .domain import get_domain
from .model import Placeholder
from .output.nodes import compare_note, compare_placeholder
from .warn import __

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import OptionSpec

# What every directive may have; what others mean is checked when a directive runs.
NAMED: OptionSpec = {"name": directives.unchanged, "class": directives.class_option}


def options(*names: str) -> OptionSpec:
    return dict.fromkeys(names, directives.unchanged)


class PlaceholderDirective(SphinxDirective):
    """What the directives share: a numbered placeholder, noted in the domain."""

    kind: ClassVar[str]

    def run(self) -> list[nodes.Node]:
        """Note the directive in the domain and put a placeholder in its place."""
        docname, notes = self.env.docname, self.notes()
        placeholder = Placeholder(
            kind=self.kind,
            id=f"compare-{self.env.new_serialno('section-compare') + 1}",
            line=self.lineno,
            notes=tuple(note["report"] for note in notes),
            **self.facts(),
        )
        get_domain(self.env).note(docname).placeholders.append(placeholder)
        node = compare_placeholder("", *notes, docname=docname, placeholder=placeholder)
        self.set_source_info(node)
        node["classes"] += self.options.get("class", [])
        self.add_name(node)
        return [node]

    def facts(self) -> dict[str, Any]:
        """What the options say, by the names that the placeholder has for it."""
        raise NotImplementedError

    def notes(self) -> list[compare_note]:
        """What the content says of reports."""
        return []

    def names(self, option: str) -> tuple[str, ...]:
        """An option that lists names and globs."""
        return tuple(self.options.get(option, "").split())

    def choice(self, option: str, *choices: str) -> str:
        """An option's value, or with a warning its default, the first choice."""
        value: str = self.options.get(option, choices[0])
        if value in choices:
            return value
        message = __("option %r: found %r, %s")
        place = self.get_location()
        warn.unknown("option", message, option, value, name=value, among=choices, location=place)
        return choices[0]

    def number(self, option: str, least: int, *others: int) -> int | None:
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
        place = self.get_location()
        warn.unknown("option", message, option, value, among=names, location=place)
        return None


class SectionCompare(PlaceholderDirective):
    """Set reports side by side on one or more topics, by default those of its page.

    The content is a definition list: the id of a report, and a note of a line or two on it.
    """

    kind = "compare"
    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[OptionSpec] = NAMED | options(
        "reports", "layout", "missing", "shared", "caption"
    )

    def facts(self) -> dict[str, Any]:
        return {
            "topics": tuple(" ".join(self.arguments).split()),
            "reports": self.names("reports"),
            "layout": self.choice("layout", "columns", "stacked"),
            "missing": self.choice("missing", "show", "hide"),
            "caption": self.options.get("caption", ""),
            "shared": self.number("shared", 2, 0),
        }

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
    option_spec: ClassVar[OptionSpec] = options("reports", "topics")

    def facts(self) -> dict[str, Any]:
        return {"reports": self.names("reports"), "topics": self.names("topics")}


class SectionList(PlaceholderDirective):
    """A list of all reports or all topics, each with its description."""

    kind = "list"
    required_arguments = 1
    option_spec: ClassVar[OptionSpec] = options("layout")

    def facts(self) -> dict[str, Any]:
        what, choices = self.arguments[0], ("reports", "topics")
        if what not in choices:
            message = __("argument: found %r, %s")
            place = self.get_location()
            warn.unknown("option", message, what, name=what, among=choices, location=place)
            what = choices[0]
        return {"what": what, "layout": self.choice("layout", "cards", "names")}


class SectionOutline(PlaceholderDirective):
    """The headings of reports side by side, each linked to its place and its comparisons."""

    kind = "outline"
    option_spec: ClassVar[OptionSpec] = NAMED | options("reports", "depth")

    def facts(self) -> dict[str, Any]:
        return {"reports": self.names("reports"), "depth": self.number("depth", 1) or 0}


class SectionPhrases(PlaceholderDirective):
    """A list of the phrases that several reports share, the most widespread first."""

    kind = "phrases"
    option_spec: ClassVar[OptionSpec] = NAMED | options("shared", "limit")

    def facts(self) -> dict[str, Any]:
        return {"shared": self.number("shared", 2), "limit": self.number("limit", 1) or 200}


def setup(app: Sphinx) -> None:
    app.add_directive("section-compare", SectionCompare)
    app.add_directive("section-coverage", SectionCoverage)
    app.add_directive("section-list", SectionList)
    app.add_directive("section-outline", SectionOutline)
    app.add_directive("section-phrases", SectionPhrases)
