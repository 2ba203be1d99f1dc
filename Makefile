# The two commands: `make run` (first result) and `make test` (the tests that take minutes; `make test-long` runs the others). `make help` lists all targets.
BUILD := build/release
JOBS ?= $(shell nproc)

# Networks, data and reference tables for the tests of label `data`. Without them, those tests are skipped.
DATA_FOLDER ?= ../shared/data
REFERENCE_FOLDER ?= ../shared/reference
MHO_DATA ?= $(realpath $(DATA_FOLDER))
MHO_REFERENCE ?= $(realpath $(REFERENCE_FOLDER))
# Exported only if they name a folder: a test is skipped if its variable is not set.
environment = $(if $(MHO_DATA),MHO_DATA="$(MHO_DATA)") $(if $(MHO_REFERENCE),MHO_REFERENCE="$(MHO_REFERENCE)")

# Prefix of the folders of `make install`.
PREFIX ?= /usr/local

.PHONY: run mho-train python install package test test-long everything setup build bench asan coverage format tidy clean help

## run: install missing packages, build the command, evaluate the default network on the default chip
run: build
	$(BUILD)/mho run

## build: build the command only
build:
	scripts/install_packages.sh run
	cmake --preset release $(if $(wildcard $(BUILD)/CMakeCache.txt),,-DMHO_TESTS=OFF)
	cmake --build --preset release --target mho --parallel $(JOBS)

## mho-train: install libtorch if it is missing, build the command and mho-train, which `mho retrain` starts
mho-train:
	scripts/install_packages.sh run train
	cmake --preset release $(if $(wildcard $(BUILD)/CMakeCache.txt),,-DMHO_TESTS=OFF)
	cmake --build --preset release --target mho mho-train --parallel $(JOBS)

## python: build the command and the Python module, the latter in build/release/python
python:
	scripts/install_packages.sh run python
	cmake --preset release -DMHO_PYTHON=ON $(if $(wildcard $(BUILD)/CMakeCache.txt),,-DMHO_TESTS=OFF)
	cmake --build --preset release --target mho mho_python --parallel $(JOBS)

## install: build the command; install it and the other parts that were built below PREFIX (/usr/local); DESTDIR is honoured
install: build
	DESTDIR="$(DESTDIR)" cmake --install $(BUILD) --prefix "$(PREFIX)"

## package: build the command; make Debian packages of all parts that were built, in build/release/packages
package: build
	cd $(BUILD) && cpack -G DEB

## setup: install the packages for run, test and development
setup:
	scripts/install_packages.sh run test develop

## test: install missing packages, build everything, run the tests of labels fast and data
test: everything
	$(environment) ctest --preset release --label-regex '^(fast|data)$$' --parallel $(JOBS)

## test-long: build everything, run the longer tests, those of label long (such as clang-tidy)
test-long: everything
	scripts/install_packages.sh browser cluster
	$(environment) ctest --preset release --label-regex '^long$$' --parallel $(JOBS)

# In continuous integration a warning is an error.
everything: setup
	cmake --preset release -DMHO_TESTS=ON -DMHO_BENCH=ON -DMHO_EXAMPLES=ON -DMHO_PYTHON=ON -DMHO_WERROR=$(if $(CI),ON,OFF)
	cmake --build --preset release --parallel $(JOBS)

## bench: run the benchmarks
bench: setup
	cmake --preset release -DMHO_BENCH=ON
	cmake --build --preset release --target bench_crossbar --parallel $(JOBS)
	OMP_NUM_THREADS=1 $(BUILD)/bench_crossbar

## asan: run every test with the address and undefined-behaviour sanitizers
asan: setup
	cmake --preset asan
	cmake --build --preset asan --parallel $(JOBS)
	$(environment) ctest --preset asan --parallel $(JOBS)

## coverage: report the lines that the tests of label fast execute; the page is build/coverage/index.html
coverage: setup
	scripts/install_packages.sh coverage
	cmake --preset coverage
	cmake --build --preset coverage --parallel $(JOBS)
	$(environment) ctest --preset coverage --label-regex '^fast$$' --parallel $(JOBS) || true
	gcovr --root . --filter '(base|periphery|tiles|hw|workloads|mapper|analysis|cli)/' --html-details build/coverage/index.html build/coverage

sources = $(shell git ls-files '*.h' '*.cpp')

## format: format every source file with clang-format
format:
	scripts/install_packages.sh develop
	clang-format -i $(sources)

## tidy: check sources with clang-tidy, except tests, benchmarks, examples and sources that include libtorch
tidy:
	scripts/install_packages.sh run test develop
	scripts/tidy.sh all

## clean: remove everything built
clean:
	rm -rf build

help:
	@sed -n 's/^## /  make /p' $(MAKEFILE_LIST)
