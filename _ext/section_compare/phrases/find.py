"""Find the phrases that several reports share. Pure: imports no docutils.

The rule, in the order in which it is applied:

1. A phrase is a run of Han characters within one block. Punctuation, digits, Latin letters and
   white space end it, and so does a run's LONGEST_RUN-th character. Text without Han characters has
   runs of words, whatever their case; punctuation ends them. What is said of characters below
   holds for their words.
2. At each place the longest string is taken that stands in another report too. What lies
   within a longer one *at that place* is not taken there, but may be elsewhere.
3. Function words are trimmed from its ends (``trim``); what is shorter than the least length
   after that is dropped.
4. Where two of them overlap, the longer is marked whole, at equal length the one further left.
   What it leaves of the other is trimmed and marked too, if it is still long enough. So marks
   neither overlap nor nest.

Every place where a marked phrase stands is thus covered by marks at least in part: by its own,
or by those of the longer phrases it lies in, which name it (``Mark.others``).

The work is near linear in the text: every place is looked up once by the least number of
characters, and only places that share these are sorted, by what follows in their run.
"""

from __future__ import annotations

import heapq
import re
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from ..matching import HAN, HAN_RANGES

# A word of a script that parts words: letters and digits, an apostrophe or a hyphen within.
LETTERS = rf"[^\W_{HAN_RANGES}]+"
WORD = re.compile(rf"{LETTERS}(?:['’\-]{LETTERS})*")
# Of words, white space parts none from the next, and nothing else may stand between.
RUN = re.compile(rf"[{HAN_RANGES}]+|{WORD.pattern}(?:\s+{WORD.pattern})*")
# No sentence is as long without a comma. A run of one character over and over would else take
# memory in the square of its length.
LONGEST_RUN = 256
# Function words: particles, conjunctions and prepositions of one character. At the end of a
# phrase they belong to the sentence around it (以…为指导, 的工作), and the same phrase would be
# told apart by them. As parts of a word they stay: the words below are the common ones.
FUNCTION_WORDS = frozenset("的了着和与及或并而以为在对把将从向于由是等使")
WORDS_LEADING = """
    的确 了解 着力 着眼 着手 着重 和谐 和平 和睦 和美 与时俱进 与会 及时 及早 或许
    并举 并重 并行 并存 而且 以人为本 以人民 以及 以上 以下 以内 以外 以来 以往 以身作则
    以点带面 以德 以案 为民 为人 为主 为本 为先 为首 为何 在职 在岗 在校 在家 在线 在编 在建
    对照 对外 对内 对口 对接 对策 对标 对象 对比 对待 对应 对话 把握 把关 将来 从严 从事 从业
    从优 从政 从而 向上 向善 向往 于是 由来 是非 是否 等级 等待 使用 使命
"""
WORDS_TRAILING = """
    目的 明了 沉着 执着 总和 谦和 温和 平和 缓和 祥和 共和 调和 参与 给与 普及 涉及 顾及 触及
    合并 兼并 进而 反而 可以 得以 予以 加以 难以 足以 所以 行为 作为 成为 认为 人为 有为 更为
    较为 极为 尤为 最为 称为 分为 视为 存在 所在 现在 实在 潜在 内在 外在 旨在 重在 应对 针对
    面对 相对 绝对 反对 核对 比对 结对 即将 必将 服从 听从 方向 导向 动向 意向 面向 趋向 倾向
    取向 志向 走向 转向 关于 对于 由于 善于 勇于 敢于 乐于 甘于 位于 属于 至于 基于 鉴于 忠于
    便于 利于 高于 低于 用于 处于 在于 终于 过于 自由 理由 但是 就是 还是 只是 都是 实事求是
    平等 高等 同等 均等 中等 行使 促使 即使
"""
# Planes 15 and 16 are for private use. Of more words than they have places, some share one.
FIRST_WORD = 0xF0000
KEPT_LEADING = tuple(WORDS_LEADING.split())
KEPT_TRAILING = tuple(WORDS_TRAILING.split())


class Mark(NamedTuple):
    """A stretch of a block to be marked.

    ``phrase`` is the index of the phrase that stands there, ``others`` are those of shorter or
    overlapped phrases that stand there too, in whole or in part.
    """

    start: int
    end: int
    phrase: int
    others: tuple[int, ...] = ()


class Place(NamedTuple):
    """Where a phrase stands: the index of a block, and the offset in its text."""

    block: int
    start: int


@dataclass(frozen=True)
class Phrase:
    """A shared phrase and all the places where it stands, in order."""

    text: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Shared:
    """The phrases of a collection, in order of first mark, and the marks of each block."""

    phrases: tuple[Phrase, ...]
    marks: tuple[tuple[Mark, ...], ...]


class Run(NamedTuple):
    """A run of Han characters or of words: its block, its text, its report.

    ``text`` has a character for each unit, which begins at ``first`` in the block. A word's
    character is no Han character, and the same for the same word; ``spans`` are where each word
    stands.
    """

    block: int
    text: str
    report: str
    first: int
    spans: Sequence[tuple[int, int]] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the run stands in the block."""
        if self.spans:
            return self.spans[start][0], self.spans[end - 1][1]
        return self.first + start, self.first + end


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Move both ends of a phrase inwards over function words."""
    while (
        start < end
        and text[start] in FUNCTION_WORDS
        and not text.startswith(KEPT_LEADING, start, end)
    ):
        start += 1
    while (
        start < end
        and text[end - 1] in FUNCTION_WORDS
        and not text.endswith(KEPT_TRAILING, start, end)
    ):
        end -= 1
    return start, end


def common_prefix(one: str, other: str, known: int) -> int:
    """How many characters two texts have in common from the start, of which *known* are known."""
    most = min(len(one), len(other))
    while known < most:
        middle = (known + most + 1) // 2
        if one[known:middle] == other[known:middle]:
            known = middle
        else:
            most = middle - 1
    return known


class Index:
    """All places by their first *least* characters, as far as two reports share these.

    A place is one whole number, since a large collection has millions: the run's, times
    LONGEST_RUN, and the start in the run.
    """

    def __init__(self, runs: Sequence[Run], least: int) -> None:
        self.runs = runs
        self.least = least
        found: dict[str, array[int]] = {}
        for number, run in enumerate(runs):
            for start in range(len(run.text) - least + 1):
                seed = run.text[start : start + least]
                places = found.get(seed)
                if places is None:
                    places = found[seed] = array("Q")
                places.append(number * LONGEST_RUN + start)
        self.groups: dict[str, array[int]] = {}
        while found:
            seed, places = found.popitem()
            if len({runs[place // LONGEST_RUN].report for place in places}) > 1:
                self.groups[seed] = array("Q", sorted(places, key=self.rest))

    def rest(self, place: int) -> str:
        """What follows in the run from a place on."""
        number, start = divmod(place, LONGEST_RUN)
        return self.runs[number].text[start:]

    def longest(self) -> dict[int, array[int]]:
        """For each run, by start, the length of the longest string shared from there on, or 0.

        In the order of what follows, the nearest place of another report before or behind has
        the most in common.
        """
        lengths: dict[int, array[int]] = {}
        for places in self.groups.values():
            rests = [self.rest(place) for place in places]
            steps = [common_prefix(*pair, self.least) for pair in pairwise(rests)]
            for ordered, between in ((places, steps), (places[::-1], steps[::-1])):
                common, before = 0, self.runs[ordered[0] // LONGEST_RUN].report
                for place, step in zip(ordered[1:], between, strict=True):
                    number, start = divmod(place, LONGEST_RUN)
                    run = self.runs[number]
                    common = min(common, step) if run.report == before else step
                    before = run.report
                    if common:
                        known = lengths.get(number)
                        if known is None:
                            known = lengths[number] = array("H", [0] * len(run.text))
                        known[start] = max(common, known[start])
        return lengths

    def places(self, phrase: str) -> list[int]:
        """All places where a phrase stands, in order."""
        group = self.groups[phrase[: self.least]]

        def head(place: int) -> str:
            return self.rest(place)[: len(phrase)]

        first = bisect_left(group, phrase, key=head)
        return sorted(group[first : bisect_right(group, phrase, key=head)])


def tile(text: str, lengths: Sequence[int], least: int) -> list[tuple[int, int]]:
    """The stretches of one run to be marked, by rules 2 to 4.

    :param lengths: by start, how long the longest shared string is from there on, or 0.
    """
    queue: list[tuple[int, int, int]] = []

    def offer(start: int, end: int) -> None:
        start, end = trim(text, start, end)
        if end - start >= least:
            heapq.heappush(queue, (start - end, start, end))

    reach = 0
    for start, length in enumerate(lengths):
        if length and start + length > reach:
            reach = start + length
            offer(start, reach)
    taken: list[tuple[int, int]] = []
    while queue:
        _length, start, end = heapq.heappop(queue)
        # a stretch taken before is no shorter, so it covers one end of this one at least
        place = bisect_left(taken, (start, end))
        left = max([start, *(stop for _begin, stop in taken[max(place - 1, 0) : place])])
        right = min([end, *(begin for begin, _stop in taken[place : place + 1])])
        if (left, right) == (start, end):
            taken.insert(place, (start, end))
        else:
            offer(left, right)
    return taken


def find(blocks: Sequence[tuple[str, str]], least: int) -> Shared:
    """Find the shared phrases of a collection.

    :param blocks: the report's id and the reading text of each block, in reading order.
    :param least: how many Han characters, or words, a phrase must have, at least 1.
    :return: for the same blocks always the same.
    """
    runs = list(runs_in(blocks))
    index = Index(runs, least)
    lengths = index.longest()
    taken = {number: tile(runs[number].text, lengths[number], least) for number in sorted(lengths)}
    names: dict[str, int] = {}
    for number, stretches in taken.items():
        for start, end in stretches:
            names.setdefault(runs[number].text[start:end], len(names))
    places = {name: index.places(name) for name in names}
    standing = phrases_at(names, places, taken)
    marks: list[list[Mark]] = [[] for _block in blocks]
    for number, stretches in taken.items():
        run = runs[number]
        for start, end in stretches:
            own = names[run.text[start:end]]
            others = tuple(sorted(standing[number * LONGEST_RUN + start] - {own}))
            marks[run.block].append(Mark(*run.span(start, end), own, others))
    phrases = []
    for name in names:
        spans = [
            (runs[number].block, *runs[number].span(start, start + len(name)))
            for number, start in (divmod(place, LONGEST_RUN) for place in places[name])
        ]
        block, first, last = spans[0]
        found = tuple(Place(block, start) for block, start, _end in spans)
        phrases.append(Phrase(" ".join(blocks[block][1][first:last].split()), found))
    return Shared(tuple(phrases), tuple(tuple(found) for found in marks))


def runs_in(blocks: Sequence[tuple[str, str]]) -> Iterator[Run]:
    """The runs of Han characters and of words of all blocks, by rule 1."""
    numbers: dict[str, int] = {}

    def unit(word: str) -> str:
        """The character that stands for a word: of no script, or of none with Han."""
        number = numbers.setdefault(word.casefold(), len(numbers))
        return chr(FIRST_WORD + number % (sys.maxunicode + 1 - FIRST_WORD))

    for number, (report, text) in enumerate(blocks):
        for run in RUN.finditer(text):
            units, spans = run[0], list[tuple[int, int]]()
            if not HAN.match(units):
                words = list(WORD.finditer(text, *run.span()))
                units, spans = "".join(unit(one[0]) for one in words), [one.span() for one in words]
            for start in range(0, len(units), LONGEST_RUN):
                end = start + LONGEST_RUN
                yield Run(number, units[start:end], report, run.start() + start, spans[start:end])


def phrases_at(
    names: dict[str, int],
    places: dict[str, list[int]],
    taken: dict[int, list[tuple[int, int]]],
) -> dict[int, set[int]]:
    """For each stretch, by its place, the phrases that stand there, if only in part.

    :param names: the phrases and their indexes.
    :param places: where each stands.
    :param taken: the stretches of each run, in order.
    """
    found: dict[int, set[int]] = {}
    for name, phrase in names.items():
        for place in places[name]:
            number, start = divmod(place, LONGEST_RUN)
            stretches, end = taken[number], start + len(name)
            first = max(bisect_right(stretches, start, key=itemgetter(0)) - 1, 0)
            for begin, stop in stretches[first:]:
                if begin >= end:
                    break
                if stop > start:
                    found.setdefault(number * LONGEST_RUN + begin, set()).add(phrase)
    return found
