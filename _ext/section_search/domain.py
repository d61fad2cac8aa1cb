"""The sections of all documents, kept between builds; and the version of what is kept."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from sphinx.domains import Domain

from .index import pack

if TYPE_CHECKING:
    from collections.abc import Set

    from docutils.nodes import Element, reference
    from sphinx.addnodes import pending_xref
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

    from .index import Section

# The version of the environment: what another state of this code noted is not used.
CODE = zlib.crc32(
    b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
)


class SectionSearchDomain(Domain):
    """Sections by document, packed; a document that is not to be found has none."""

    name = "section-search"
    label = "section search"
    data_version = 3
    initial_data: ClassVar[dict[str, Any]] = {"sections": {}}

    @property
    def sections(self) -> dict[str, str]:
        return cast("dict[str, str]", self.data["sections"])

    def note_sections(self, docname: str, sections: tuple[Section, ...]) -> None:
        if sections:
            self.sections[docname] = pack(sections)

    def clear_doc(self, docname: str) -> None:
        self.sections.pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        for docname in docnames & otherdata["sections"].keys():
            self.sections[docname] = otherdata["sections"][docname]

    def resolve_any_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: pending_xref,
        contnode: Element,
    ) -> list[tuple[str, reference]]:
        """Nothing of this domain can be referred to."""
        return []

    def document_order(self) -> list[str]:
        """All documents as the toctree has them, then those that stand in none, by name."""
        listed = self.env.collect_relations()
        return [*listed, *sorted(self.env.all_docs.keys() - listed.keys())]


def get_domain(env: BuildEnvironment) -> SectionSearchDomain:
    """The domain of an environment, typed."""
    return cast("SectionSearchDomain", env.get_domain(SectionSearchDomain.name))
