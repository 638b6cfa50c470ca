# Everything a person or a machine does with this repository. `make` alone lists the targets.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

CARGO := cargo
LOGS := target/test-logs
NPM_STAMP := web/node_modules/.chinwag-stamp
WEB_SOURCES := $(shell find web/src web/public web/build -type f 2>/dev/null) \
	$(wildcard web/index.html web/package.json web/vite.config.ts web/tsconfig.json)

.PHONY: help run dev build check test bench fuzz faults clean \
	tools packages outside-python web rust-check web-check deny rust-test web-test browser-test bench-browser

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Build everything and serve on the default addresses
	target/release/chinwag serve

dev: tools $(NPM_STAMP) ## Serve, and rebuild client and server whenever a source file changes
	.ci/dev

build: tools web ## Build target/release/chinwag, the web client inside
	$(CARGO) build --release --locked

check: rust-check web-check deny ## Formatting, lints, types, licences and advisories

test: rust-test web-test browser-test ## All tests: Rust, web client, real browsers
	@.ci/count-tests $(LOGS) web/test-results

# The second part needs what the first one builds; the client goes into the server, so it comes before both.
bench: tools web ## Print what a delivery costs, in the server and between two browsers
	$(CARGO) bench --locked
	@$(MAKE) --no-print-directory bench-browser

fuzz: tools ## Feed the decoder malformed frames, FUZZ_SECONDS (600) for each target
	fuzz/run $${FUZZ_SECONDS:-600}

faults: tools | web/dist ## Make faults (kill, cuts, full disk, ...) and count what is lost; ONLY="kill cut" picks
	$(CARGO) test --locked --quiet --test faults -- $(ONLY)

clean: ## Remove what was built; the data folder and the certificates stay
	rm -rf target web/dist web/node_modules web/test-results

rust-check: tools | web/dist ## Only rustfmt and clippy
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --all-targets -- -D warnings

web-check: $(NPM_STAMP) ## Only the client's types and lints
	npm --prefix web run --silent check

deny: ## Only licences, advisories and banned crates
	@if command -v cargo-deny >/dev/null; then \
		cargo-deny --locked check; \
	else \
		echo "deny: cargo-deny is not installed, so licences and advisories were NOT checked (cargo install --locked cargo-deny)"; \
	fi

# The browser tests use the server that this builds (debug: it reads web/dist from disk).
rust-test: tools outside-python | web/dist ## Only the Rust tests
	@mkdir -p $(LOGS)
	if command -v cargo-nextest >/dev/null; then \
		cargo-nextest nextest run --locked --color=never 2>&1 | tee $(LOGS)/rust.log; \
	else \
		$(CARGO) test --locked --lib --bins --tests 2>&1 | tee $(LOGS)/rust.log; \
	fi

web-test: $(NPM_STAMP) ## Only the client's own tests
	@mkdir -p web/test-results
	cd web && npm test --silent -- --reporter=default --reporter=json --outputFile.json=test-results/client.json

browser-test: packages web ## Only the tests in real browsers (ENGINES="chromium firefox" picks)
	@mkdir -p web/test-results
	if [ ! -x target/debug/chinwag ]; then $(CARGO) test --locked --no-run --tests; fi
	cd web && npx vitest run --config e2e/vitest.config.ts $(ENGINES:%=--project %) \
		--reporter=default --reporter=json --outputFile.json=test-results/browsers.json

# With target/release/chinwag if it is there, as the bench says; CHINWAG_BIN names another one.
bench-browser: packages web ## Only the time from a key in one browser to the screen of another
	@binary=target/release/chinwag; \
	if [ ! -x $$binary ]; then binary=target/debug/chinwag; fi; \
	if [ ! -x $$binary ]; then $(CARGO) build --locked; fi; \
	cd web; \
	CHINWAG_BIN="$${CHINWAG_BIN:-$(CURDIR)/$$binary}" \
		node -e "import('vite').then((vite) => vite.runnerImport('./e2e/bench/latency.ts'))"

packages: ## Only the Debian packages that the browser tests need, where missing
	@.ci/test-packages

outside-python: ## Only the Python that one of the Rust tests needs, where missing
	@.ci/outside-python

web: web/dist/index.html

web/dist/index.html: $(NPM_STAMP) $(WEB_SOURCES)
	npm --prefix web run --silent build
	@touch $@

web/dist:
	@mkdir -p $@

$(NPM_STAMP): web/package-lock.json | tools
	npm --prefix web ci --no-audit --no-fund
	@touch $@

tools:
	@.ci/need-tools
