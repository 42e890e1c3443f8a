.PHONY: setup setup-run demo test test-postgres bench check
PORT ?= 8000

# What the site runs, and nothing else.
setup-run: .venv/.run-ready
.venv/.run-ready: requirements/run.txt pyproject.toml
	test -x .venv/bin/python || python3 -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	.venv/bin/python -m pip install --quiet --disable-pip-version-check "uv_build>=0.9,<1"
	PATH="$(CURDIR)/.venv/bin:$$PATH" .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . && touch $@

# The same, and the test tools.
setup: .venv/.ready
.venv/.ready: requirements/dev.txt pyproject.toml
	test -x .venv/bin/python || python3 -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.9,<1"
	.venv/bin/uv pip sync --quiet --compile-bytecode --require-hashes requirements/dev.txt
	.venv/bin/uv pip install --quiet --no-deps -e . && touch $@ .venv/.run-ready

demo: setup-run
	.venv/bin/dcant demo --port $(PORT) $(ARGS)

test: setup
	.venv/bin/python -m pytest -n 2 $(ARGS)

test-postgres: setup
	scripts/with-postgres .venv/bin/python -m pytest -n 2 -m "database and not browser" $(ARGS)

bench: setup
	.venv/bin/python -m benchmarks $(ARGS)

check: setup
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/djlint --quiet --lint src
	export DCANT_DATA=var/check DCANT_HTTPS=1 ; .venv/bin/dcant manage makemigrations --check --dry-run && .venv/bin/dcant manage check --deploy --fail-level WARNING
