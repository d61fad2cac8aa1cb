# Every command a builder or contributor needs; `make help` lists them.
PYTHON ?= python3
# pip checks hashes where the file has them; requirements.txt takes the newest within its bounds
REQUIREMENTS ?= requirements.lock
VENV := .venv
BIN := $(VENV)/bin
CATALOGS := $(wildcard _ext/*/locale/*/LC_MESSAGES/*.po locales/*/LC_MESSAGES/*.po)
# A builder each has doctrees of its own; in the EPUB's folder they would be packed.
SPHINX = -b $(1) -d _build/doctrees/$(1) -W --keep-going -n -j auto

UNWATCHED := _build .venv .git tests */__pycache__/*
# The variables given on the command line, as options: make new-report SHORT_TITLE=... gives
# --short-title '...'. A value is taken as it was typed: make and the shell expand nothing in it.
FIELDS := FROM ID TITLE SHORT_TITLE ORGANIZATION PERIOD DESCRIPTION GROUP HEADINGS
unexport $(FIELDS)
define newline


endef
typed = '$(subst ','\'',$(if $(findstring $(newline),$(value $(1))),$(error $(1) 里不能有换行),$(value $(1))))'
given = $(foreach name,$(1),$(if $(filter command line,$(origin $(name))),\
	--$(shell echo $(name) | tr A-Z_ a-z-) $(call typed,$(name))))

.DEFAULT_GOAL := help
.PHONY: help html pdf epub need-tex live check fix reviewed new-report new-topic hook test test-all lint fmt messages \
	bench fuzz versions mutation lock audit clean

help: ## list these commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "Python's venv module is missing; on Debian: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Each requirements file has a stamp of its own, and the last one installed is the only one.
SITE := $(VENV)/$(notdir $(REQUIREMENTS)).stamp
$(SITE): $(REQUIREMENTS) | $(VENV)/pyvenv.cfg
	@rm -f $(VENV)/*.stamp
	$(BIN)/pip install -q --upgrade -r $(REQUIREMENTS)
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(SITE)
	$(BIN)/pip install -q -r requirements-dev.txt
	@touch $@

html: $(SITE) ## build the site into _build/html
	$(BIN)/sphinx-build $(call SPHINX,html) . _build/html

pdf: need-tex $(SITE) ## build the book: _build/pdf/fanwen.pdf
	$(BIN)/sphinx-build $(call SPHINX,latex) . _build/latex
	@cd _build/latex && latexmk -pdf -dvi- -ps- -silent -halt-on-error fanwen.tex >latexmk.out 2>&1 \
		|| { rm -f fanwen.fdb_latexmk; grep -m 3 -A 5 '^!' fanwen.log; \
			echo "The PDF failed; see _build/latex/fanwen.log and latexmk.out"; exit 1; }
	@mkdir -p _build/pdf && cp _build/latex/fanwen.pdf _build/pdf/

TEX_DEBIAN := latexmk texlive-xetex texlive-lang-chinese texlive-fonts-recommended
TEX_INSTALL := Debian: apt install --no-install-recommends $(TEX_DEBIAN); \
	macOS: brew install --cask mactex-no-gui; Windows: install TeX Live, all of it
# latexmk runs XeLaTeX, which needs these files, as often as the page numbers change.
TEX_FILES := xeCJK.sty paracol.sty titletoc.sty FandolFang-Regular.otf pzdr.tfm
need-tex:
	@for tool in xelatex latexmk; do \
		command -v $$tool >/dev/null || missing="$$missing $$tool"; done; \
	for file in $(TEX_FILES); do \
		kpsewhich $$file >/dev/null 2>&1 || missing="$$missing $$file"; done; \
	test -z "$$missing" || { echo "make pdf lacks$$missing. $(TEX_INSTALL)"; exit 1; }

epub: $(SITE) ## build the e-book: _build/epub/fanwen.epub
	$(BIN)/sphinx-build $(call SPHINX,epub) . _build/epub

live: $(VENV)/dev.stamp ## serve the site and reload it on every change
	$(BIN)/sphinx-autobuild -b html -d _build/doctrees/live $(UNWATCHED:%=--ignore '%') . _build/live

check: $(VENV)/dev.stamp ## check texts, marks and punctuation, before any build
	@$(BIN)/python tools/check.py

fix: $(VENV)/dev.stamp ## mend what can be mended safely, never a report's words; then check
	@$(BIN)/python tools/check.py --fix

reviewed: $(VENV)/dev.stamp ## note that all topic pages were read again against the reports there are
	@$(BIN)/python tools/check.py --reviewed

new-report: $(VENV)/dev.stamp ## write a report page; asks, or FROM=... ID=... SHORT_TITLE=...
	@$(BIN)/python tools/new.py report $(call given,FROM ID TITLE SHORT_TITLE ORGANIZATION PERIOD DESCRIPTION)

new-topic: $(VENV)/dev.stamp ## write a topic page; asks, or ID=... TITLE=... GROUP=... HEADINGS=...
	@$(BIN)/python tools/new.py topic $(call given,ID TITLE SHORT_TITLE GROUP DESCRIPTION HEADINGS)

hook: $(VENV)/dev.stamp ## have git run make check before each commit
	$(BIN)/pre-commit install

# With SEED=... the tests run in the order that it gives.
PYTEST = $(BIN)/python -m pytest -n auto $(if $(SEED),-p randomly --randomly-seed=$(SEED),-p no:randomly)

test: lint check ## check style and types, run the quick tests
	$(PYTEST) -m "not full"

test-all: lint check ## check style and types, run all tests and measure what they cover
	$(PYTEST) --cov

versions: $(VENV)/dev.stamp ## run the tests on each Python with the oldest and newest packages
	$(BIN)/nox -s tests

mutation: $(VENV)/dev.stamp ## change the pure modules bit by bit: do the tests notice?
	$(BIN)/nox -s mutation

lint: $(VENV)/dev.stamp ## check style and types only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fmt: $(VENV)/dev.stamp ## format the Python code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/dev.stamp ## measure comparisons against pages written by hand; phrases, search, preview
	$(BIN)/python benchmarks/bench.py
	$(BIN)/python benchmarks/phrases.py
	$(BIN)/python benchmarks/bench_search.py
	$(BIN)/python benchmarks/live.py

fuzz: $(VENV)/dev.stamp ## run 20 times as many generated examples, then fuzz the pure parts
	FUZZ=20 $(BIN)/python -m pytest tests/test_fuzz.py
	$(BIN)/pip install -q -r requirements-fuzz.txt
	PYTHONPATH=_ext $(BIN)/python tests/fuzz_pure.py -max_total_time=300

lock: $(VENV)/dev.stamp ## renew requirements.lock within the bounds of requirements.txt
	$(BIN)/uv pip compile requirements.txt --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet -o requirements.lock

audit: $(VENV)/dev.stamp ## ask the advisory database of the Python packages about the lock file
	$(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements.lock

messages: $(CATALOGS:.po=.mo) ## compile the message catalogs

# With the locale named, the bytes are those that Sphinx writes where it finds a .po newer.
%.mo: %.po | $(SITE)
	$(BIN)/pybabel compile -l $(notdir $(patsubst %/LC_MESSAGES/,%,$(dir $<))) -i $< -o $@

clean: ## remove what was built; the virtual environment stays
	rm -rf _build .nox .mypy_cache .ruff_cache .pytest_cache .coverage
