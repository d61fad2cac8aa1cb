"""Files of pages gone are deleted from an output, and nothing that is not ours ever is."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from break_build import build as run_broken
from conftest import Project, copy_site
from small import build_and_keep, check_clean, put_back
from sphinx.application import Sphinx

RECORD = ".section_compare.html.json"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Path]:
    return build_and_keep(tmp_path_factory.mktemp("cleanup"), ("html", "dirhtml", "epub"))


@pytest.fixture(autouse=True)
def settled_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """An EPUB notes when it was made."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


@pytest.fixture
def project(built: tuple[Project, Path]) -> Project:
    put_back(*built)
    return built[0]


def remove(project: Project, name: str = "b") -> None:
    (project.source / f"{name}.md").unlink()
    project.edit("index.md", f"{name}\n", "")


def test_a_page_gone_goes_from_each_output(project: Project) -> None:
    remove(project)
    for builder, name in (("dirhtml", "b/index.html"), ("html", "b.html"), ("epub", "b.xhtml")):
        assert (project.output / builder / name).is_file()
        project.build(builder, warnings=True)
        assert not (project.output / builder / name).exists()


def test_a_page_in_no_toctree_goes_though_nothing_else_is_written(project: Project) -> None:
    (project.source / "links.md").unlink()
    project.build(warnings=True)
    check_clean(project)


def test_a_page_becomes_a_folder_of_the_same_address(project: Project) -> None:
    (project.source / "b").mkdir()
    (project.source / "b.md").rename(project.source / "b/index.md")
    project.edit("index.md", "b\n", "b/index\n")
    project.build("dirhtml", warnings=True)
    assert "再接再厉" in project.page("b/index", "dirhtml").get_text()
    check_clean(project, "dirhtml")


@pytest.mark.parametrize("again", [False, True])
def test_an_extra_file_put_where_a_page_was_stays(project: Project, again: bool) -> None:
    remove(project)
    project.write("extra/b.html", "moved")
    project.edit("conf.py", "import sys\n", "import sys\nhtml_extra_path = ['extra']\n")
    for _time in range(1 + again):
        project.build(warnings=True)
        assert (project.output / "html/b.html").read_text() == "moved"


@pytest.mark.parametrize("again", [False, True])
def test_a_redirect_put_where_a_page_was_stays(project: Project, again: bool) -> None:
    remove(project)
    project.write("templates/moved.html", "moved {{ pagename }}")
    conf = (
        "import sys\ntemplates_path = ['templates']\nhtml_additional_pages = {'b': 'moved.html'}\n"
    )
    project.edit("conf.py", "import sys\n", conf)
    for _time in range(1 + again):
        project.build(warnings=True)
        assert (project.output / "html/b.html").read_text() == "moved b"


def test_a_file_put_by_hand_where_a_page_was_stays(project: Project) -> None:
    remove(project)
    (project.output / "html/b.html").write_text("by hand")
    project.build(warnings=True)
    project.build(warnings=True)
    assert (project.output / "html/b.html").read_text() == "by hand"


def test_a_file_put_by_hand_stays_though_a_build_was_killed(project: Project) -> None:
    (project.output / "html/b.html").write_text("by hand")
    remove(project)
    places = (str(project.source), str(project.output / "html"))
    arguments = ("-q", "-d", str(project.output / "doctrees"), *places)
    assert run_broken("kill", "aims.html", str(project.output), *arguments).status < 0
    project.build(warnings=True)
    assert (project.output / "html/b.html").read_text() == "by hand"


def test_a_file_put_by_hand_after_a_killed_build_stays(project: Project) -> None:
    """Killed before the page that is gone was deleted, and it need not be that page any more."""
    remove(project)
    places = (str(project.source), str(project.output / "html"))
    arguments = ("-q", "-d", str(project.output / "doctrees"), *places)
    done = run_broken("kill", "environment.pickle", str(project.output), *arguments)
    assert done.status < 0
    assert (project.output / "html/b.html").is_file()
    (project.output / "html/b.html").write_text("by hand")
    project.build(warnings=True)
    assert (project.output / "html/b.html").read_text() == "by hand"


def test_what_a_killed_build_wrote_goes_with_its_document(project: Project) -> None:
    project.write("d.md", "---\norphan: true\n---\n\n# 丁\n")
    project.edit("plain.md", "普通的", "另外的")
    project.edit("b.md", "再接再厉", "再接")
    places = (str(project.source), str(project.output / "html"))
    arguments = ("-q", "-d", str(project.output / "doctrees"), *places)
    assert run_broken("kill", "plain.html", str(project.output), *arguments).status < 0
    assert (project.output / "html/d.html").is_file()
    (project.source / "d.md").unlink()
    remove(project)
    project.build(warnings=True)
    check_clean(project)


def test_nothing_is_deleted_once_writing_has_begun(project: Project) -> None:
    """On a disk blind to case, `B.html` and `b.html` are one file."""
    (project.source / "b.md").rename(project.source / "B.md")
    project.edit("index.md", "b\n", "B\n")
    seen = []

    def look(app: Sphinx, pagename: str, *_more: object) -> None:
        seen.append((Path(app.outdir) / "b.html").exists())

    project.build(warnings=True, at={"html-page-context": look})
    assert seen
    assert not any(seen)
    check_clean(project)


def test_what_a_record_names_elsewhere_stays(project: Project) -> None:
    html = project.output / "html"
    outside = project.output / "precious.html"
    outside.write_text("precious")
    (html / "mine.html").write_text("mine")
    (html / "link.html").symlink_to(outside)
    (html / "folder").symlink_to(project.output)
    names = ["../precious.html", str(outside), "link.html", "folder/precious.html", ".", ""]
    record = json.loads((html / RECORD).read_text())
    for name in names:
        stat = (html / name).stat()
        record["files"][name] = [stat.st_size, stat.st_mtime_ns]
    for pages in (record["pages"], None):
        (html / RECORD).write_text(json.dumps({**record, "pages": pages}))
        project.build(warnings=True)
        assert outside.read_text() == "precious"
        assert (html / "link.html").is_symlink()
        assert (html / "mine.html").is_file()


def test_a_record_that_cannot_be_read_deletes_nothing(project: Project) -> None:
    remove(project)
    (project.output / "html" / RECORD).write_text("{")
    project.build(warnings=True)
    assert (project.output / "html/b.html").is_file()


def test_named_files_keep_what_the_record_lists(project: Project) -> None:
    """Of pages not written this time it is known later what they are."""
    project.edit("plain.md", "普通的", "另外的")
    project.build(names=["plain.md"], warnings=True)
    remove(project)
    project.build(warnings=True)
    check_clean(project)


def test_an_image_gone_goes(project: Project) -> None:
    for builder in ("html", "epub"):
        assert (project.output / builder / "_images/dot.png").is_file()
    project.edit("plain.md", "```{image} dot.png\n```\n", "")
    for builder in ("html", "epub"):
        project.build(builder, warnings=True)
        check_clean(project, builder)


@pytest.mark.builds
def test_a_second_epub_is_like_a_clean_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report that is gone is not packed, and the cover stands once."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    copy_site(tmp_path / "site")
    project = Project(tmp_path / "site", tmp_path / "output")
    project.build("epub")
    (project.source / "reports/organization.md").unlink()
    index = project.source / "index.md"
    lines = index.read_text(encoding="utf-8").splitlines(keepends=True)
    index.write_text("".join(one for one in lines if "organization>" not in one), encoding="utf-8")
    project.build("epub", warnings=True)
    [book] = (project.output / "epub").glob("*.epub")
    other = Project(project.source, tmp_path / "clean")
    other.build("epub", warnings=True)
    [expected] = (other.output / "epub").glob("*.epub")
    assert packed(book) == packed(expected)
    with zipfile.ZipFile(book) as file:  # the time given, so that the bytes are the same too
        assert {one.date_time for one in file.infolist()} == {(2023, 11, 14, 22, 13, 20)}
    spine = packed(book)["content.opf"].decode()
    assert "organization.xhtml" not in spine.replace("topics/organization.xhtml", "")


def packed(book: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(book) as file:
        return {name: file.read(name) for name in file.namelist()}
