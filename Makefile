PORT ?= 8000
DATA ?= var/demo

PY := .venv/bin/python
PIP := $(PY) -m pip install --disable-pip-version-check -qq
LOCK := .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	--no-config --python-version 3.11 --custom-compile-command "make lock"

PARTS := src/gezhi/locale/en/parts
CATALOGUE := src/gezhi/locale/en/LC_MESSAGES/django.mo
DIST := src/gezhi/static/dist/.built
STATIC := src/gezhi/staticfiles/staticfiles.json
STYLES := $(wildcard src/gezhi/static/css/* src/gezhi/static/icons/*)
ISLANDS := $(wildcard frontend/*.mjs frontend/*.json frontend/*.ts frontend/*/*)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup demo test check gallery tasks bench sbom lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: .venv/.gezhi $(CATALOGUE) $(STATIC) .venv/.browser .venv/.gocode .venv/.prometheus .venv/.devices ## install and build everything, run nothing

demo: setup ## a living city on this machine (PORT=8000 DATA=var/demo)
	@.venv/bin/gezhi demo --port $(PORT) --data $(DATA)

test: setup ## the whole test suite
	@.venv/bin/pytest

check: setup ## lint, types, import contracts, house tests, known faults of what it is made of
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(if $(wildcard frontend/*/*.ts),$(PY) tools/node.py node_modules/.bin/tsc --project frontend --noEmit)
	.venv/bin/pytest tests/house
	$(PY) -m tools.audit
	$(PY) -m tools.sbom

gallery: setup ## a picture of every page in both languages, on phone and desk, light and dark: var/gallery
	@$(PY) -m tools.gallery

tasks: setup ## counts the clicks and seconds of the ten main tasks: docs/reference/tasks.md
	@$(PY) -m tools.tasks

bench: setup ## every benchmark, one JSON line each
	@for file in $(filter-out benchmarks/_%,$(wildcard benchmarks/*.py)); do $(PY) $$file || exit 1; done

sbom: setup ## what a node is made of, with versions, licences and hashes: var/sbom.json
	@$(PY) -m tools.sbom

lock: .venv/.packages ## resolve the dependencies again into the lock files
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) --extra dev --extra tracing pyproject.toml -o requirements-dev.lock
	$(LOCK) tools/node.in -o requirements-node.lock
	$(LOCK) tools/fuzz.in -o requirements-fuzz.lock
	$(PY) tools/node.py npm install --package-lock-only --ignore-scripts --no-audit --no-fund
	$(PY) tools/npm_lock.py

clean: ## remove what setup built; data under var/ stays
	rm -rf .venv node_modules src/gezhi/static/dist src/gezhi/staticfiles src/gezhi/locale/en/LC_MESSAGES src/gezhi.egg-info
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# Each file below marks a finished step; it is older than what it was made from when there is work to do.

.venv/.created: tools/venv.sh
	@sh tools/venv.sh .venv
	@touch $@

.venv/.packages: requirements-dev.lock .venv/.created
	@echo "setup: Python packages"
	@$(PIP) --require-hashes --requirement requirements-dev.lock
	@touch $@

.venv/.gezhi: pyproject.toml .venv/.packages
	@echo "setup: gezhi"
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(CATALOGUE): $(PARTS) $(wildcard $(PARTS)/*.po) tools/translations.py .venv/.packages
	@$(PY) tools/translations.py

node_modules/.installed: package.json package-lock.json .npmrc tools/node.py requirements-node.lock .venv/.created
	@echo "setup: front-end packages"
	@$(PY) tools/node.py npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

$(DIST): frontend $(ISLANDS) node_modules/.installed
	@$(PY) tools/node.py frontend/build.mjs
	@touch $@

$(STATIC): $(DIST) $(STYLES) .venv/.gezhi
	@.venv/bin/gezhi static

.venv/.browser: tools/browser.py .venv/.created
	@$(PY) tools/browser.py --install && touch $@ || true

.venv/.gocode: tools/gocode.py .venv/.created
	@$(PY) tools/gocode.py --install && touch $@ || true

.venv/.prometheus: tools/prometheus.py .venv/.created
	@$(PY) tools/prometheus.py --install && touch $@ || true

.venv/.devices: tools/devices.py .venv/.created
	@$(PY) tools/devices.py --install && touch $@ || true
