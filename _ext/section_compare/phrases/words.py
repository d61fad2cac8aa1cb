"""Tell whether a phrase begins or ends within a word. Pure: imports no docutils.

No dictionary is needed: what two characters are a word shows in how often they stand beside each
other in the texts at hand. The first character of a phrase belongs to the word before it where it
stands beside the character before it no less often than beside the one after it, at every place of
the phrase (科室|负责人, not 科|室负责人); likewise the last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from ..matching import HAN


def count_pairs(texts: Iterable[str]) -> Counter[str]:
    """How often each two Han characters stand beside each other in texts."""
    return Counter(
        first + second
        for text in texts
        for run in HAN.findall(text)
        for first, second in pairwise(run)
    )


def whole_words(
    phrase: str, places: Sequence[tuple[str, int]], pairs: Counter[str]
) -> tuple[int, int]:
    """How many characters to leave out at the start and at the end of a phrase: none or one.

    :param places: the texts that the phrase stands in, each with its offset there.
    :param pairs: of ``count_pairs``; of a pair that is none of Han characters it has no number.
    """
    if len(phrase) < 3:
        return 0, 0
    first, last, after = pairs[phrase[:2]], pairs[phrase[-2:]], len(phrase)
    starts = all(at and pairs[text[at - 1 : at + 1]] >= first > 0 for text, at in places)
    ends = all(pairs[text[at + after - 1 : at + after + 1]] >= last > 0 for text, at in places)
    return int(starts), int(ends)
