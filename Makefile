# make          install what is missing, build the programs, leave them here
# make test     build the rest too, then run the tests    make asan | tsan   .. under sanitizers
# make bench    measure, as JSON lines                    make lint | format
# make fuzz     fuzz the readers of foreign files and the Python package, ten minutes each; needs clang
# make python   the Python package, into build/python/venv
# make install  for every GPU that CUDA knows             make bench-gpu     test and measure on the GPU

PROGRAMS := train analyze irreps census certify sweep
JOBS     ?= $(shell nproc)

SETUP_PYTHON := tools/install_dependencies python && tools/python_environment

# To look for what tests, benchmarks and the Python package need takes CMake longer than all else: `make` leaves it out in
# a new folder, `make test` and the like put it in, and it stays.
BEYOND_PROGRAMS := TESTS BENCH PYTHON
NEW_FOLDER      := $(if $(wildcard build/release/CMakeCache.txt),,1)

.PHONY: all programs everything setup python test asan tsan debug bench bench-gpu fuzz lint format install clean
all: programs
	@for p in $(PROGRAMS); do \
	  if [ -x build/release/bin/$$p ]; then ln -sf build/release/bin/$$p $$p; fi; done

setup:
	@tools/install_dependencies build
	@tools/fetch_plotly

programs: setup
	@cmake --preset release $(if $(NEW_FOLDER),$(BEYOND_PROGRAMS:%=-DIRREPLENS_%=OFF))
	@cmake --build --preset release -j $(JOBS) --target $(PROGRAMS)

python: setup
	@$(SETUP_PYTHON)
	@build/python/venv/bin/python -m pip install --disable-pip-version-check .
	@echo "irreplens: build/python/venv/bin/python -c 'import irreplens' works now"

everything: all
	@tools/install_dependencies test
	@$(SETUP_PYTHON)
	@cmake --preset release $(BEYOND_PROGRAMS:%=-DIRREPLENS_%=ON)
	@cmake --build --preset release -j $(JOBS)

test: everything
	@ctest --preset release -j $(JOBS)

asan tsan debug: setup
	@tools/install_dependencies test
	@cmake --preset $@
	@cmake --build --preset $@ -j $(JOBS)
	@ctest --preset $@ -j $(JOBS)

bench: setup
	@tools/install_dependencies bench
	@$(SETUP_PYTHON)
	@cmake --preset release $(BEYOND_PROGRAMS:%=-DIRREPLENS_%=ON)
	@cmake --build --preset release -j $(JOBS)
	@bench/run

bench-gpu: setup
	@cmake --preset portable
	@cmake --build --preset portable -j $(JOBS)
	@bench/gpu

install: setup
	@cmake --preset portable
	@cmake --build --preset portable -j $(JOBS) --target $(PROGRAMS)
	@cmake --install build/portable

fuzz: setup
	@$(SETUP_PYTHON)
	@fuzz/run

lint: setup
	@tools/install_dependencies lint
	@cmake --preset lint
	@tools/lint

format: setup
	@tools/install_dependencies lint
	@git ls-files '*.hpp' '*.cpp' '*.cu' '*.cuh' | xargs clang-format -i

clean:
	rm -rf build $(PROGRAMS)
