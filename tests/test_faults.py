"""A build that breaks, and the next one: it ends in what a clean build gives, or says why not."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from break_build import Broken
from break_build import build as run_broken
from conftest import ROOT, Project
from section_compare import freshness
from section_compare.domain import SectionCompareDomain
from small import assert_same, build_and_keep, check_clean, clean, contents, keep, put_back
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError

pytestmark = pytest.mark.full

Edit = Callable[[Project], None]


def edit_passage(project: Project) -> None:
    project.edit("a.md", "满意程度", "满意率")


def edit_title(project: Project) -> None:
    project.edit("b.md", "# 乙", "# 改名的乙")


def edit_plain_pages(project: Project) -> None:
    project.edit("plain.md", "普通", "另外")
    project.edit("part.txt", "一段", "改过的")


def edit_settings(project: Project) -> None:
    project.edit("conf.py", '"P"', '"改过的名字"')


def edit_page_settings(project: Project) -> None:
    """Sphinx notes such at once, before it reads or writes."""
    project.edit("conf.py", 'html_theme = "basic"', 'html_theme = "basic"\nhtml_title = "改"')


def remove_report(project: Project) -> None:
    (project.source / "b.md").unlink()
    project.edit("index.md", "b\n", "")


EDITS = [
    edit_passage,
    edit_title,
    edit_plain_pages,
    edit_settings,
    edit_page_settings,
    remove_report,
]


def break_build(
    project: Project,
    way: str,
    when: int | str,
    *more: str,
    builder: str = "html",
    modes: bool = False,
) -> Broken:
    """Build as ``sphinx-build -n`` does in a process that breaks; see ``break_build.py``."""
    doctrees, output = project.output / "doctrees", project.output / builder
    return run_broken(
        way,
        when,
        str(project.output),
        *("-q", "-n", "-b", builder, "-d", str(doctrees), *more),
        *(str(project.source), str(output)),
        modes=modes,
    )


def find_moments(project: Project, builder: str = "html") -> list[str]:
    """The files that the build that is due touches, in order."""
    done = break_build(project, "none", 0, builder=builder)
    assert done.status == 0, done.said
    return done.said.splitlines()


def check_mended(project: Project, expected: dict[str, bytes], builder: str = "html") -> None:
    project.build(builder, warnings=True)
    assert_same(contents(project, builder), expected)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Path]:
    return build_and_keep(tmp_path_factory.mktemp("faults"), ("html", "dirhtml", "text", "epub"))


@pytest.fixture
def project(built: tuple[Project, Path]) -> Project:
    """The small project as it was built by four builders, to be edited and broken."""
    put_back(*built)
    return built[0]


# What a build touches while it reads, saves what it read, writes, and notes what it wrote.
PHASES = {
    "read": r"\.doctree",
    "save": r"environment\.pickle",
    "write": r"\.html|\.js|\.inv",
    "note": r"\.section_compare\.html\.\w+",
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_killed_build_is_made_good(project: Project, tmp_path: Path, edit: Edit) -> None:
    """Killed in each phase, between two files or within one."""
    edit(project)
    kept = tmp_path / "kept"
    keep(project, kept)
    moments = find_moments(project)
    expected = clean(project)
    choice = random.Random(edit.__name__)
    phases = {
        phase: [n for n, name in enumerate(moments, 1) if re.search(f"/[^/]*(?:{files})$", name)]
        for phase, files in PHASES.items()
    }
    if edit is edit_page_settings:  # no page is read again
        assert not phases.pop("read")
    for phase, found in phases.items():
        moment = choice.choice(found)
        way = "kill" if phase == "note" else choice.choice(["kill", "cut"])
        put_back(project, kept)
        done = break_build(project, way, moment)
        assert -done.status in (signal.SIGKILL, signal.SIGXFSZ), (way, moment, done.said)
        check_mended(project, expected)


@pytest.mark.parametrize("builder", ["text", "epub"])
def test_a_killed_build_is_made_good_by_other_builders(
    project: Project, tmp_path: Path, builder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    project.build(builder, warnings=True)
    edit_plain_pages(project)
    kept = tmp_path / "kept"
    keep(project, kept)
    moments = len(find_moments(project, builder))
    expected = clean(project, builder)
    expected.pop("P.epub", None)  # it holds the times of its files; the files are compared
    # at the last the record takes its name, and nothing is left to be cut; one build may copy
    # a file or two fewer than another
    for moment in random.Random(builder).sample(range(1, moments - 3), 2):
        put_back(project, kept)
        assert break_build(project, "cut", moment, builder=builder).status < 0
        project.build(builder, warnings=True)
        found = contents(project, builder)
        found.pop("P.epub", None)
        assert found == expected


@pytest.mark.parametrize(("way", "when"), [("kill", "plain.doctree"), ("cut", ".buildinfo")])
def test_settings_noted_by_a_killed_build(project: Project, way: str, when: str) -> None:
    """Sphinx notes them before it writes any page, so the next build finds no difference."""
    project.build()
    edit_page_settings(project)
    edit_plain_pages(project)
    assert break_build(project, way, when).status < 0
    project.build()
    check_clean(project)


def test_settings_cut_short_by_a_kill_that_had_nothing_to_write(project: Project) -> None:
    project.build()
    assert break_build(project, "cut", ".buildinfo").status < 0
    project.build()
    check_clean(project)


def test_a_page_half_written_by_a_kill_is_written_again(project: Project) -> None:
    """Its file is there and newer than its source, so Sphinx takes it for whole."""
    project.build()
    edit_plain_pages(project)
    assert -break_build(project, "cut", "plain.html").status == signal.SIGXFSZ
    assert (project.output / "html/plain.html").stat().st_size == 100
    project.build()
    check_clean(project)


def test_an_edit_taken_back_after_a_kill(project: Project) -> None:
    """The doctree that the killed build left is not taken for the one of the text restored."""
    project.build()
    page, old = project.source / "a.md", (project.source / "a.md").read_bytes()
    times = page.stat()
    edit_passage(project)

    def kill(_app: Sphinx, _env: object) -> None:
        raise KeyboardInterrupt  # Sphinx deletes no environment for it, as for a kill

    with pytest.raises(KeyboardInterrupt):
        project.build(at={"env-updated": kill})
    page.write_bytes(old)
    os.utime(page, ns=(times.st_atime_ns, times.st_mtime_ns))
    edit_title(project)  # a page that copies both is written again
    project.build()
    check_clean(project)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_page_cut_short_by_a_full_disk_is_written_again(project: Project, jobs: str) -> None:
    """Sphinx only warns of a page that it cannot write, and goes on."""
    project.build()
    edit_plain_pages(project)
    done = break_build(project, "short", "plain.html", "-j", jobs)
    assert re.search(r"plain\.html: \[Errno \d+\]", done.said)
    assert (project.output / "html/plain.html").stat().st_size == 100
    project.build(warnings=True)
    check_clean(project)


@pytest.mark.parametrize(
    "when", ["a.doctree", "environment.pickle", "plain.html", ".section_compare.html.tmp"]
)
def test_a_disk_that_stays_full_is_named(project: Project, when: str) -> None:
    shutil.rmtree(project.output)
    done = break_build(project, "full", when)
    assert done.status != 0
    assert "[Errno 27]" in done.said or "File too large" in done.said
    project.build(warnings=True)
    check_clean(project)


def test_a_read_only_output_is_named(project: Project) -> None:
    project.build()
    expected = contents(project)
    edit_passage(project)
    (project.output / "html").chmod(0o555)
    done = break_build(project, "none", 0, modes=True)
    (project.output / "html").chmod(0o755)
    assert done.status != 0
    assert "the output folder cannot be written to: [Errno 13]" in done.said
    assert contents(project) == expected
    project.build()
    check_clean(project)


def test_a_report_in_another_encoding_is_named(project: Project) -> None:
    text = (project.source / "a.md").read_text(encoding="utf-8")
    (project.source / "a.md").write_bytes(text.encode("gb18030"))
    with pytest.raises(SphinxError, match=r"a\.md:5: found the byte 0xbc, allowed is"):
        project.build()


def test_a_report_that_cannot_be_read_is_named(project: Project) -> None:
    (project.source / "a.md").chmod(0)
    done = break_build(project, "none", 0, modes=True)
    assert "WARNING: Ignored unreadable document 'a.md'" in done.said


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "1", '{"settings": "x", "tree": "", "pages": [], "files": 1}',
             '{"settings": 1, "tree": "", "pages": {"a": [1]}, "files": {"a.html": ["x"]}}',
             '{"settings": 1, "tree": "", "pages": {}, "files": {"a.html": [1], "": [1, 2]}}', "\0",
             '{"settings": 1e999, "tree": "", "pages": {}, "files": {}}',
             '{"settings": 1, "tree": "", "pages": {}, "files": {"a\\u0000b": null}}'],
)  # fmt: skip
def test_a_record_that_cannot_be_read_is_none(project: Project, text: str) -> None:
    """All pages are written again, whether or not they were edited."""
    (project.output / "html/aims.html").write_text("half")
    (project.output / "html/.section_compare.html.json").write_text(text)
    project.build(warnings=True)
    check_clean(project)


def test_a_record_in_no_encoding_is_none(project: Project) -> None:
    (project.output / "html/aims.html").write_text("half")
    (project.output / "html/.section_compare.html.json").write_bytes(b"\xff\xfe{")
    project.build(warnings=True)
    check_clean(project)


def test_an_environment_of_another_version_is_not_used(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Facts and doctrees that another state of the code noted are not read."""
    monkeypatch.setattr(SectionCompareDomain, "data_version", 1)
    project.build()
    monkeypatch.undo()
    project.build(at={"env-before-read-docs": assert_all_are_read})
    monkeypatch.setattr(freshness, "CODE", 1)
    project.build(at={"env-before-read-docs": assert_all_are_read})


def test_an_environment_of_other_code_is_not_used(project: Project) -> None:
    """An edit counts at once, with no number to remember."""
    shutil.copytree(ROOT / "_ext", project.source / "_ext")
    project.edit("conf.py", str(ROOT / "_ext"), str(project.source / "_ext"))
    project.edit("conf.py", '"words"]', '"words", "section_search"]')
    places = (str(project.source), str(project.output))

    def is_refused() -> bool:
        done = run_broken("none", 0, str(project.output), *places)
        assert done.status == 0, done.said
        return "build environment version not current" in done.said

    assert not is_refused()
    for name in ("section_compare", "emendation", "section_search"):
        with (project.source / "_ext" / name / "__init__.py").open("a") as code:
            code.write("# edited")
        assert is_refused(), name
    assert not is_refused()


def assert_all_are_read(_app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    assert set(docnames) == env.found_docs


def test_pages_that_another_version_wrote_are_written_again(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In each output, though another read the documents again."""
    project.build("html")
    before = project.times()
    monkeypatch.setattr(freshness, "CODE", 1)
    project.build("text")
    project.build("html")
    after = project.times()
    assert before["aims.html"] != after["aims.html"]
    assert before["plain.html"] != after["plain.html"]
