# The whole developer interface. Needs only Python >= 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := artifacts/ct-demo
BUNDLES := bundles
MUTMUT := .cache/mutmut
SITE := import sysconfig; print(sysconfig.get_path("purelib"))
# They hurt a server under load and want the machine for themselves.
FAULTS := tests/web/test_faults.py

# An activated environment elsewhere must not leak in.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

.DEFAULT_GOAL := help
.PHONY: help setup serve test quick lint demo real bench openapi results messages shots coverage mutants lock audit clean

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.runtime ## make the environment in .venv from the hashed lock file

serve: $(VENV)/.runtime ## serve reported offences, or ct-demo, at http://127.0.0.1:8050
	$(BIN)/ctcrimes serve

test: $(VENV)/.development ## run every test that this machine can run
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder --ignore $(FAULTS)
	$(BIN)/pytest $(FAULTS)

quick: $(VENV)/.development ## run what takes seconds, without a browser or other programs
	$(BIN)/pytest --numprocesses auto --dist loadfile -m "not (slow or browser or nginx or redis or real)"

lint: $(VENV)/.development ## mend what ruff can mend, then check style, types and imports
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/mypy
	$(BIN)/lint-imports

demo: $(VENV)/.runtime ## simulate Connecticut 2021-2024 and rebuild artifacts/ct-demo
	$(BIN)/ctcrimes demo --to $(BUNDLES)/demo
	$(BIN)/ctcrimes build $(BUNDLES)/demo/CT-*.zip --out $(DEMO)
	$(BIN)/ctcrimes evaluate volume $(DEMO) --save
	$(BIN)/ctcrimes evaluate risk $(DEMO) --save

real: $(VENV)/.runtime ## fetch Connecticut 2021-2024 from the FBI and build it
	$(BIN)/ctcrimes fetch --state CT --years 2021-2024 --to $(BUNDLES)
	$(BIN)/ctcrimes build $(BUNDLES)/CT-2021.zip $(BUNDLES)/CT-2022.zip $(BUNDLES)/CT-2023.zip $(BUNDLES)/CT-2024.zip --out artifacts/ct-2021-2024

bench: $(VENV)/.development ## measure what the documents claim about speed
	$(BIN)/python benchmarks/ingest.py
	$(BIN)/python benchmarks/forecast.py
	$(BIN)/python benchmarks/risk.py
	$(BIN)/python benchmarks/pages.py

openapi: $(VENV)/.runtime ## write docs/openapi.json from the routes
	$(BIN)/python -c 'import json; from webapp.openapi import openapi_document; from webapp.pages.router import PAGES; print(json.dumps(openapi_document(PAGES), indent=1))' > docs/openapi.json

results: $(VENV)/.runtime ## write the results in docs/methods.md from those of ct-demo
	$(BIN)/python scripts/write_results.py

messages: $(VENV)/.runtime ## bring the catalogues of other languages up to the code
	$(BIN)/python scripts/collect_messages.py

shots: $(VENV)/.development ## take the reference screenshots anew (then look at them)
	CTCRIMES_UPDATE_SHOTS=1 $(BIN)/pytest tests/web/test_screenshots.py

coverage: $(VENV)/.development ## measure which branches of core its tests take
	$(BIN)/pytest --numprocesses auto --dist loadfile --cov=core --cov-report=term-missing:skip-covered tests/unit/core tests/contract

mutants: $(VENV)/.development ## change core in small ways: does a test notice? (network)
	$(BIN)/python -m venv $(MUTMUT)
	$(BIN)/python -c '$(SITE)' > $$($(MUTMUT)/bin/python -c '$(SITE)')/development.pth
	$(MUTMUT)/bin/pip install --quiet --disable-pip-version-check mutmut==3.8.1
	OMP_NUM_THREADS=1 POLARS_MAX_THREADS=1 $(MUTMUT)/bin/mutmut run --max-children 2
	$(BIN)/python scripts/judge_mutants.py

lock: ## resolve the lock files again (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-strip-extras -q pyproject.toml -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-strip-extras -q --extra dev pyproject.toml -c requirements.txt -o requirements-dev.txt

audit: $(VENV)/.development ## look the locked packages up among known holes (network)
	$(BIN)/pip-audit --require-hashes --disable-pip -r requirements.txt
	$(BIN)/pip-audit --require-hashes --disable-pip -r requirements-dev.txt

clean: ## remove the environment and every cache
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info build mutants

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; say which with make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.development: requirements-dev.txt $(VENV)/.runtime
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@
