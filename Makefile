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
.PHONY: help html pdf epub need-tex live check fix reviewed new-report new-topic pictures hook test test-all lint fmt messages \
	bench bench-quick fuzz versions mutation lock audit dist clean

help: ## list these commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

# The environment is made anew where its Python is gone, where it was made for another folder, which
# its scripts name, or where a pip that was killed left a package half installed or removed.
whole := $(shell cd $(VENV) 2>/dev/null && test -x bin/python && \
	head -n 2 bin/pip 2>/dev/null | grep -qF "$$(pwd -P)/bin/" && \
	for package in lib/*/site-packages/*.dist-info; do test -f "$$package/RECORD" || exit; done && \
	! ls -d lib/*/site-packages/~* >/dev/null 2>&1 && echo yes)
# $(1): a file of requirements, and options. Where pip reaches no index it has a wall to say.
install = echo "pip install -r $(1)"; $(BIN)/pip install -q --retries 2 -r $(1) 2>$(VENV)/pip.log \
	|| { if grep -q Retrying $(VENV)/pip.log; \
		then echo "缺 $(firstword $(1)) 里的软件包，又连不上软件源：连上网络后再运行 make $(MAKECMDGOALS)"; \
		else cat $(VENV)/pip.log; fi >&2; exit 1; }

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "Python's venv module is missing; on Debian: apt install python3-venv"; exit 1; }
	@rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)

# Each requirements file has a stamp of its own, and the last one installed is the only one.
SITE := $(VENV)/$(notdir $(REQUIREMENTS)).stamp
$(SITE): $(REQUIREMENTS) | $(VENV)/pyvenv.cfg
	@rm -f $(VENV)/*.stamp
	@$(call install,$(REQUIREMENTS) --upgrade)
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(SITE)
	@$(call install,requirements-dev.txt)
	@touch $@

ifneq ($(whole),yes)
.PHONY: $(VENV)/pyvenv.cfg $(SITE)
endif

html: $(SITE) ## build the site into _build/html
	$(BIN)/sphinx-build $(call SPHINX,html) . _build/html

# REPORT=county-transport or TOPIC=care: that page alone, as _build/pdf/county-transport.pdf
BOOKLET := $(if $(REPORT),reports/$(REPORT),$(if $(TOPIC),topics/$(TOPIC)))
TEX := $(if $(BOOKLET),booklet,fanwen)
pdf: need-tex $(SITE) ## build the book: _build/pdf/fanwen.pdf; REPORT=... or TOPIC=...: one page of it
	@test -z "$(BOOKLET)" -o -f "$(BOOKLET).md" \
		|| { echo "There is no $(BOOKLET).md. There are: $(basename $(wildcard reports/*.md topics/*.md))"; exit 1; }
	BOOKLET=$(BOOKLET) $(BIN)/sphinx-build $(call SPHINX,latex) . _build/$(TEX)
	@cd _build/$(TEX) && latexmk -pdf -dvi- -ps- -silent -halt-on-error $(TEX).tex >latexmk.out 2>&1 \
		|| { rm -f $(TEX).fdb_latexmk; grep -m 3 -A 5 '^!' $(TEX).log; \
			echo "The PDF failed; see _build/$(TEX)/$(TEX).log and latexmk.out"; exit 1; }
	@mkdir -p _build/pdf && cp _build/$(TEX)/$(TEX).pdf _build/pdf/$(or $(REPORT),$(TOPIC),fanwen).pdf

TEX_DEBIAN := latexmk texlive-xetex texlive-lang-chinese texlive-fonts-recommended texlive-plain-generic
TEX_INSTALL := Debian: apt install --no-install-recommends $(TEX_DEBIAN); \
	macOS: brew install --cask mactex-no-gui; Windows: install TeX Live, all of it
# latexmk runs XeLaTeX, which needs these files, as often as the page numbers change.
TEX_FILES := xeCJK.sty ulem.sty paracol.sty titletoc.sty FandolFang-Regular.otf pzdr.tfm
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

pictures: $(VENV)/dev.stamp html ## take the pictures in the README anew, with the machine's Chromium
	$(BIN)/python tools/pictures.py

hook: $(VENV)/dev.stamp ## have git run make check before each commit
	$(BIN)/pre-commit install

# With SEED=... the tests run in the order that it gives. Workers have neighbours of one file, which
# look at the same outputs, and take over from each other at the end.
PYTEST = $(BIN)/python -m pytest -n auto --dist worksteal \
	$(if $(SEED),-p randomly --randomly-seed=$(SEED),-p no:randomly)

test: lint check ## check style and types, run the quick tests
	$(PYTEST) -m "not full" $(COVERAGE)

COVERAGE =
# What the quick tests cover counts too, so that none runs twice.
test-all: COVERAGE = --cov --cov-report= --cov-fail-under=0
test-all: test ## make test, then all other tests; measure what they cover
	$(PYTEST) -m full --cov --cov-append

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

bench: $(VENV)/dev.stamp ## measure builds, pages, books, phrases, search and preview; takes an hour or more
	@status=0; for script in "bench.py --write" "in_browser.py --write" "books.py --write" \
		phrases.py bench_search.py live.py; do \
		$(BIN)/python benchmarks/$$script || status=1; done; exit $$status

bench-quick: $(VENV)/dev.stamp ## measure builds of small sizes, and whether what must hold holds
	$(BIN)/python benchmarks/bench.py --quick

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

dist: $(VENV)/dev.stamp ## pack section_compare, emendation and section_search as wheels: _build/dist/
	@root=$$(pwd) && for folder in . _ext/emendation _ext/section_search; do (cd $$folder && \
		"$$root/$(BIN)/python" -m hatchling build -t wheel -d "$$root/_build/dist") || exit; done

clean: ## remove what was built; the virtual environment stays
	rm -rf _build .nox .mypy_cache .ruff_cache .pytest_cache .coverage
