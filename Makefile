# Every target does its own set-up, so each works on a fresh machine.

FLOW ?= $(wildcard ../shared/data/flow/AAPL.csv)
SEEDS ?= 10

.DEFAULT_GOAL := help
.PHONY: help setup build demo test check bench clean

help:
	@echo 'make demo    play a trading session, kill the venue in the middle, recover, compare'
	@echo 'make test    lint, build without warnings, all tests, the core as WebAssembly'
	@echo 'make check   the same with $(SEEDS) times as many simulation seeds (SEEDS=N)'
	@echo 'make bench   the benchmarks, as JSON (FLOW=FILE chooses the order flow)'
	@echo 'make build   the release build: .build/release/parallax, and the components it runs'
	@echo 'make setup   what the others do first: install the missing packages of dependencies.txt'
	@echo 'make clean   remove everything that was built'

setup:
	@Tools/setup

build: setup
	swift build -c release --product parallax
	@Tools/build-components

demo: build
	.build/release/parallax demo $(if $(FLOW),--flow $(FLOW))

test: setup
	@Tools/test

check: setup
	@PARALLAX_SIMULATION_SEEDS=$(SEEDS) Tools/test

bench: build
	@Tools/bench $(FLOW)

clean:
	rm -rf .build
