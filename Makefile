# make          install what is missing, build, leave the programs here
# make test     the same, then run the tests        make asan | tsan   .. under sanitizers
# make bench    measure, as JSON lines              make lint | format
# make fuzz     fuzz the readers of foreign files, ten minutes each; needs clang
# make bench-gpu  test and measure on the GPU, in one call of under eight minutes

PROGRAMS := train analyze irreps census certify
JOBS     ?= $(shell nproc)

.PHONY: all build setup test asan tsan debug bench bench-gpu fuzz lint format install clean
all: build
	@for p in $(PROGRAMS); do \
	  if [ -x build/release/bin/$$p ]; then ln -sf build/release/bin/$$p $$p; fi; done

setup:
	@tools/install_dependencies build
	@tools/fetch_plotly

build: setup
	@cmake --preset release
	@cmake --build --preset release -j $(JOBS)

test: all
	@tools/install_dependencies test
	@ctest --preset release -j $(JOBS)

asan tsan debug: setup
	@tools/install_dependencies test
	@cmake --preset $@
	@cmake --build --preset $@ -j $(JOBS)
	@ctest --preset $@ -j $(JOBS)

bench: all
	@tools/install_dependencies bench
	@cmake --preset release
	@cmake --build --preset release -j $(JOBS)
	@bench/run

bench-gpu: build
	@bench/gpu

fuzz: setup
	@fuzz/run

lint: setup
	@tools/install_dependencies lint
	@cmake --preset release
	@tools/lint

format: setup
	@tools/install_dependencies lint
	@git ls-files '*.hpp' '*.cpp' '*.cu' '*.cuh' | xargs clang-format -i

install: build
	@cmake --install build/release

clean:
	rm -rf build $(PROGRAMS)
