"""A project of a few pages, each with something that search must see or leave alone."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "search"
extensions = ["myst_parser", "section_search", "readings"]
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence"]
html_theme = "furo"
language = "zh_CN"
exclude_patterns = ["*.txt"]
suppress_warnings = ["epub.unknown_project_files", "myst.header"]
section_search_pages = ("report", "报告")
section_search_tags = ("topic", "主题")
section_search_alternates = {"emendation": "source"}
version = release = "1"
copyright = "x"
