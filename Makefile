# Deux commandes : « make serve » (essayer) et « make test » (tout vérifier).
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 7860
HOST   ?= 127.0.0.1

.DEFAULT_GOAL := help
.PHONY: help serve test check format clean

help: ## Cette aide
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

serve: $(VENV)/.installed ## Installe, synchronise les CCT si le réseau répond, indexe et sert la conversation web
	@CCT_SYNC_TIMEOUT=$${CCT_SYNC_TIMEOUT:-8} $(BIN)/cct sync --optional
	@$(BIN)/cct ingest
	@$(BIN)/cct serve --host $(HOST) --port $(PORT)

test: $(VENV)/.installed-dev ## Tous les tests, navigateur compris
	@$(BIN)/pytest --numprocesses=auto --dist=loadfile

check: $(VENV)/.installed-dev ## Style, types, sens des imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.installed-dev ## Met en forme le code
	@$(BIN)/ruff check --fix-only -q .
	@$(BIN)/ruff format -q .

clean: ## Supprime l'environnement et les caches (pas les données de CCT_HOME)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 ou plus est nécessaire")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@
