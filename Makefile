# pearlbridge: `make run` for a living province, `make test` for every test. `make help` lists all.

SHELL := /bin/bash
.DEFAULT_GOAL := help

.PHONY: help run test bench fmt lint doc setup ci

help: ## List the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: ## Build, make a demonstration province in data/demo on first use, and serve it on loopback
	cargo build --release --locked
	./target/release/pearlbridge demo

test: setup ## Install what the tests need and lack, then run every test; the last line counts them
	@tests/support/run.sh

fmt: ## Format
	cargo fmt --all
	cargo fmt --manifest-path fuzz/Cargo.toml

lint: ## Formatting, lints with warnings denied, documentation
	cargo fmt --all --check
	cargo fmt --manifest-path fuzz/Cargo.toml --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTFLAGS="--cfg fuzzing" cargo clippy --manifest-path fuzz/Cargo.toml --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet

bench: ## Benchmarks against named peers, to target/bench.json (ONLY=name,… for some)
	@benches/run.sh

setup:
	@tests/support/setup.sh

ci: lint test
