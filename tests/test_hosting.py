"""What hosts read holds by its published schema, and what a published page tells of itself."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from conftest import ROOT, Once, OpenPage, Project
from publishing import last_commits
from section_compare.read.header import parse_yaml
from test_lock import PYTHONS

ADDRESS = "https://example.org/fanwen/zh/"
SCHEMAS = {
    ".readthedocs.yaml": "vendor.readthedocs",
    ".github/workflows/checks.yml": "vendor.github-workflows",
    ".github/workflows/pages.yml": "vendor.github-workflows",
    ".github/dependabot.yml": "vendor.dependabot",
    ".github/ISSUE_TEMPLATE/config.yml": "vendor.github-issue-config",
    ".github/ISSUE_TEMPLATE/1-text.yml": "vendor.github-issue-forms",
    ".github/ISSUE_TEMPLATE/2-report.yml": "vendor.github-issue-forms",
    ".github/ISSUE_TEMPLATE/3-site.yml": "vendor.github-issue-forms",
    "CITATION.cff": "vendor.citation-file-format",
}


def run(*command: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def test_every_hosting_file_is_checked() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in [*ROOT.glob(".github/**/*.yml"), *ROOT.glob(".readthedocs.y*ml")]
    }
    assert found == {name for name in SCHEMAS if name != "CITATION.cff"}


@pytest.mark.full
@pytest.mark.parametrize("schema", sorted(set(SCHEMAS.values())))
def test_they_hold_by_their_schema(schema: str) -> None:
    """The schemas come with check-jsonschema: nothing is fetched."""
    names = [name for name in SCHEMAS if SCHEMAS[name] == schema]
    command = (program("check-jsonschema"), "--default-filetype", "yaml")
    result = run(*command, "--builtin-schema", schema, *names)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.full
def test_the_hook_holds_by_its_schema() -> None:
    """pre-commit brings its own."""
    result = run(program("pre-commit"), "validate-config", ".pre-commit-config.yaml")
    assert result.returncode == 0, result.stdout + result.stderr


def test_actions_are_pinned_and_jobs_end() -> None:
    for path in ROOT.glob(".github/workflows/*.yml"):
        text = path.read_text(encoding="utf-8")
        for action in re.findall(r"uses: (.*)", text):
            assert re.fullmatch(r"[\w/-]+@v\d+(\.\d+)*", action)
        for job in yaml.safe_load(text)["jobs"].values():
            assert job["timeout-minutes"] <= 60


def test_what_runs_our_code_may_write_nothing() -> None:
    """Neither by its rights nor by a token that a checkout leaves behind."""
    for path in ROOT.glob(".github/workflows/*.yml"):
        workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
        for job in workflow["jobs"].values():
            checkouts = [step for step in job["steps"] if "checkout@" in step.get("uses", "")]
            assert all(step["with"]["persist-credentials"] is False for step in checkouts)
            if any("run" in step for step in job["steps"]):
                rights = job.get("permissions", workflow["permissions"])
                assert checkouts
                assert set(rights.values()) == {"read"}


def test_hosts_run_what_people_run() -> None:
    """Each make target that a workflow or the hook names is one of the Makefile's."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?m)^([a-z-]+):.* ## ", makefile))
    for path in [*ROOT.glob(".github/workflows/*.yml"), ROOT / ".pre-commit-config.yaml"]:
        for line in re.findall(r"(?:run|entry): make (.*)", path.read_text(encoding="utf-8")):
            assert set(line.split()) <= targets


def test_hosts_and_nox_run_the_pythons_that_the_readme_names() -> None:
    """They are written in three places, since each of the readers has a format of its own."""
    text = (ROOT / ".github/workflows/checks.yml").read_text(encoding="utf-8")
    pythons = yaml.safe_load(text)["jobs"]["test"]["strategy"]["matrix"]["python"]
    nox = re.search(
        r"session\(python=(\[.*\])\)", (ROOT / "noxfile.py").read_text(encoding="utf-8")
    )
    assert nox
    assert yaml.safe_load(nox[1]) == pythons
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"Python {pythons[0]} to {pythons[-1]} and the packages" in readme
    assert list(PYTHONS) == pythons


def metas(site: Project, name: str, builder: str = "html") -> dict[str, str]:
    return {
        str(tag.get("property") or tag.get("name")): str(tag.get("content"))
        for tag in site.page(name, builder).select("meta[content]")
    }


def test_a_page_tells_what_it_is(site: Project) -> None:
    found = metas(site, "topics/care")
    header, _places, _problems = parse_yaml(
        (site.source / "topics/care.md").read_text(encoding="utf-8")
    )
    assert found["description"] == found["og:description"] == header["description"]
    assert found["og:title"] == "关心关爱职工"
    assert found["og:type"] == "article"
    assert found["twitter:card"] == "summary"
    assert found.keys().isdisjoint({"og:url", "og:image"})
    home = metas(site, "index")
    assert home["og:type"] == "website"
    assert home["description"] == "单位精神文明建设工作总结范文，按主题并排对读。"


def test_without_an_address_no_page_names_one(site: Project) -> None:
    page = site.page("index")
    assert page.select('link[rel="canonical"], .edit-this-page, .view-this-page') == []
    assert not (site.output / "html" / "sitemap.xml").exists()


@pytest.fixture
def addressed(
    once: Once, site: Project, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Project]:
    """The site as a builder writes it for its host, built once."""
    monkeypatch.setenv("READTHEDOCS_CANONICAL_URL", ADDRESS)

    def build(builder: str) -> Project:
        def make(folder: Path) -> None:
            Project(site.source, folder).build(builder)

        return Project(site.source, once(f"addressed-{builder}", make))

    return build


@pytest.mark.parametrize("builder", ["html", "dirhtml"])
def test_with_an_address_pages_name_their_own(
    addressed: Callable[[str], Project], builder: str
) -> None:
    hosted = addressed(builder)
    file, care = {
        "html": ("topics/care", f"{ADDRESS}topics/care.html"),
        "dirhtml": ("topics/care/index", f"{ADDRESS}topics/care/"),
    }[builder]
    [link] = hosted.page(file, builder).select('link[rel="canonical"]')
    found = metas(hosted, file, builder)
    assert link["href"] == found["og:url"] == care
    card = found["og:image"].removeprefix(ADDRESS)
    assert (hosted.output / builder / card).read_bytes().startswith(b"\x89PNG")
    tree = ElementTree.parse(hosted.output / builder / "sitemap.xml")
    listed = [
        loc.text or "" for loc in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    ]
    assert care in listed
    for address in listed:
        path = hosted.output / builder / address.removeprefix(ADDRESS)
        assert (path / "index.html" if path.is_dir() else path).is_file()
    pages = list((hosted.output / builder).rglob("*.html"))
    assert len(listed) == len(pages) - 3  # genindex, search, 404 are no documents


@pytest.mark.full
def test_edit_links_lead_to_the_pages_files(site_copy: Project) -> None:
    site_copy.edit("conf.py", 'REPOSITORY = ""', 'REPOSITORY = "https://github.com/owner/name"')
    site_copy.build()
    start = "https://github.com/owner/name/edit/main/"
    for name in ("index", "reports/community", "topics/care", "CONTRIBUTING"):
        [link] = site_copy.page(name).select(".edit-this-page a")
        assert link["href"] == f"{start}{name}.md"
        assert (site_copy.source / f"{name}.md").is_file()
    assert site_copy.page("index").select(".view-this-page") == []


@pytest.mark.parametrize("builder", ["html", "dirhtml"])
def test_the_404_page_works_at_any_address(
    addressed: Callable[[str], Project], builder: str
) -> None:
    """It needs no other file, and its links begin at the site's root on its host."""
    page = addressed(builder).page({"html": "404", "dirhtml": "404/index"}[builder], builder)
    assert page.select("[src], link") == []
    [form] = page.select("form")
    assert form["action"] == {
        "html": "/fanwen/zh/search.html", "dirhtml": "/fanwen/zh/search/",
    }[builder]  # fmt: skip
    assert [a["href"] for a in page.select("a")] == ["/fanwen/zh/"]


@pytest.mark.full
def test_an_address_needs_no_slash_at_its_end(
    site_copy: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_URL", ADDRESS.rstrip("/"))
    site_copy.build()
    page = site_copy.page("topics/care")
    [canonical] = page.select('link[rel="canonical"]')
    [image] = page.select('meta[property="og:image"]')
    assert canonical["href"] == f"{ADDRESS}topics/care.html"
    assert image["content"] == f"{ADDRESS}_static/social-card.png"
    places = re.findall("<loc>(.*?)</loc>", (site_copy.output / "html/sitemap.xml").read_text())
    assert f"{ADDRESS}topics/care.html" in places
    assert all(place.startswith(ADDRESS) for place in places)


def test_other_builders_have_no_404_page(site_by: Callable[[str], Project]) -> None:
    assert [name for name in site_by("epub").files("epub") if "404" in name] == []


@pytest.mark.full
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_404_page_fits(open_page: OpenPage, width: int, scheme: str) -> None:
    page = open_page("404.html", width=width, scheme=scheme)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    page.fill("input", "志愿")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=*")


def commit(folder: Path, day: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    when = f"{day}T12:00:00 +0000"
    run("git", "add", ".", folder=folder)
    result = subprocess.run(
        ["git", *who, "commit", "-q", "-m", "x"],
        cwd=folder, capture_output=True, text=True, check=False,
        env={"GIT_COMMITTER_DATE": when, "GIT_AUTHOR_DATE": when, "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert result.returncode == 0, result.stderr


def date(site: Project, name: str) -> str:
    found = site.page(name).select_one(".last-updated")
    return found.get_text().strip().removeprefix("最后更新：") if found else ""


@pytest.mark.full
def test_dates_are_those_of_the_last_commits(site_copy: Project) -> None:
    """Also on pages that are not read again, and in an output whose doctrees another one read."""
    site_copy.build()
    assert date(site_copy, "topics/care") == ""
    assert last_commits(site_copy.source) == {}  # no history
    run("git", "init", "-q", folder=site_copy.source)
    commit(site_copy.source, "2024-02-03")
    site_copy.edit("topics/care.md", ":::{section-compare}", "多一段。\n\n:::{section-compare}")
    site_copy.build("text")
    commit(site_copy.source, "2025-06-07")
    site_copy.build()
    assert date(site_copy, "topics/care") == "2025-06-07"
    assert date(site_copy, "topics/opening") == "2024-02-03"
    assert date(site_copy, "genindex") == ""
    first = site_copy.times()
    site_copy.write("tools.txt", "x")
    commit(site_copy.source, "2025-07-08")
    site_copy.edit("topics/opening.md", ":::{section-compare}", "多一段。\n\n:::{section-compare}")
    commit(site_copy.source, "2025-08-09")
    site_copy.build()
    again = site_copy.times()
    assert date(site_copy, "topics/opening") == "2025-08-09"
    assert {name for name in first if first[name] != again[name]} <= {
        "topics/opening.html", "index.html", "search.html", "genindex.html", "404.html",
        "guide/patterns.html",  # includes a part of it
    }  # fmt: skip


@pytest.mark.full
def test_a_shallow_clone_tells_no_dates(site_copy: Project, tmp_path: Path) -> None:
    run("git", "init", "-q", folder=site_copy.source)
    commit(site_copy.source, "2024-02-03")
    site_copy.write("note.txt", "x")
    commit(site_copy.source, "2025-06-07")
    clone = tmp_path / "clone"
    result = run("git", "clone", "-q", "--depth=1", f"file://{site_copy.source}", str(clone))
    assert result.returncode == 0, result.stderr
    shallow = Project(clone, tmp_path / "clone-output")
    shallow.build()
    assert date(shallow, "topics/care") == ""


def test_dates_of_a_folder_within_a_repository(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    for name in ("other.md", "docs/一.md", "docs/two.md"):
        (tmp_path / name).write_text("x\n", encoding="utf-8")
    run("git", "init", "-q", folder=tmp_path)
    commit(tmp_path, "2024-02-03")
    (tmp_path / "docs" / "two.md").write_text("y\n", encoding="utf-8")
    commit(tmp_path, "2025-06-07")
    assert last_commits(tmp_path / "docs") == {"一.md": "2024-02-03", "two.md": "2025-06-07"}
