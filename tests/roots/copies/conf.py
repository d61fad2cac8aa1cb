"""A project whose reports hold everything that a passage may contain."""

project = "copies"
extensions = ["myst_parser", "sphinx_design", "section_compare"]
myst_enable_extensions = [
    "attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath", "substitution",
]  # fmt: skip
myst_heading_anchors = 4
myst_substitutions = {"unit": "the *second* unit"}
suppress_warnings = ["epub.unknown_project_files"]
numfig = True
html_theme = "basic"
version = release = "1"
copyright = "x"
