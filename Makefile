# make run    sets everything up, loads the 2024 table with demo people, its year and the current one, serves it
# make demo   loads the demo anew, up to yesterday
# make test   sets everything up and runs every test (DATABASE_URL=postgres://… for PostgreSQL):
#             test-server those without, test-browser those with a browser
# make test-database   runs the tests that depend on the database, as CI does on SQLite
# make test-faults   kills, restarts and fills up a real server, and counts what was lost
# make test-long   runs every test and every fault in the long form: the whole year, many examples, replicas
PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py

.PHONY: run demo test test-server test-browser test-database test-faults test-long test-deploy test-old-browser lint format bench bench-clicks screenshots styles wheelhouse bundle sbom clean

.venv/run-$(shell cksum requirements.txt | cut -d' ' -f1): requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev-$(shell cat requirements.txt requirements-optional.txt requirements-dev.txt | cksum | cut -d' ' -f1): requirements.txt requirements-optional.txt requirements-dev.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

RUN_READY := .venv/run-$(shell cksum requirements.txt | cut -d' ' -f1)
DEV_READY := .venv/dev-$(shell cat requirements.txt requirements-optional.txt requirements-dev.txt | cksum | cut -d' ' -f1)

# A trial has no settings of its own: commands find in .env that it is one.
.env:
	@echo "DEBUG=1" > .env

run: $(RUN_READY) .env
	@DEBUG=1 $(MANAGE) load_demo
	@echo "http://$(HOST):$(PORT)  (Ctrl+C stops it)"
	@DEBUG=1 $(BIN)/gunicorn wenshang_disclosure.wsgi --bind $(HOST):$(PORT) --config deploy/run.conf.py

demo: $(RUN_READY) .env
	@DEBUG=1 $(MANAGE) load_demo --renew

test: test-server test-browser

test-server: $(DEV_READY)
	$(BIN)/python -m pytest -q -n auto --dist worksteal --ignore=tests/browser $(ARGS)

test-browser: $(DEV_READY)
	$(BIN)/python -m pytest -q -n auto --dist worksteal tests/browser $(ARGS)

test-database: $(DEV_READY)
	$(BIN)/python -m pytest -q -n auto --dist worksteal --database-part $(ARGS)

test-faults: $(DEV_READY)
	$(BIN)/python -m tests.faults $(ARGS)

test-long: export LONG_TESTS = 1
test-long: test test-faults

lint: $(DEV_READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates
	@if command -v shellcheck >/dev/null; then shellcheck -x deploy/*.sh deploy/wenshang; \
	else echo "shellcheck is missing: deploy/*.sh were not checked"; test -z "$(REQUIRE_PROGRAMS)"; fi
	DEBUG=1 $(MANAGE) makemigrations --check --dry-run
	@# without the check that collectstatic was run, which a clone need not have
	DEBUG=0 SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(60))") $(MANAGE) check --deploy --fail-level WARNING \
	  $$(DEBUG=1 $(MANAGE) check --list-tags --deploy | grep -v staticfiles | sed 's/^/--tag /')

format: $(DEV_READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(DEV_READY)
	$(BIN)/python -m tests.bench $(ARGS)

# What a township's month and the office's day cost in clicks and page loads, by each way.
bench-clicks: $(DEV_READY)
	LONG_TESTS=1 $(BIN)/python -m pytest -q -s tests/browser/test_clicks.py tests/browser/test_office_clicks.py tests/browser/test_first_run.py $(ARGS)

screenshots: $(DEV_READY)
	$(BIN)/python -m tests.browser.screenshots

# Cut the style sheet of Tabler to what pages use and Chromium 87 reads, where a page begins to use more of it; needs Node.js and npm's registry.
TABLER := 1.6.1
styles:
	mkdir -p var/styles && cd var/styles && npm install --silent --no-audit --no-fund --no-save purgecss@8.0.0 culori@4.0.2 @tabler/core@$(TABLER) \
	    @mdn/browser-compat-data@8.1.9 \
	  && node ../../deploy/cut-styles.mjs ../.. $(TABLER) && node ../../deploy/young-features.mjs ../../tests/younger_than_chromium_87.txt 87

# People's ways through the pages in Chromium 87, the oldest browser that they are made for. It comes from npm, once; needs Node.js.
OLD := var/old-browser
$(OLD)/chromium:
	mkdir -p $(OLD)/swiftshader && cd $(OLD) && npm install --silent --no-audit --no-fund --no-save --ignore-scripts chrome-aws-lambda@5.4.0 \
	  && for part in chromium swiftshader.tar; do \
	    node -e 'process.stdout.write(require("zlib").brotliDecompressSync(require("fs").readFileSync(0)))' \
	      < node_modules/chrome-aws-lambda/bin/$$part.br > $$part.new && mv $$part.new $$part; done \
	  && tar -xf swiftshader.tar -C swiftshader && chmod +x chromium

test-old-browser: $(DEV_READY) $(OLD)/chromium
	OLD_CHROMIUM=$(abspath $(OLD)/chromium) $(BIN)/python -m pytest -q $(or $(ARGS),tests/browser/test_batch.py \
	  tests/browser/test_township_liaison.py tests/browser/test_reviewer.py tests/browser/test_plans.py tests/browser/test_matrix.py \
	  tests/browser/test_pages_are_accessible.py)

# Everything to install without a network: wheels for these Pythons and machines, and all of it with the source in one file.
PYTHONS ?= 3.11
MACHINES ?= x86_64 aarch64

wheelhouse: $(RUN_READY)
	PYTHONS="$(PYTHONS)" MACHINES="$(MACHINES)" PIP="$(abspath $(BIN))/python -m pip" deploy/wheelhouse.sh

bundle: wheelhouse
	deploy/bundle.sh

# What an installation consists of, with versions and licences, in CycloneDX.
sbom: $(DEV_READY)
	@mkdir -p dist
	PYTHONWARNINGS=ignore::UserWarning $(BIN)/cyclonedx-py environment --pyproject pyproject.toml --spec-version 1.6 --output-reproducible --output-file dist/environment.json $(BIN)/python
	$(BIN)/python deploy/sbom.py < dist/environment.json > dist/sbom.json
	@rm dist/environment.json && echo dist/sbom.json

# Installs, serves, upgrades and rolls back by the very files of deploy/, in a namespace without a network (as root).
test-deploy: $(DEV_READY)
	$(BIN)/python -m tests.deploy $(ARGS)

clean:
	rm -rf .venv var staticfiles dist deploy/wheelhouse
