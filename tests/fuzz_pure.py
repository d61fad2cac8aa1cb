"""Coverage-guided fuzzing of what imports no docutils; ``make fuzz`` runs it.

Whatever the input, none may raise, and what each promises of its result must hold.
"""

from __future__ import annotations

import re
import sys

import atheris

with atheris.instrument_imports():
    from emendation import parse
    from section_compare import matching
    from section_compare.phrases import find as phrases
    from section_compare.read import header as frontmatter

BLANK = re.compile(r"(?<![A-Za-z])X{2,}|_{3,}|a*")


def one_input(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")  # a byte that is none: a lone surrogate
    values, places, problems = frontmatter.parse_yaml(f"---\n{text}\n---\n")
    for problem in problems + frontmatter.validate(values, places)[2]:
        assert len(problem.message % problem.args) < 2000 + len(text)
        assert 1 <= problem.line <= text.count("\n") + 3
    for line, topic, _dropped in matching.marks_in_source(text):
        assert f".topic-{topic}" in text.split("\n")[line - 1]
    title, _, pattern = text.partition("\n")
    assert matching.strip_number(title) in title
    matching.title_matches(title, [pattern])
    assert not pattern or matching.title_matches(pattern, [matching.strip_number(pattern)])
    blocks = [(name, part) for name, part in zip("abab", text.split("\n"), strict=False)]
    shared = phrases.find(blocks, 2)
    for (_report, block), found in zip(blocks, shared.marks, strict=True):
        for mark in found:
            assert block[mark.start : mark.end] == shared.phrases[mark.phrase].text
    assert "".join(part for part, _blank in parse.pieces(text, BLANK)) == text
    sides = parse.split(text)
    assert sides is None or "=>" in text
    guess = parse.nearest(text)
    assert sides is not None or not guess or parse.split(guess)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
