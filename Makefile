# Everything a person or a machine does with this repository. `make` alone lists the targets.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

CARGO := cargo
LOGS := target/test-logs
NPM_STAMP := web/node_modules/.chinwag-stamp
PEERS_STAMP := benches/peers/socketio/node_modules/.chinwag-stamp
WEB_SOURCES := $(shell find web/src web/public web/build -type f 2>/dev/null) \
	$(wildcard web/index.html web/package.json web/vite.config.ts web/tsconfig.json)

.PHONY: help run dev build check test bench fuzz faults simulation clean \
	tools packages outside-python web rust-check web-check deny rust-test fault-test web-test browser-test bench-browser bench-lossy bench-peers bench-growth peers-server

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Build everything and serve on the default addresses
	target/release/chinwag serve

dev: tools $(NPM_STAMP) ## Serve, and rebuild client and server whenever a source file changes
	.ci/dev

build: tools web ## Build target/release/chinwag, the web client inside
	$(CARGO) build --release --locked

check: rust-check web-check deny ## Formatting, lints, types, licences and advisories

test: rust-test fault-test web-test browser-test ## All tests: Rust, faults, web client, real browsers
	@.ci/count-tests $(LOGS) web/test-results

# The second part needs what the first one builds; the client goes into the server, so it comes before both.
bench: tools web ## Print what a delivery costs, in the server and between two browsers
	$(CARGO) bench --locked
	@$(MAKE) --no-print-directory bench-browser

fuzz: tools ## Feed the decoder malformed frames, FUZZ_SECONDS (600) for each target
	fuzz/run $${FUZZ_SECONDS:-600}

# Optimised, because the bars are times; a debug build would be measured instead of the server.
faults: tools web ## Make faults (kill, cuts, full disk, ...) and count what is lost; ONLY="kill cut" picks
	$(CARGO) test --locked --quiet --profile lab --test faults -- $(ONLY)

simulation: tools | web/dist ## Simulate the whole in virtual time, 10,000 runs; SIMULATION_SEEDS, SIMULATION_SEED=n replays one
	SIMULATION_SEEDS=$${SIMULATION_SEEDS:-10000} $(CARGO) test --locked --quiet --profile lab --test simulation -- --nocapture

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

# A little of each fault, some at the same time: what is lost is judged, and no times. `make faults` judges those, too.
fault-test: tools | web/dist ## Only the faults, as far as minutes and this machine allow; ONLY="kill cut" picks
	@mkdir -p $(LOGS)
	FAULTS_QUICK=1 $(CARGO) test --locked --quiet --test faults -- $(ONLY) 2>&1 | tee $(LOGS)/faults.log

web-test: $(NPM_STAMP) ## Only the client's own tests
	@mkdir -p web/test-results
	cd web && npm test --silent -- --reporter=default --reporter=json --outputFile.json=test-results/client.json

browser-test: packages web ## Only the tests in real browsers (ENGINES="chromium firefox" picks)
	@mkdir -p web/test-results
	if [ ! -x target/debug/chinwag ]; then $(CARGO) test --locked --no-run --tests; fi
	cd web && npx vitest run --config e2e/vitest.config.ts $(ENGINES:%=--project %) \
		--reporter=default --reporter=json --outputFile.json=test-results/browsers.json --reporter=./e2e/rig/failures.ts

# Optimised, because the bars are times; CHINWAG_BIN names another build, with its own web client inside.
bench-browser: packages web ## Print what the client promises in figures and what came of it; ONLY="flood soak" picks
	@if [ -z "$${CHINWAG_BIN:-}" ]; then $(CARGO) build --locked --profile lab --bin chinwag; fi
	cd web; CHINWAG_BIN="$${CHINWAG_BIN:-$(CURDIR)/target/lab/chinwag}" BENCHES="$(ONLY)" \
		node --experimental-websocket -e "import('vite').then((vite) => vite.runnerImport('./e2e/bench/main.ts'))"

bench-peers: $(PEERS_STAMP) peers-server ## Print what a delivery costs here, in other chats and without a chat; ONLY="ours-wt bare-quinn" picks
	CHINWAG_BIN="$${CHINWAG_BIN:-$(CURDIR)/target/peers/chinwag}" $(CARGO) bench --locked --bench peers -- run

# What the rounds said stays in target/growth.jsonl, so that they can be run one by one.
bench-growth: peers-server ## Print what ten to 10,000 members and one to 5,000 rooms cost; table and plot in target/growth.*
	CHINWAG_BIN="$${CHINWAG_BIN:-$(CURDIR)/target/peers/chinwag}" $(CARGO) bench --locked --bench peers -- growth

# Our server as it is released; CHINWAG_BIN names another build. It is copied, because cargo builds it again, with what tests
# need in it, beside the bench.
peers-server: tools | web
	@if [ -z "$${CHINWAG_BIN:-}" ]; then \
		$(CARGO) build --release --locked; \
		mkdir -p target/peers; \
		cp target/release/chinwag target/peers/chinwag; \
	fi

# Without it, the bench leaves Socket.IO out and says so.
$(PEERS_STAMP): benches/peers/socketio/package-lock.json | tools
	npm --prefix benches/peers/socketio ci --no-audit --no-fund && touch $@ || true

# Needs root: network namespaces and TUN devices.
bench-lossy: tools web ## Print how long a message takes over a link that loses packets, and beside a flooded room, over each transport
	$(CARGO) build --locked --release
	python3 benches/lossy/run.py

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
