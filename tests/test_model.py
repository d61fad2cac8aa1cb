"""What makes a page a report, which id it has, and what stands in some builds only."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pytest
from section_compare.matching import common_folder, ids_of_paths
from section_compare.read.header import parse_yaml, validate

if TYPE_CHECKING:
    from conftest import MakeProject, Project

CONF = """
import sys
project = "P"
copyright = "x"
extensions = ["myst_parser", "sphinx.ext.ifconfig", "sphinx.ext.todo", "section_compare"]
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist"]
todo_include_todos = False
epub_uid = epub_identifier = "x"
"""


@pytest.mark.parametrize(
    ("paths", "taken", "ids"),
    [
        (["0001-private", "0002-Types"], set(), ["0001-private", "0002-types"]),
        (["a/readme", "b/readme", "b/other"], set(), ["a-readme", "b-readme", "other"]),
        (["x/a/readme", "y/a/readme"], set(), ["x-a-readme", "y-a-readme"]),
        (["县交通局", "2021 年/总结"], set(), ["县交通局", "总结"]),
        (["v1.0_final!"], set(), ["v1.0-final"]),
        (["a b", "a-b"], set(), ["a-b-1", "a-b-2"]),
        (["a b/c", "a-b/c"], set(), ["a-b-c-1", "a-b-c-2"]),
        (["!!", "??"], set(), ["1", "2"]),
        (["one", "two"], {"one"}, ["one-1", "two"]),
        ([], set(), []),
    ],
)
def test_an_id_is_as_much_of_the_path_as_tells_documents_apart(
    paths: list[str], taken: set[str], ids: list[str]
) -> None:
    assert ids_of_paths(paths, taken) == dict(zip(paths, ids, strict=True))


@pytest.mark.parametrize(
    ("globs", "common"),
    [
        (["text/*"], "text/"),
        (["docs/rfcs/*", "docs/peps/*"], "docs/"),
        (["a/b/*", "a/b/c/**"], "a/b/"),
        (["*"], ""),
        (["report-*"], ""),
        ([], ""),
    ],
)
def test_what_globs_have_in_common_tells_no_document_apart(globs: list[str], common: str) -> None:
    assert common_folder(globs) == common


@pytest.mark.parametrize("id_", ["0010", "1.2", "017", "1e3", "yes", "v1.0-final"])
def test_the_id_of_a_report_stays_as_it_is_written(id_: str) -> None:
    values, places, problems = parse_yaml(f"---\nreport: {id_}\n---\n")
    report, _topic, more = validate(values, places)
    assert report is not None
    assert (report.id, problems + more) == (id_, [])


@pytest.fixture
def conditional(make_project: MakeProject) -> Project:
    return make_project({
        "conf.py": CONF + "draft = True\ndef setup(app):\n"
        '    app.add_config_value("draft", True, "env")\n',
        "index.md": "# I\n\n```{toctree}\na\nb\ncare\n```\n\n:::{section-coverage}\n:::\n\n"
        ":::{section-phrases}\n:shared: 6\n:::\n",
        "care.md": "---\ntopic: care\n---\n# Care\n\n:::{section-compare}\n:shared: 6\n:::\n",
        "b.md": "---\nreport: b\n---\n# B\n\n{.topic-care}\n见机密段落也有的共同话语。\n",
        "a.md": """---
report: a
---
# A

{.topic-care}
公开文。

````{only} internal
{.topic-care}
机密段落也有的共同话语。
````

````{only} html
{.topic-care}
网页段落。
````

````{only} latex
{.topic-care}
纸上段落。
````

````{container} topic-care
头

```{only} internal
里面的机密。
```

```{ifconfig} draft
草稿里的话。
```

```{todo}
待办的话。
```
````
""",
    })  # fmt: skip


def article(project: Project, page: str) -> str:
    return project.page(page).get_text("\n")


def shown(project: Project, builder: str, page: str) -> str:
    suffix = {"html": ".html", "text": ".txt", "dirhtml": "/index.html"}[builder]
    return (project.output / builder / f"{page}{suffix}").read_text(encoding="utf-8")


@pytest.mark.builds
def test_hidden_text_is_hidden_in_copies_counts_and_lists(conditional: Project) -> None:
    conditional.build("html")
    page = article(conditional, "care")
    assert "网页段落" in page
    assert "草稿里的话" in page
    for hidden in ("机密", "纸上段落", "待办"):
        assert hidden not in page.replace("见机密段落也有的共同话语", "")
    home = article(conditional, "index")
    # 公开文。 网页段落。 头 草稿里的话。
    assert "\n16\n" in home
    assert "共同话语" not in home  # only one report says it here


@pytest.mark.builds
def test_each_build_judges_for_itself(conditional: Project) -> None:
    """HTML, then text, on one folder of doctrees; then a tag, then a setting, is changed."""
    conditional.build("html")
    conditional.build("text")
    page = shown(conditional, "text", "care")
    assert "公开文" in page
    assert "网页段落" not in page
    conditional.build("html", tags=["internal"])
    assert "里面的机密" in shown(conditional, "html", "care")
    assert "共同话语" in shown(conditional, "html", "index")
    conditional.build("html")
    assert "里面的机密" not in shown(conditional, "html", "care")
    conditional.write("conf.py", (conditional.source / "conf.py").read_text("utf-8").replace(
        "draft = True", "draft = False"))  # fmt: skip
    conditional.build("html")
    assert "草稿里的话" not in shown(conditional, "html", "care")


@pytest.mark.builds
def test_reports_are_told_by_their_paths(make_project: MakeProject) -> None:
    """Equal names in two folders, capitals, several titles of the first level, a header beside."""
    project = make_project({
        "conf.py": CONF + 'section_compare_reports = ["text/**"]\n',
        "index.md": "# I\n\n```{toctree}\n:glob:\ntext/**\nroads\n```\n",
        "roads.md": "---\ntopic: roads\nheadings: [Roads]\n---\n# R\n\n:::{section-compare}\n:::\n",
        "text/One.md": "- Start: 2021\n\n# Roads\n\nalpha\n\n# Motivation\n\nx\n",
        "text/a/readme.md": "# Title A\n\n## Roads\n\nbeta\n",
        "text/b/readme.md": "# Title B\n\n## Roads\n\ngamma\n",
        "text/named.md": "---\nreport: mine\nshort_title: Mine\n---\n# T\n\n## Roads\n\ndelta\n",
        "other.md": "---\norphan: true\n---\n# Other\n\n## Roads\n\nepsilon\n",
    })  # fmt: skip
    project.build("html")
    page = project.page("roads")
    cells = {
        str(cell["data-report"]): cell.select(".section-compare-name")[0].get_text()
        for cell in page.select(".section-compare-cell")
    }
    assert cells == {
        "one": "One", "a-readme": "Title A", "b-readme": "Title B", "mine": "Mine",
    }  # fmt: skip
    assert "alpha" in page.get_text()
    assert "epsilon" not in page.get_text()


@pytest.mark.builds
def test_a_passage_is_linked_by_its_topic_and_both_topics_answer(
    make_project: MakeProject,
) -> None:
    topic = "---\ntopic: {0}\n---\n# {0}\n\n:::{{section-compare}}\n:::\n"
    project = make_project({
        "conf.py": CONF,
        "index.md": "# I\n\n```{toctree}\na\ncare\nlaw\n```\n\n{any}`care`, {any}`a report`, "
        "{section-compare:topic}`law`, [x](#label)\n".replace("{any}`a report`", "{any}`rep`"),
        "care.md": topic.format("care"),
        "law.md": topic.format("law"),
        "a.md": "---\nreport: rep\n---\n# A\n\n{.topic-care .topic-law}\none\n\ngap\n\n"
        "{.topic-law}\ntwo\n\n(label)=\n## care\n\n{.topic-care}\nthree\n",
    })  # fmt: skip
    project.build("html")
    report = project.page("a")
    links = {
        name: [link["href"] for link in project.page(name).select(".section-compare-name a")]
        + [link["href"] for link in project.page(name).select(".section-compare-place a")]
        for name in ("care", "law")
    }
    # the section's own id is care: ours stepped aside
    assert links == {
        "care": ["a.html#care_2", "a.html#care_3"],
        "law": ["a.html#law", "a.html#law_2"],
    }
    for page in links.values():
        for link in page:
            assert report.find(id=str(link).partition("#")[2]) is not None
    home = project.page("index")
    assert [link["href"] for link in home.select("article p a, .body p a")][:4] == [
        "care.html", "a.html", "law.html", "a.html#label",
    ]  # fmt: skip
    inventory = (project.output / "html" / "objects.inv").read_bytes()
    names = zlib.decompress(inventory.split(b"\n", 4)[4]).decode()
    assert "rep section-compare:report 1 a.html" in names
    assert "care section-compare:topic 1 care.html" in names


@pytest.mark.builds
def test_a_note_stands_under_the_name_of_its_report(make_project: MakeProject) -> None:
    project = make_project({
        "conf.py": CONF,
        "index.md": "# I\n\n```{toctree}\na\nb\ncare\n```\n",
        "a.md": "---\nreport: a\n---\n# A\n\n## Sec\n\n{.topic-care}\none\n",
        "b.md": "---\nreport: b\n---\n# B\n\n{.topic-care}\ntwo\n",
        "care.md": "---\ntopic: care\n---\n# C\n\n:::{section-compare}\na\n: Note *on* A.\n:::\n",
    })  # fmt: skip
    project.build("html")
    cells = project.page("care").select(".section-compare-cell")
    assert [cell.select_one(".section-compare-note-on") is not None for cell in cells] == [
        True, False,
    ]  # fmt: skip
    assert [place.get_text() for place in cells[0].select(".section-compare-place")] == ["Sec"]
    project.build("text")
    assert "Note *on* A." in shown(project, "text", "care")
    project.write(
        "care.md", "---\ntopic: care\n---\n# Care\n\n:::{section-compare}\nc\n: x\n\nplain\n:::\n"
    )
    project.build("html", warnings=True)
    assert [message.split(": ", 2)[0] for message in project.messages] == ["care.md:6", "care.md:6"]
    assert "allowed is a definition list" in project.messages[0]
    assert "unknown report 'c'; allowed: a, b" in project.messages[1]


@pytest.mark.builds
@pytest.mark.parametrize("builder", ["html", "text", "latex"])
def test_no_note_is_lost(make_project: MakeProject, builder: str) -> None:
    """On a report that says nothing, that is not chosen, or that has two."""
    project = make_project({
        "conf.py": CONF,
        "index.md": "# I\n\n```{toctree}\na\nb\nc\ncare\n```\n",
        "a.md": "---\nreport: a\n---\n# A\n\n{.topic-care}\none\n",
        "b.md": "---\nreport: b\n---\n# B\n\nnothing\n",
        "c.md": "---\nreport: c\nshort_title: See\n---\n# C\n\n{.topic-care}\nthree\n",
        "care.md": "---\ntopic: care\n---\n# Care\n\n:::{section-compare}\n:reports: a b\n\n"
        "a\n: First on A.\n\na\n: Second on A.\n\nb\n: On silent B.\n\n"
        "c\n: On absent C.\n:::\n",
    })  # fmt: skip
    project.build(builder)
    [path] = [*project.output.glob(f"{builder}/care.*"), *project.output.glob(f"{builder}/*.tex")]
    text = path.read_text(encoding="utf-8")
    notes = ("First on A.", "Second on A.", "On silent B.", "On absent C.")
    assert [text.count(note) for note in notes] == [1, 1, 1, 1]
    assert "See" in text[text.index("On silent B.") :]
    # no reader takes a note for the report's own words
    assert text.count('role="note"' if builder == "html" else "Note:") == 4


@pytest.mark.builds
def test_a_passage_may_begin_with_what_is_hidden(make_project: MakeProject) -> None:
    project = make_project({
        "conf.py": CONF,
        "index.md": "# I\n\n```{toctree}\na\ncare\n```\n\n:::{section-phrases}\n:::\n",
        "a.md": "---\nreport: a\n---\n# A\n\n```{todo}\n:class: topic-care\n\nhidden\n```\n\n"
        "{.topic-care}\nshown\n",
        "care.md": "---\ntopic: care\n---\n# Care\n\n:::{section-compare}\n:::\n",
    })  # fmt: skip
    project.build()
    assert "shown" in article(project, "care")
    assert "hidden" not in article(project, "care")
