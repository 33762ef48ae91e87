# make          builds .build/release/crunchstat, one static file
# make run      builds it, wraps a demonstration job, and shows what was measured
# make test     runs all tests against the release build, and the gate
# make help     lists the other targets

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build

BINARY := $(CURDIR)/.build/release/crunchstat
DEBUG_BINARY := $(CURDIR)/.build-debug/debug/crunchstat
FORMATTED := Package.swift Sources Benchmarks Tests
PREFIX ?= /usr/local
BENCHMARKS := $(CURDIR)/.build/release/Benchmarks
# In user space, of a poll of the default statistics on a recorded v1 tree: to scan and format what
# is demanded, 0.8 % above what was reached last, and all with reading and writing 0.3 % above.
MOST_TO_SCAN := 6000
MOST_INSTRUCTIONS := 7430
# KiB of the release executable after some thousand polls: 3 MB. It has 2.4 or 2.8 MB, by how its
# file lies in the page cache, of which the kernel maps what is there around each page touched.
MOST_RESIDENT := 2929
# System calls that kernels before 5.3 to 5.11 lack.
NEW_CALLS := pidfd_open,clone3,openat2,epoll_pwait2
OLD_KERNEL := strace -D -f -qq -o /dev/null -e inject=$(NEW_CALLS):error=ENOSYS

# Any python3 that has pytest; Debian's package gives it to /usr/bin/python3.
PYTHON = $(shell for p in python3 /usr/bin/python3; do \
  $$p -c 'import pytest' 2>/dev/null && echo $$p && break; done)
PYTEST = $(PYTHON) -m pytest -q -rs -p no:cacheprovider Tests/CrunchstatTests

.PHONY: build
build: swift
	swift build -c release --product crunchstat

.PHONY: run
run: build
	@log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
	$(BINARY) -poll 10 -log "$$log" Benchmarks/Demo/job.sh; \
	awk -f Benchmarks/Demo/one-poll.awk "$$log"; \
	awk -f Benchmarks/Demo/summary.awk "$$log"

.PHONY: test
test: test-unit test-outside gate

.PHONY: test-unit
test-unit: swift
	swift test -c release --disable-xctest --no-parallel

.PHONY: test-outside
test-outside: build tools
	CRUNCHSTAT=$(BINARY) $(PYTEST)

# The same with assertions on and nothing optimised, but for the largest outputs.
.PHONY: test-debug
test-debug: test-debug-unit test-debug-outside

.PHONY: test-debug-unit
test-debug-unit: export CRUNCHSTAT_UNOPTIMISED = 1
test-debug-unit: swift
	swift test --scratch-path .build-debug --disable-xctest --no-parallel

.PHONY: build-debug
build-debug: export CRUNCHSTAT_UNOPTIMISED = 1
build-debug: swift
	swift build --scratch-path .build-debug --product crunchstat

.PHONY: test-debug-outside
test-debug-outside: build-debug tools
	CRUNCHSTAT=$(DEBUG_BINARY) $(PYTEST) -k 'not whole_stderr and not come_and_go'

# The release executable in a virtual machine with control groups v2, then in one with the v1
# layout, then in one whose kernel has no memory controller. KERNELS are Debian suites; TOPICS are files of Tests/VirtualMachine/checks, all where
# none is named.
KERNELS ?= bookworm bookworm-backports
LAYOUTS ?= v2 v1 nomemory
TOPICS ?=
.PHONY: test-v2
test-v2: build v2-tools
	@failed=0; \
	for suite in $(KERNELS); do \
	  folder=.build/kernels/$$suite; \
	  Tests/VirtualMachine/fetch-kernel.sh $$suite $$folder; \
	  for layout in $(LAYOUTS); do \
	    Tests/VirtualMachine/boot.sh $(BINARY) $$folder $$layout $(TOPICS) || failed=1; \
	  done; \
	done; \
	exit $$failed

# The same where the kernel has none of its newer system calls; but for tests that trace
# crunchstat themselves, that send a signal before the tracer lets it begin, that leave no room
# for a tracer, that look at descriptors which a tracer keeps, that compare time in user mode alone
# (user_time), of which a tracer makes some the kernel's, or that a tracer is too slow for.
NOT_TRACED := not few_looks and not children_are_asked and not time_of_the_start \
  and not alarm_that_was and not few_descriptors and not process_1 and not whole_stderr \
  and not process_can_be_started and not limit_of_processes and not more_arguments \
  and not come_and_go and not list_of_a_million and not not_kept and not job_alone \
  and not not_listed
.PHONY: test-old-kernel
test-old-kernel: build tools
	CRUNCHSTAT='$(OLD_KERNEL) $(BINARY)' $(PYTEST) -m 'not user_time' -k '$(strip $(NOT_TRACED))'

# The unit tests, those of each function of the C shim among them, and those from outside that
# feed crunchstat with the oddest bytes, with nothing optimised and the address sanitizer, which looks for leaks too,
# and in C with traps where behaviour is undefined. Its tracer and another can't be at once.
SANITIZED := --scratch-path .build-sanitized --sanitize=address \
  -Xcc -fsanitize=undefined -Xcc -fsanitize-trap=undefined
SANITIZED_TESTS := $(addprefix Tests/CrunchstatTests/test_,$(addsuffix .py,status streams \
  oddities hostile_input))
.PHONY: test-sanitized
test-sanitized: export CRUNCHSTAT_SANITIZED = 1
test-sanitized: export CRUNCHSTAT_UNOPTIMISED = 1
test-sanitized: export SWIFT_BACKTRACE = enable=no
test-sanitized: swift tools
	swift test $(SANITIZED) --disable-xctest --no-parallel
	CRUNCHSTAT=$(CURDIR)/.build-sanitized/debug/crunchstat \
	  $(filter-out Tests/%,$(PYTEST)) -k 'not few_looks' $(SANITIZED_TESTS)

# The same for bytes that nobody has written, which the sanitizer does not see: valgrind, in a few
# runs of the debug build.
.PHONY: memcheck
memcheck: build-debug tools
	Tests/memcheck.sh $(DEBUG_BINARY)

# Coverage-guided fuzzing of what reads bytes that others write, FUZZ_SECONDS for each of its
# targets, all where none is named; `fuzz-merge` keeps what it has found in Tests/Fuzzing/Corpus,
# which `make test` feeds to the same checks.
FUZZER := $(CURDIR)/.build-fuzz/debug/Fuzzer
FUZZ_SECONDS ?= 60
TARGETS ?=
.PHONY: fuzz
fuzz: fuzzer
	Tests/Fuzzing/run.sh $(FUZZER) $(FUZZ_SECONDS) $(TARGETS)

.PHONY: quick-fuzz
quick-fuzz: FUZZ_SECONDS = 2
quick-fuzz: fuzz

.PHONY: fuzz-merge
fuzz-merge: fuzzer
	Tests/Fuzzing/merge.sh $(FUZZER) $(TARGETS)

# The first flag has SwiftPM leave main to libFuzzer; of two such the compiler takes the second.
.PHONY: fuzzer
fuzzer: export CRUNCHSTAT_FUZZ = 1
fuzzer: swift
	swift build --scratch-path .build-fuzz --product Fuzzer -Xswiftc -use-ld=lld \
	  --sanitize=fuzzer -Xswiftc -sanitize=fuzzer,address -Xcc -fsanitize=address

# A million polls at 1 ms while all that is watched comes and goes, in each of three ways; and
# 1 GB of stderr in short lines. `make test` does a little of it, CI a minute (quick-soak).
.PHONY: soak
soak: build tools
	CRUNCHSTAT=$(BINARY) CRUNCHSTAT_SOAK_BYTES=1073741824 $(PYTEST) -k 'all_of_it'
	CRUNCHSTAT=$(BINARY) CRUNCHSTAT_SOAK_SECONDS=1100 $(PYTEST) -k 'come_and_go'

.PHONY: quick-soak
quick-soak: build tools
	CRUNCHSTAT=$(BINARY) CRUNCHSTAT_SOAK_SECONDS=20 $(PYTEST) -k 'come_and_go'

# No allocation in a steady poll, counted in the product's own code; none seen from
# outside on the static executable; no more instructions, system calls and resident
# memory than there were; and what a poll looks at is asked for before it.
.PHONY: gate
gate: build tools
	swift run -c release Benchmarks --allocations
	Benchmarks/steady-memory.sh $(BINARY)
	Benchmarks/instructions.sh $(BENCHMARKS) $(MOST_TO_SCAN) $(MOST_INSTRUCTIONS)
	Benchmarks/prefetch-gate.sh $(BINARY)
	Benchmarks/system-calls-gate.sh $(BINARY)
	Benchmarks/resident.sh $(BINARY) $(MOST_RESIDENT)

# That four of them fail: each gets a regression to find.
.PHONY: test-gates
test-gates: build tools
	swift build -c release --product Benchmarks
	Benchmarks/gates-fail.sh $(BINARY) $(BENCHMARKS) $(MOST_TO_SCAN) $(MOST_INSTRUCTIONS) \
	  $(MOST_RESIDENT)

.PHONY: benchmark
benchmark: build
	swift run Benchmarks

.PHONY: quick-benchmark
quick-benchmark: build
	swift run Benchmarks --quick

# Benchmarks/Results, with pictures, from one run of all sections: five minutes.
.PHONY: benchmark-page
benchmark-page: build tools page-tools
	swift run Benchmarks --json all > .build/benchmarks.json
	Benchmarks/make-page.py .build/benchmarks.json Benchmarks/Results

# After changes to what runs at every start or poll; needs valgrind.
.PHONY: link-order
link-order: build
	Benchmarks/link-order.sh $(BINARY) > .build/link-order.txt
	mv .build/link-order.txt Sources/crunchstat/link-order.txt

.PHONY: format
format: swift
	swift format format -i -r $(FORMATTED)

.PHONY: lint
lint: swift tools
	swift format lint --strict -r $(FORMATTED)
	for f in Benchmarks/Demo/job.sh Benchmarks/Demo/disk-then-sleep.sh; do sh -n $$f; done
	shellcheck .ci/run Benchmarks/*.sh Benchmarks/Demo/*.sh Tests/memcheck.sh Tests/Fuzzing/*.sh
	shellcheck -e SC2016 Tests/VirtualMachine/{boot,fetch-kernel}.sh
	shellcheck -s dash -e SC1090,SC2016,SC2034,SC2046,SC2086,SC2154 \
	  Tests/VirtualMachine/{init,guest.sh,checks/*.sh,checks/*/*.sh}
	/usr/bin/python3 -m flake8 --max-line-length 120 Tests Benchmarks

.PHONY: install
install: build
	install -D -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/crunchstat

.PHONY: clean
clean:
	rm -rf .build .build-*

.PHONY: help
help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile
	@echo 'also: test-unit test-outside test-debug test-sanitized test-old-kernel test-v2 gate test-gates'
	@echo '      benchmark quick-benchmark benchmark-page fuzz quick-fuzz fuzz-merge soak quick-soak'
	@echo '      link-order format lint memcheck install clean'

.PHONY: swift
swift:
	@command -v swift >/dev/null || { echo 'Swift $(file < .swift-version) is needed:' \
	  'https://www.swift.org/install' >&2; exit 1; }

# What the tests need beside Swift: Debian's packages, installed where root may do that.
NEED = missing=; \
	have() { command -v "$$1" >/dev/null || missing="$$missing $$2"; }
INSTALL = [ -n "$$missing" ] || exit 0; \
	if [ "$$(id -u)" != 0 ]; then echo "please install:$$missing" >&2; exit 1; fi; \
	apt-get update -qq && \
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing

.PHONY: tools
tools:
	@$(NEED); \
	have cc gcc; have strace strace; have valgrind valgrind; have ip iproute2; have runc runc; \
	have shellcheck shellcheck; \
	/usr/bin/python3 -c 'import flake8' 2>/dev/null || missing="$$missing python3-flake8"; \
	[ -n "$(PYTHON)" ] || missing="$$missing python3-pytest"; \
	$(INSTALL)

.PHONY: page-tools
page-tools:
	@$(NEED); \
	have gnuplot gnuplot-nox; have python3 python3; \
	$(INSTALL)

.PHONY: v2-tools
v2-tools:
	@$(NEED); \
	have cc gcc; have qemu-system-x86_64 qemu-system-x86; have cpio cpio; have xz xz-utils; \
	have strace strace; \
	busybox --list 2>/dev/null | grep -qx mke2fs || missing="$$missing busybox-static"; \
	$(INSTALL)
