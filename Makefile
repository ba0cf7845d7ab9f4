# Everything one does with a checkout. Needs make and Python 3.11 or newer; all else is installed into .venv.

.DEFAULT_GOAL := help
.PHONY: help install run test lint lock bench torture clean

VENV := .venv
BIN := $(VENV)/bin
LOCK := .ci/lock
PORT ?= 8000
REWARDS_HOME ?= ./var
MINUTES ?= 5

# The tests run in two halves at once, one for each core: sources and the language, and all else.
ASIDE := plugins tests/rulelang tests/rules

# The first interpreter on the path that is new enough; PYTHON=… names another.
PYTHON ?= $(shell for each in python3.11 python3 python3.12 python3.13 python3.14 python; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$each && break; done)

PIP := $(BIN)/python -m pip --disable-pip-version-check install -qq --no-input

# Every platform in one file, every archive by its hash, and no word about where it came from.
COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock" $(ARGS)

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/' | expand -t 18

install: $(VENV)/.run ## only the environment: .venv with the locked dependencies and .venv/bin/rewards

run: install ## the whole engine with a demonstration hotel group (PORT, REWARDS_HOME); Ctrl-C stops it
	@REWARDS_HOME="$(REWARDS_HOME)" PORT="$(PORT)" exec $(BIN)/rewards serve --demo

test: $(VENV)/.dev ## lint, types, imports, docs and every test, on SQLite and on PostgreSQL where there is one
ifdef ARGS
	@$(BIN)/python -m pytest $(ARGS)
else
	@mkdir -p build; $(BIN)/python -m pytest $(ASIDE) >build/test-aside.log 2>&1 & beside=$$!; \
	trap 'kill $$beside 2>/dev/null' INT TERM; \
	$(BIN)/python -m pytest tests $(ASIDE:%=--ignore=%); main=$$?; \
	wait $$beside; aside=$$?; cat build/test-aside.log; exit $$((main > aside ? main : aside))
endif

lint: $(VENV)/.dev ## put the code in order, then check style, types and imports
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/mypy
	@$(BIN)/mypy --explicit-package-bases plugins/*/*.py
	@$(BIN)/lint-imports

lock: $(VENV)/.dev ## write the lock files anew from pyproject.toml; ARGS=--upgrade takes newer releases
	@$(COMPILE) --group build --output-file $(LOCK)/run.txt
	@$(COMPILE) --group build --group dev --all-extras --constraint $(LOCK)/run.txt --output-file $(LOCK)/dev.txt
	@$(COMPILE) --group build --group bench --constraint $(LOCK)/run.txt --output-file $(LOCK)/bench.txt

bench: $(VENV)/.bench ## measure every goal; results in bench/results.jsonl
	@$(BIN)/python -m bench $(ARGS)

torture: $(VENV)/.dev ## kill it at random for MINUTES minutes and look for lost or doubled points
	@$(BIN)/python -m tests.torture --minutes $(MINUTES)

clean: ## remove the environment and everything that was built; var/ stays
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Each stamp is newer than what it was made from, so a second call does nothing.
$(VENV)/.run: pyproject.toml $(LOCK)/run.txt
	@test -n "$(PYTHON)" || { echo "Rewards needs Python 3.11 or newer; none was found. Name one: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Installing into $(VENV) with $(PYTHON) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r $(LOCK)/run.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run $(LOCK)/dev.txt
	@echo "Installing what the tests need …"
	@$(PIP) --require-hashes -r $(LOCK)/dev.txt
	@touch $@

$(VENV)/.bench: $(VENV)/.run $(LOCK)/bench.txt
	@echo "Installing what the measurements compare with …"
	@$(PIP) --require-hashes -r $(LOCK)/bench.txt
	@touch $@
