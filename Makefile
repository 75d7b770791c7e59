# make run    starts Nod; the first time it makes .venv, which takes about a minute
# make test   sets up what the tests need, and runs them; ARGS="-k web" chooses
# make check  formatting, lint, types and import contracts
# make bench  measures Nod beside LangGraph, a bare Slack app, plain trafilatura and a bare process; writes docs/benchmarks.md
# make lock   pins the newest dependencies again
# make clean  removes everything that make made; your data stays

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
UV := .venv-lock/bin/uv
COMPILE := $(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --annotation-style line pyproject.toml requirements/build.in

.PHONY: run test check bench lock clean
.DELETE_ON_ERROR:

run: .venv/.runtime
	@$(BIN)/python -m bot

# Python may keep what it compiled, also where a machine's settings say no: the tests start it hundreds of times.
test: .venv/.dev
	@scripts/set_up_tests.sh
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal $(ARGS)

check: .venv/.dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyright
	@$(BIN)/lint-imports

bench: .venv/.dev
	@sh tests/bench/run.sh

lock: $(UV)
	@$(COMPILE) -o requirements/runtime.txt
	@$(COMPILE) --extra dev -c requirements/runtime.txt -o requirements/dev.txt
	@echo "requirements/ is pinned anew; run make test."

clean:
	@rm -rf .venv .venv-* *.egg-info build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@rm -rf tests/peers/*/node_modules
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: an install runs again only when what it installs has changed.
.venv/.runtime: requirements/runtime.txt pyproject.toml scripts/make_venv.sh
	@scripts/make_venv.sh .venv
	@echo "Installing what Nod needs …"
	@$(PIP) install --no-deps --require-hashes -r requirements/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: requirements/dev.txt pyproject.toml scripts/make_venv.sh
	@scripts/make_venv.sh .venv
	@echo "Installing what Nod and its tests need …"
	@$(PIP) install --no-deps --require-hashes -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch .venv/.runtime $@

$(UV): scripts/make_venv.sh
	@scripts/make_venv.sh .venv-lock
	@.venv-lock/bin/python -m pip --disable-pip-version-check --quiet install uv==0.13.9
	@touch $@
