# A newcomer needs `make demo` and `make test`. Both install what they use, from lock files.
# Everything that tests and demo load is built in one profile (dev).

VENV   := .venv
PYTHON := $(VENV)/bin/python
NODE   := bindings-node
VERIFY := .venv-verify
BENCH  := .venv-bench
AUDIT  := .venv-audit
TOOLS  := .tools
CARGO_FLAGS := --locked

ifeq ($(shell uname),Darwin)
LIBRARY := dylib
else
LIBRARY := so
endif

.DEFAULT_GOAL := help
.PHONY: help demo test check gen build setup test-rust test-python test-node test-third-party fuzz fuzz-emulator audit sbom chaos soak bench bench-guard bench-parts bench-build docs screenshot clean

help:
	@echo 'make demo    plays one story in Rust, Python, async Python and Node against the embedded tenant'
	@echo 'make test    every test, in all languages'
	@echo 'make check   formatting, lints, types, and whether generated files are up to date'
	@echo 'make bench   other clients beside ours, in one run; writes docs/benchmarks.md'
	@echo 'make bench-guard  instructions of the hot paths against their budget'
	@echo 'make bench-parts  parts of core, each by itself'
	@echo 'make chaos   100,000 creates and 1,000,000 reads while one request in twenty goes wrong'
	@echo 'make soak    a million calls, while memory and open files are watched'
	@echo 'make fuzz    every fuzz target, for FUZZ_SECONDS each (600 by default)'
	@echo 'make fuzz-emulator  the emulator under a fuzzer, with FUZZ_EXAMPLES for each operation (1000 by default)'
	@echo 'make audit   licences, sources, and advisories where they can be reached'
	@echo 'make sbom    what the packages are made of, in CycloneDX, in dist/sbom'
	@echo 'make gen     writes the generated files from the registry'
	@echo 'make docs    reference documentation of the Rust crates'

demo: build
	examples/demo.sh

test: build test-rust test-python test-node test-third-party
	$(PYTHON) tests/coverage.py

# --- set-up, from lock files

setup: $(VENV)/.ready $(NODE)/node_modules/.ready

$(VENV)/.ready: requirements-dev.txt
	@echo '== Python tools'
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	echo "$(CURDIR)/bindings-python/python" > "$$($(PYTHON) -c 'import site; print(site.getsitepackages()[0])')/cyberark_identity.pth"
	touch $@

$(NODE)/node_modules/.ready: $(NODE)/package-lock.json
	@echo '== Node tools'
	npm --prefix $(NODE) ci --no-audit --no-fund
	touch $@

$(VERIFY)/.ready: tests/third_party/requirements.txt
	@echo '== SCIM programs that nobody here wrote'
	python3 -m venv $(VERIFY)
	$(VERIFY)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

# --- build: one cargo run, then the two libraries go where the packages load them. Programs are chosen with --bin and not with -p,
# which would select other features of our dependencies and build many of them again.

build: setup
	@echo '== build'
	cargo build $(CARGO_FLAGS) --workspace
	install -m 755 target/debug/lib_native.$(LIBRARY) bindings-python/python/cyberark_identity/_native.abi3.so
	install -m 755 target/debug/libcyberark_identity_node.$(LIBRARY) $(NODE)/cyberark-identity.node
	npm --prefix $(NODE) run --silent build:ts

# --- tests

COVERAGE := target/scenario-coverage.txt

test-rust: build
	@echo '== Rust tests'
	rm -f $(COVERAGE)
	SCENARIO_COVERAGE=$(CURDIR)/$(COVERAGE) cargo test $(CARGO_FLAGS) --workspace --quiet

test-python: build
	@echo '== Python tests'
	SCENARIO_COVERAGE=$(CURDIR)/$(COVERAGE) $(PYTHON) -m pytest -q tests/python

test-node: build
	@echo '== Node tests'
	SCENARIO_COVERAGE=$(CURDIR)/$(COVERAGE) npm --prefix $(NODE) test --silent

# The programs of this step need Python 3.11; on 3.10 the step is skipped, and says so.
test-third-party: build
	@echo '== against SCIM programs that nobody here wrote'
	@if python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
		$(MAKE) --no-print-directory $(VERIFY)/.ready && $(PYTHON) -m pytest -q tests/third_party; \
	else echo 'left out: they need Python 3.11 or later'; fi

# --- under load, in release mode

chaos:
	cargo run $(CARGO_FLAGS) --quiet --release -p cyberark-identity-tests --bin chaos

soak: build
	cargo build $(CARGO_FLAGS) --release -p cyberark-identity-tests -p cyberark-identity-emulator --bins
	target/release/soak target/release/cyberark-identity-emulator
	$(PYTHON) tests/soak/soak.py target/release/cyberark-identity-emulator
	node --expose-gc tests/soak/soak.mjs target/release/cyberark-identity-emulator

# Each target of tests/fuzz, starting from the corpus. cargo-fuzz needs nightly options, which RUSTC_BOOTSTRAP allows on stable.
# Findings are in target/fuzz; those worth keeping go to tests/fuzz/corpus, which is also a test.
FUZZ := RUSTC_BOOTSTRAP=1 PATH=$(CURDIR)/$(TOOLS)/bin:$$PATH cargo fuzz
FUZZ_OPTIONS := --fuzz-dir tests/fuzz --target-dir target/fuzz --sanitizer none

fuzz: $(TOOLS)/bin/cargo-fuzz
	$(FUZZ) build $(FUZZ_OPTIONS)
	@set -e; for target in $(or $(FUZZ_TARGETS),$(notdir $(wildcard tests/fuzz/corpus/*))); do \
		mkdir -p target/fuzz/found/$$target; echo "== $$target"; \
		$(FUZZ) run $(FUZZ_OPTIONS) $$target target/fuzz/found/$$target tests/fuzz/corpus/$$target -- \
			-max_total_time=$${FUZZ_SECONDS:-600} -timeout=10 -rss_limit_mb=2048 -artifact_prefix=target/fuzz/found/$$target- \
			-print_final_stats=1 -verbosity=0; \
	done

# Many more cases than `make test` sends: FUZZ_EXAMPLES for each operation.
fuzz-emulator: build $(VERIFY)/.ready
	FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-1000} $(PYTHON) -m pytest -q tests/third_party/test_fuzz.py

# --- speed: release builds of our packages, and other clients from lock files, separate from everything else

BUILT := benches/.build

$(BENCH)/.ready: benches/requirements.txt
	@echo '== Python peers'
	python3 -m venv $(BENCH)
	$(BENCH)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	echo "$(CURDIR)/$(BUILT)/python" > "$$($(BENCH)/bin/python -c 'import site; print(site.getsitepackages()[0])')/ours.pth"
	touch $@

benches/node/node_modules/.ready: benches/node/package-lock.json
	@echo '== Node peers'
	npm --prefix benches/node ci --no-audit --no-fund
	touch $@

bench: bench-build benches/node/node_modules/.ready
	$(BENCH)/bin/python benches/run.py $(if $(ROWS),--rows '$(ROWS)') $(if $(ROUNDS),--rounds $(ROUNDS))
	$(if $(ROWS),,$(BENCH)/bin/python benches/report.py)

# Needs valgrind. It counts instructions, so it also works on a busy machine.
bench-guard: bench-build
	$(BENCH)/bin/python benches/guard.py $(if $(ROWS),--rows '$(ROWS)') $(if $(UPDATE),--update)

bench-parts:
	cargo bench $(CARGO_FLAGS) -p cyberark-identity-core-loop

bench-build: build $(BENCH)/.ready
	@echo '== release builds (some minutes the first time)'
	cargo build $(CARGO_FLAGS) --profile bench -p cyberark-identity-python -p cyberark-identity-node \
		-p cyberark-identity-emulator -p cyberark-identity-raw-loop -p cyberark-identity-core-loop
	rm -rf $(BUILT) && mkdir -p $(BUILT)/node
	cp -R bindings-python/python $(BUILT)/python
	install -m 755 target/release/lib_native.$(LIBRARY) $(BUILT)/python/cyberark_identity/_native.abi3.so
	cp -R $(NODE)/dist $(NODE)/package.json $(BUILT)/node/
	install -m 755 target/release/libcyberark_identity_node.$(LIBRARY) $(BUILT)/node/cyberark-identity.node
	# As pip does when it installs a package: otherwise each process would compile ours, but not the others. The programs, too.
	$(BENCH)/bin/python -m compileall -q $(BUILT)/python benches/python

# --- what is built in

$(TOOLS)/bin/cargo-fuzz: VERSION := 0.13.2
$(TOOLS)/bin/cargo-deny: VERSION := 0.20.2
$(TOOLS)/bin/cargo-cyclonedx: VERSION := 0.5.9

$(TOOLS)/bin/%:
	cargo install --quiet --locked --root $(TOOLS) $*@$(VERSION)

$(AUDIT)/.ready: requirements-audit.txt
	python3 -m venv $(AUDIT)
	$(AUDIT)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

audit: $(TOOLS)/bin/cargo-deny $(AUDIT)/.ready
	PATH=$(CURDIR)/$(TOOLS)/bin:$$PATH .ci/audit

# cargo-cyclonedx writes beside every Cargo.toml; what is shipped goes to dist, the rest is removed.
sbom: $(TOOLS)/bin/cargo-cyclonedx
	mkdir -p dist/sbom
	PATH=$(CURDIR)/$(TOOLS)/bin:$$PATH cargo cyclonedx --quiet --format json --spec-version 1.5 --all --override-filename sbom.cdx
	for crate in core emulator bindings-python bindings-node; do mv $$crate/sbom.cdx.json dist/sbom/$$crate.cdx.json; done
	rm -f */sbom.cdx.json */*/sbom.cdx.json
	npm --prefix $(NODE) sbom --package-lock-only --omit=dev --sbom-format cyclonedx > dist/sbom/npm.cdx.json

# --- checks

check: build
	@echo '== formatting'
	cargo fmt --all --check
	$(VENV)/bin/ruff format --check .
	npm --prefix $(NODE) run --silent format:check
	@echo '== lints'
	cargo clippy $(CARGO_FLAGS) --workspace --all-targets -- -D warnings
	$(VENV)/bin/ruff check .
	@echo '== types'
	$(VENV)/bin/mypy
	npm --prefix $(NODE) run --silent typecheck
	@echo '== generated files'
	cargo run $(CARGO_FLAGS) --quiet --bin xtask -- gen --check

gen: setup
	cargo run $(CARGO_FLAGS) --quiet --bin xtask -- gen

docs:
	cargo doc $(CARGO_FLAGS) --no-deps -p cyberark-identity -p cyberark-identity-emulator

# Needs chromium, curl, pngquant and fonts for many scripts (Debian: fonts-noto-core, fonts-noto-cjk); not part of CI, because
# pictures differ between machines.
screenshot:
	cargo build $(CARGO_FLAGS) -p cyberark-identity-emulator
	docs/images/tenant-status.sh

clean:
	cargo clean
	rm -rf $(VENV) $(VERIFY) $(BENCH) $(AUDIT) $(TOOLS) $(BUILT) dist $(NODE)/node_modules benches/node/node_modules $(NODE)/dist
	rm -f $(NODE)/*.node bindings-python/python/cyberark_identity/_native.*.so
