# make app   sets everything up and opens the simulator
# make test  sets everything up and runs every check and test
# Needs only Python 3.11 or later (PYTHON=python3.12 make app chooses another). What is there already is not done again.

PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help app test lint browser pictures reference docs clean

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | head -3

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed / 需要 Python 3.11 或更高版本: PYTHON=python3.12 make app"; exit 2; }
	@echo "Setting up $(VENV) (about a minute) / 正在安装，约需一分钟 …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/runtime: pyproject.toml constraints.txt | $(BIN)/python
	@$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/dev: pyproject.toml constraints.txt | $(VENV)/runtime
	@$(PIP) install -c constraints.txt -e ".[dev,docs]"
	@touch $@

app: $(VENV)/runtime
	@$(BIN)/xinzhi app --port $(PORT) $(ARGS)

lint: $(VENV)/dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

browser:
	@scripts/install-browser.sh

test: lint browser
	@$(BIN)/pytest $(ARGS)

pictures: $(VENV)/dev browser
	@$(BIN)/python scripts/make_pictures.py

reference: $(VENV)/dev
	@$(BIN)/python scripts/make_reference.py

docs: $(VENV)/dev
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "site/index.html"

clean:
	@rm -rf $(VENV) site .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
