"""Time the search for shared phrases, and how the time grows with the text.

Each size is a number of reports of 3,000 characters or somewhat more: whole sentences of the
real reports, which all share, or one in three of them among characters by chance. The exponent
says how the time grows from one size to the next: 1 is in step with the text.

    python benchmarks/phrases.py [SIZES ...]      default: 125 250 500
"""

from __future__ import annotations

import math
import random
import sys
import time

from collection import ROOT, words

sys.path.insert(0, str(ROOT / "_ext"))
from section_compare.phrases.find import find

CHARACTERS, BLOCK, LEAST, REPEATS = 3000, 300, 6, 3


def make(size: int, shared: float) -> list[tuple[str, str]]:
    """The blocks of *size* reports; *shared* is the part of sentences from the real ones."""
    chance = random.Random(size)
    sentences = words()
    characters = sorted(set("".join(sentences)))
    blocks = []
    for report in range(size):
        for _block in range(CHARACTERS // BLOCK):
            text = ""
            while len(text) < BLOCK:
                if chance.random() < shared:
                    text += chance.choice(sentences)
                else:
                    text += "".join(chance.choices(characters, k=chance.randint(4, 20))) + "，"
            blocks.append((f"r{report}", text))
    return blocks


def measure(sizes: list[int], shared: float) -> None:
    """Print the least time of several repeats for each size."""
    before: tuple[int, float] | None = None
    for size in sizes:
        blocks = make(size, shared)
        least = math.inf
        for _repeat in range(REPEATS):
            start = time.process_time()
            phrases = len(find(blocks, LEAST).phrases)
            least = min(least, time.process_time() - start)
        row = f"{size:5} reports  {least:6.2f} s  {phrases:5} phrases"
        if before:
            exponent = math.log(least / before[1]) / math.log(size / before[0])
            row += f"  exponent {exponent:.2f}"
        print(row, flush=True)
        before = size, least


if __name__ == "__main__":
    sizes = [int(argument) for argument in sys.argv[1:]] or [125, 250, 500]
    for shared in (1, 1 / 3):
        print(f"shared phrases, {shared:.0%} of the sentences shared; least of {REPEATS} repeats")
        measure(sizes, shared)
