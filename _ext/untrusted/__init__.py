"""Build pages that nobody has read yet: leave out whatever could act or read in another's place.

For a host that builds pull requests. With ``-D untrusted=1`` a page may hold text and links, and
images of its own project, and no more: no raw HTML or LaTeX, no file of the machine, no link that
runs a script, and no settings of its own, by which a page's front matter would switch on what
conf.py leaves off (MyST's substitutions run any code). Formulas, which are LaTeX, are shown as
they are written.

What is left out is a warning ``untrusted.<subtype>`` with file and line; ``README.md`` lists them.
"""

from __future__ import annotations

import os
import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinx.locale import get_translation
from sphinx.project import Project
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.i18n import search_image_for_language

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.util.typing import ExtensionMetadata

HERE = Path(__file__).parent
# The version of the environment: what another state of this code noted is not used.
CODE = zlib.crc32(b"".join(path.read_bytes() for path in sorted(HERE.glob("*.py"))))
CATALOG = "untrusted"
__ = get_translation(CATALOG, "console")
logger = logging.getLogger(__name__)

LINKS = ("http", "https", "mailto")
# No SVG: it is a document, and runs scripts where it is opened by itself.
IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
# sphinx-design writes what the page's author gives these into HTML and LaTeX as it is.
ICONS = ("sd_icon", "fontawesome")
# A browser drops these from an address before it looks for the scheme.
UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0]+")
SCHEME = re.compile(r"([^/?#]*?):")
# What opens, ends or hides markup in HTML, LaTeX or Texinfo. Sphinx writes classes and the names
# of images into the two last as they are, the names of pages into dirhtml's and singlehtml's HTML.
MARKUP = re.compile(r"""[\x00-\x1f\x7f"<>{}\\^%#$&~@]""")
# What MyST takes from a page's front matter to read that page by.
SETTINGS = ("myst", "substitutions", "html_meta")
DOCUTILS = ("raw_enabled", "file_insertion_enabled")


def warn(
    subtype: str, message: str, *arguments: object, location: nodes.Node | tuple[str, int] | str
) -> None:
    logger.warning(message, *arguments, type="untrusted", subtype=subtype, location=location)


def is_link(path: Path, root: Path) -> bool:
    """Whether a file is none of the project's: outside, or a link to another place.

    Also to one within the project: ``.git`` may hold the host's credentials.
    """
    return path.resolve() != root.resolve() / Path(os.path.relpath(path, root))


def scheme_of(address: str) -> str:
    """The scheme that a browser finds in an address; empty where it is relative."""
    match = SCHEME.match(UNSEEN.sub("", address))
    return match.group(1).lower() if match else ""


def switch_off(app: Sphinx, config: Config) -> None:
    """What conf.py may have on: MyST's templates, which have no sandbox, and copies of sources.

    Sphinx copies the files as they lie there, also those that are not read.
    """
    if config.untrusted:
        config.html_copy_source = False
        if "myst_enable_extensions" in config:
            config.myst_enable_extensions = set(config.myst_enable_extensions) - {"substitution"}


def leave_out_pages(app: Sphinx, config: Config) -> None:
    """Have Sphinx read no page that is none of the project's, or whose name is markup.

    Other pages link to it by that name.
    """
    if not config.untrusted:
        return
    project = Project(app.srcdir, config.source_suffix)
    for docname in sorted(project.discover(config.exclude_patterns)):
        path = project.doc2path(docname, absolute=False).as_posix()
        if MARKUP.search(docname):
            message = __("the page %r is left out; no name may hold markup")
        elif is_link(app.srcdir / path, app.srcdir):
            message = __("the page %r is left out; it is a link to another file")
        else:
            continue
        warn("file", message, path, location=f"{app.srcdir / MARKUP.sub('?', path)}:1")
        pattern = re.sub(r"[*\[]", "?", path)
        config.exclude_patterns = [*config.exclude_patterns, pattern]


def set_docutils(app: Sphinx) -> None:
    """Have docutils refuse raw content and files; the environment may be one of other builds."""
    for name in DOCUTILS:
        if app.config.untrusted:
            app.env.settings[name] = False
        else:
            app.env.settings.pop(name, None)


def disarm_source(app: Sphinx, docname: str, content: list[str]) -> None:
    """Before a page is parsed: that it has no settings of its own."""
    if not app.config.untrusted:
        return
    if app.config.source_suffix.get(app.env.doc2path(docname).suffix) == "markdown":
        # MyST's own reader: with another one a page could be two things
        from myst_parser.config.main import TopmatterReadError, read_topmatter

        try:
            found = read_topmatter(content[0]) or {}
        except TopmatterReadError:
            return  # MyST takes no settings from it, and names what is wrong
        names = [name for name in SETTINGS if name in found]
        if names:
            message = __("front matter: %s sets how the page is read; no field may")
            warn("settings", message, ", ".join(names), location=(docname, 1))
            lines = content[0].split("\n")
            end = next(
                (n for n, line in enumerate(lines) if n and line.startswith(("---", "..."))),
                len(lines) - 1,
            )
            content[0] = "\n".join([""] * (end + 1) + lines[end + 1 :])


class Disarm(SphinxTransform):
    """Take out of a page as parsed whatever is more than text, links and own images.

    After substitutions and targets are resolved, and before Sphinx collects files and contents
    (880): what comes later is made by extensions, which are trusted.
    """

    default_priority = 860

    def apply(self, **kwargs: object) -> None:
        if not self.config.untrusted:
            return
        for node in list(self.document.findall(nodes.Element)):
            if isinstance(node, nodes.raw) or node.tagname in ICONS:
                message = __("raw content (%s) is left out")
                self.leave_out(node, "raw", message, node.get("format", "svg"))
            elif isinstance(node, nodes.meta):
                self.leave_out(node, "meta", __("an element for the page's head is left out"))
            elif isinstance(node, addnodes.tabular_col_spec):
                self.leave_out(node, "latex", __("columns in LaTeX are left out"))
            elif isinstance(node, nodes.math):
                replace(node, nodes.literal("", node.astext()))
            elif isinstance(node, nodes.math_block):
                replace(node, nodes.literal_block("", node.astext()))
            elif isinstance(node, addnodes.download_reference):
                self.leave_out(node, "file", __("the file %r is left out"), node["reftarget"])
            elif isinstance(node, nodes.image) and not self.is_own_image(node["uri"]):
                self.leave_out(node, "file", __("the image %r is left out"), node["uri"])
            elif isinstance(node, nodes.reference) and self.is_foreign(node.get("refuri", "")):
                message = __("the link to %r is left out; allowed: %s")
                self.leave_out(node, "link", message, node["refuri"], ", ".join(LINKS))
            elif isinstance(node, addnodes.toctree):
                self.check_entries(node)
            elif isinstance(node, nodes.decoration):
                # some builders know none, and stop
                warn("meta", __("a page's header or footer is left out"), location=node[0])
                node.parent.remove(node)
            self.disarm_attributes(node)

    def disarm_attributes(self, node: nodes.Element) -> None:
        """Take out what writers and browsers would do more with than name a thing."""
        # extensions give some nodes a style of the page's author
        node.attributes.pop("style", None)
        # one of the values has docutils read the file itself
        node.attributes.pop("loading", None)
        if "alt" in node:
            # in a manual a line may be a command
            node["alt"] = " ".join(node["alt"].split())
        classes: list[str] = node.get("classes", [])
        for name in filter(MARKUP.search, classes.copy()):
            message = __("the class %r is left out; no name may hold markup")
            warn("class", message, name, location=node)
            classes.remove(name)

    def leave_out(
        self, node: nodes.Element, subtype: str, message: str, *arguments: object
    ) -> None:
        """Put in a node's place what text it has."""
        warn(subtype, message, *arguments, location=node)
        text = "" if isinstance(node, nodes.raw) else node.get("alt", "") or node.astext()
        node = self.block_around(node, keep=bool(text))
        assert node.parent is not None
        inline = isinstance(node.parent, nodes.TextElement)
        new = nodes.inline(text, text) if inline else nodes.paragraph(text, text)
        if text:
            replace(node, new)
        else:
            node.parent.remove(node)

    def block_around(self, node: nodes.Element, *, keep: bool) -> nodes.Element:
        """Put a link of an image, which stands between blocks, into a block of its own.

        Writers stop at one around anything else.

        :param keep: whether something will be left in the link.
        :return: what is to be replaced or removed: the link itself if nothing is left in it.
        """
        link = node.parent
        between = isinstance(link, nodes.reference) and not isinstance(
            link.parent, nodes.TextElement
        )
        # one that was left out itself stands nowhere
        if not between or link not in link.parent.children:
            return node
        if keep:
            block = nodes.paragraph()
            link.parent.replace(link, block)
            block += link
        return node if keep else link

    def is_foreign(self, address: str) -> bool:
        scheme = scheme_of(address)
        return bool(scheme) and scheme not in LINKS

    def is_own_image(self, uri: str) -> bool:
        if scheme_of(uri) or uri.startswith("//"):
            return False
        # the one that Sphinx takes where it lies beside: x.png, x.zh_CN.png
        translated = search_image_for_language(uri, self.env)
        _relative, path = self.env.relfn2path(translated, self.env.docname)
        file = Path(path)
        return not (
            is_link(file, Path(self.env.srcdir))
            or file.suffix.lower() not in IMAGES
            or MARKUP.search(file.name)
        )

    def check_entries(self, node: addnodes.toctree) -> None:
        for title, target in list(node["entries"]):
            if self.is_foreign(target):
                message = __("the link to %r is left out; allowed: %s")
                warn("link", message, target, ", ".join(LINKS), location=node)
                node["entries"].remove((title, target))


def replace(node: nodes.Element, new: nodes.Element) -> None:
    new.source, new.line = node.source, node.line
    new["ids"], new["classes"] = node["ids"], node["classes"]
    assert node.parent is not None
    node.parent.replace(node, new)


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_message_catalog(CATALOG, str(HERE / "locale"))
    app.add_config_value("untrusted", False, "env", bool)
    app.connect("config-inited", switch_off)
    # after Sphinx has all suffixes of pages
    app.connect("config-inited", leave_out_pages, priority=900)
    app.connect("builder-inited", set_docutils)
    # after all that read the header for themselves
    app.connect("source-read", disarm_source, priority=900)
    app.add_transform(Disarm)
    return {
        "version": "1.0",
        "env_version": CODE,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
