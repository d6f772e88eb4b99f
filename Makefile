# Two commands for everybody: `make demo` and `make test`. The rest is for people who change things.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What is installed beside the program itself; CI adds the reasoners and Spark, which need Java.
EXTRAS ?= dev
comma := ,
READY := $(VENV)/.ready-$(subst $(comma),-,$(EXTRAS))
export REHABGRAPH_CACHE ?= $(CURDIR)/$(VENV)/cache

.PHONY: demo test check lint types layers wheel-check bench clean

demo: $(READY)
	$(BIN)/rehabgraph report market-share --format table
	@mkdir -p out
	@$(BIN)/rehabgraph view matrix -o out/matrix.html
	@$(BIN)/rehabgraph view network -o out/network.html
	@echo
	@echo "Open these two in a browser:"
	@echo "  $(CURDIR)/out/matrix.html    who holds which lot in which region"
	@echo "  $(CURDIR)/out/network.html   the same as a network to follow and filter"

test: $(READY)
	$(BIN)/python -m pytest -q

check: lint types layers test wheel-check

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

layers: $(READY)
	cd .typecheck && PYTHONPATH=. ../$(BIN)/lint-imports --config ../pyproject.toml

wheel-check: $(READY)
	benchmarks/wheel_check.sh $(BIN)/python

# What ours is held against is installed here only: nothing else needs it. About half an hour.
BENCHES := run serve large_build catalogue large_answers large_networks imports cluster
bench: $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt \
	  -e '.[bench,large,spark]'
	@for name in $(BENCHES); do $(BIN)/python -u benchmarks/$$name.py || exit 1; done

# One folder holds everything that is installed; it is made anew when the versions change.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "rehabgraph needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up in $(VENV) (once, a minute or two) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS)]'
	@touch $(READY)

clean:
	rm -rf $(VENV) out build dist *.egg-info
