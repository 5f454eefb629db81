# make demo     builds .venv, installs, runs the reference study small, prints where the report is
# make test     lint, types, import contracts, tests against the installed wheel
# make validate long validation; writes docs/validation.md
# make bench    benchmarks
# make lock     writes the constraint files anew (needs uv)

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
SOURCES := $(shell find src -type f -not -name '*.pyc') pyproject.toml README.md LICENSE

.PHONY: demo test validate bench lock clean

demo: .venv/wheel.stamp
	$(BIN)/python examples/osaka/demo.py demo-study

test: .venv/dev.stamp .venv/wheel.stamp
	$(BIN)/ruff format --check src tests examples benchmarks validation
	$(BIN)/ruff check src tests examples benchmarks validation
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

validate: .venv/dev.stamp .venv/wheel.stamp
	$(BIN)/python -m validation docs/validation.md

bench: .venv/dev.stamp .venv/wheel.stamp
	$(BIN)/python -m pytest benchmarks -o addopts="--import-mode=importlib" --benchmark-only --benchmark-columns=median,iqr,rounds -q

LOCK := uv pip compile --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-annotate --no-header \
        --no-emit-index-url --quiet

lock:
	$(LOCK) pyproject.toml -o constraints/run.txt
	$(LOCK) pyproject.toml --extra dev -c constraints/run.txt -o constraints/dev.txt
	echo 'hatchling>=1.27' | $(LOCK) - -c constraints/dev.txt -o constraints/build.txt

clean:
	rm -rf .venv build demo-study

.venv/made.stamp: tools/environment.sh
	@tools/environment.sh $(PYTHON) .venv
	@touch $@

.venv/run.stamp: .venv/made.stamp constraints/run.txt
	$(PIP) install --quiet --require-hashes -r constraints/run.txt
	@touch $@

.venv/dev.stamp: .venv/made.stamp constraints/dev.txt
	$(PIP) install --quiet --require-hashes -r constraints/dev.txt
	@touch $@

.venv/build.stamp: .venv/made.stamp constraints/build.txt
	$(PIP) install --quiet --require-hashes -r constraints/build.txt
	@touch $@

.venv/wheel.stamp: .venv/run.stamp .venv/build.stamp $(SOURCES)
	rm -rf build/wheel
	$(PIP) wheel --quiet --no-deps --no-build-isolation -w build/wheel .
	$(PIP) install --quiet --no-deps --force-reinstall build/wheel/spondyl-*.whl
	@touch $@
