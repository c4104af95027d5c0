# The whole vocabulary of a contributor. `make` alone prints it.
#
# Missing tools are installed where that is possible (tests/setup); nothing else is downloaded than
# packages, by name, through cargo, npm, pip and apt.

CARGO ?= cargo
# Where `make run` keeps its database, and where it listens.
DATA ?= data
LISTEN ?= 127.0.0.1:8080

# Tools that the set-up scripts had to bring along, and rustup's own folder.
export PATH := $(CURDIR)/tests/.venv/node/bin:$(PATH):$(HOME)/.cargo/bin
# Every build names the whole workspace: one feature set, so that nothing is compiled twice.
WORKSPACE := --workspace --locked

.PHONY: help run build test e2e bench fmt lint landed web tools screenshots clean

help: ## Print this list.
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

run: tools web ## Build for development and serve on http://localhost:8080.
	@tests/setup/say.sh "building the server (some minutes the first time)"
	$(CARGO) build $(WORKSPACE) --bin taskchat
	@tests/setup/serve.sh $(DATA) $(LISTEN)

build: tools web ## Build the release binary, page included: target/release/taskchat.
	$(CARGO) build --release $(WORKSPACE) --bin taskchat

test: ## Everything that has to hold before a change lands; CI runs exactly this.
	@CARGO="$(CARGO)" tests/run.sh

e2e: ## Only the end-to-end scenarios; FILTER=s052 picks some.
	$(CARGO) test $(WORKSPACE) --test e2e -- $(FILTER)

bench: build ## Measure start, memory and latency of the release build.
	@CARGO="$(CARGO)" tests/bench/run.sh

fmt: tools ## Format the Rust code.
	$(CARGO) fmt --all

lint: tools web ## Formatting, clippy, buf lint, the page's linter.
	@CARGO="$(CARGO)" tests/run.sh lint

landed: tools ## Remember the contract as the one that has landed (see proto/README.md).
	@tests/setup/npm.sh web-client
	@tests/contract/land.sh

web: tools ## Build the page into web-client/dist.
	@tests/setup/page.sh

screenshots: tools web ## Pictures of every screen, in web-client/screenshots; some are in the READMEs.
	@tests/setup/npm.sh tests/browser
	$(CARGO) build $(WORKSPACE) --bin taskchat
	@node tests/browser/screenshots.mjs

tools: ## Check for cargo, node, npm and a C compiler; install what can be installed.
	@tests/setup/tools.sh

clean: ## Remove everything that was built or installed here; the data stays.
	$(CARGO) clean
	rm -rf web-client/dist web-client/node_modules tests/browser/node_modules tests/.venv
