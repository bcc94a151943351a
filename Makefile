# make run       set up, build, train the digits network, show what it learned, explain one of its units
# make test      set up, build, and run every test: Python, and the native ones as shipped and under the sanitizers
# make native    only the native tests as shipped: every instruction set, between pages that may not be touched
# make sanitize  only the native tests under the address, undefined-behaviour and thread sanitizers
# make bench     measure: start-up, training and inference beside PyTorch, ONNX Runtime, OpenVINO and ncnn, every
#                kernel, memory
# make fuzz      five minutes of damaged files for every loader: refused or read, never a crash or a hang
# make clean     remove what was built (the virtual environment and the runs stay)
#
# Needs Python 3.11 or newer, a C++17 compiler and make. Work that is done leaves a stamp and is not done again.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
# Modules get their bytecode when first used.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
NATIVE := CMakeLists.txt CMakePresets.json $(shell find native -type f)

# Two at a time, the Python tests beside the sanitizers: what waits for a disk or for a last long file leaves a core
# to somebody else.
MAKEFLAGS += --jobs=2
# ninja counts its own jobs.
unexport MAKEFLAGS
# Each process that the tests start would compile simplecell's modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test python native sanitize bench fuzz clean FORCE
.DELETE_ON_ERROR:

run: $(STAMPS)/built
	$(BIN)/simplecell showcase --out runs/digits

test: python sanitize native

python: $(STAMPS)/test-requirements $(STAMPS)/built
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

native: build/shipped.passed

sanitize: build/asan.passed build/tsan.passed

bench: $(STAMPS)/bench-requirements $(STAMPS)/built
	$(BIN)/python bench/startup.py
	$(BIN)/python bench/networks.py --mode train
	$(BIN)/python bench/networks.py
	$(BIN)/python bench/kernels.py
	$(BIN)/python bench/memory.py

fuzz: $(STAMPS)/test-requirements $(STAMPS)/built
	SIMPLECELL_FUZZ_SECONDS=300 $(BIN)/python -m pytest tests/fuzz --numprocesses auto --maxprocesses 4 --dist load

clean:
	rm -rf build dist $(STAMPS) .pytest_cache .ruff_cache .import_linter_cache
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "simplecell needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	@mkdir -p $(@D) && touch $@

$(STAMPS)/build-requirements: requirements/build.txt $(STAMPS)/venv
	$(PIP) -r $<
	@touch $@

# The editable install knows the files of the package by name: when one comes or goes, it is made again.
$(STAMPS)/modules: FORCE $(STAMPS)/venv
	@find src -name '*.py' | sort | cmp -s - $@ || find src -name '*.py' | sort > $@

# Two pips at once would get into each other's way: what tests and bench need is fetched first, while compilers work.
ifneq (,$(filter test fuzz,$(MAKECMDGOALS)))
$(STAMPS)/built: | $(STAMPS)/test-requirements
endif
ifneq (,$(filter bench,$(MAKECMDGOALS)))
$(STAMPS)/built: | $(STAMPS)/bench-requirements
endif
$(STAMPS)/built: pyproject.toml $(NATIVE) $(STAMPS)/modules $(STAMPS)/build-requirements
	$(PIP) --no-build-isolation --config-settings=build-dir=build/shipped --editable '.[plots]'
	@touch $@

$(STAMPS)/%-requirements: requirements/%.txt $(STAMPS)/build-requirements
	$(PIP) -r $<
	@touch $@

# In the folder of the engine that was just built, so that no kernel is compiled again.
build/shipped.passed: $(STAMPS)/built
	PATH="$(abspath $(BIN)):$$PATH" cmake --build build/shipped --target native_tests
	$(BIN)/ctest --test-dir build/shipped --no-tests=error --output-on-failure --parallel 2
	@touch $@

# Behind the others, who have more to do: the Python tests wait for the engine that is built beside these.
build/%.passed: $(NATIVE) $(STAMPS)/build-requirements
	PATH="$(abspath $(BIN)):$$PATH" cmake --preset $*
	PATH="$(abspath $(BIN)):$$PATH" nice cmake --build --preset $* --parallel
	nice $(BIN)/ctest --preset $* --no-tests=error --output-on-failure --parallel 2
	@touch $@
