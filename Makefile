# The one list of commands. Paths are relative and programs run as modules (`python -m`), so that any folder will do:
# long, closed, with spaces or accents.

PORT ?= 8000
DEMO ?= 1
# Empty is off: of the many processes that `make run` and `make test` start, each would compile all our modules for itself.
export PYTHONDONTWRITEBYTECODE :=

ifndef PYTHON
PYTHON := $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
endif
venv = $(if $(PYTHON),,$(error Causeway needs Python 3.11 or newer with venv: run `apt install python3 python3-venv`))$\
	$(PYTHON) bootstrap.py
py := .venv/bin/python
# One worker more than there are cores: while one waits for Postgres, another works. Beyond six they wait for each other.
workers := $(shell cores=$$(nproc 2>/dev/null || echo 2); [ $$cores -lt 6 ] && echo $$((cores + 1)) || echo 6)

.DEFAULT_GOAL := help
.PHONY: help run test test-all coverage bench sabotage screenshots lint check messages lock

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' Makefile | expand -t 20

run: ## set up what is missing and run everything at http://127.0.0.1:8000 (PORT=8001, DEMO=0); Ctrl-C stops it
	@$(venv) requirements.txt
	@exec $(py) manage.py up --port $(PORT) $(if $(filter 0,$(DEMO)),--no-demo)

test: ## set up what is missing and run the fast tests (ARGS="-k word" is handed on); REQUIRE_BROWSER=1 insists on Chromium
	@$(venv) requirements-dev.txt
	@exec $(py) -m pytest -n $(workers) --dist worksteal -m "not slow" $(ARGS)

test-all: ## the slow tests too, and whatever is tried at random more often
	@$(venv) requirements-dev.txt
	@exec $(py) -m pytest -n $(workers) --dist worksteal --hypothesis-profile=whole $(ARGS)

coverage: ## the fast tests with branch coverage, told per file
	@$(venv) requirements-dev.txt
	@exec $(py) -m pytest -n $(workers) --dist worksteal -m "not slow" --cov --cov-report=term:skip-covered $(ARGS)

bench: ## what hot paths take beside what nothing can beat, printed as tables
	@$(venv) requirements-dev.txt
	@for script in bench/[a-z]*.py; do case $$script in */database.py) ;; *) \
		$(py) -m bench.$$(basename $$script .py) || exit 1;; esac; done

sabotage: ## put every deliberate defect in, one at a time, and see its tests fail (ONLY=word)
	@$(venv) requirements-dev.txt
	@exec $(py) -m tests.sabotage --only "$(ONLY)"

screenshots: ## every page of the demo to screenshots/*.png, in two languages and two widths (needs Chromium)
	@$(venv) requirements-dev.txt
	@exec $(py) -m tests.screenshots

lint: ## style, types, who may import whom, migrations, translations
	@$(venv) requirements-dev.txt
	$(py) -m ruff check .
	$(py) -m ruff format --check .
	$(py) -m mypy
	$(py) -c 'from importlinter.cli import lint_imports_command as lint; lint()'
	$(py) manage.py makemigrations --check --dry-run
	@for file in */locale/*/LC_MESSAGES/*.po; do \
		[ ! -e "$$file" ] || { echo "msgfmt --check $$file"; msgfmt --check -o /dev/null "$$file" || exit 1; }; done

check: lint test ## lint, then test

messages: ## collect the words to translate, each app's in its own catalogue, and compile them (needs gettext)
	@$(venv) requirements.txt
	$(py) manage.py makemessages -l fr --add-location file --no-obsolete -i tests -i docs -i bench
	@for file in */locale/*/LC_MESSAGES/*.po; do \
		grep -v '^"POT-Creation-Date: ' "$$file" >"$$file.tmp" && mv "$$file.tmp" "$$file" || exit 1; done
	$(py) manage.py compilemessages -i .venv -i .state

lock: ## compile requirements*.in to pinned and hashed requirements*.txt (needs uv)
	@command -v uv >/dev/null || { echo 'make lock needs uv: run `pipx install uv`' >&2; exit 2; }
	uv pip compile --universal --no-strip-extras --python-version 3.11 --generate-hashes requirements.in -o requirements.txt
	uv pip compile --universal --no-strip-extras --python-version 3.11 --generate-hashes requirements-dev.in -o requirements-dev.txt
