"""What is packaged: every folder of Python, every file that the program reads, one version."""

import fnmatch
import re
import tomllib
from pathlib import Path

import pytest

import rehabgraph

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUP = PROJECT["tool"]["setuptools"]
OUTSIDE = {"tests", "benchmarks", "docs", "build", "dist", "out"}
"""Folders that hold Python or files but are no part of the package."""


def packaged_folders() -> set[Path]:
    """Return the folders under the root that belong to the package."""
    return {
        p
        for p in ROOT.iterdir()
        if p.is_dir()
        and p.name[0] not in "._"
        and p.name not in OUTSIDE
        and "egg-info" not in p.name
    }


def test_every_folder_with_python_is_listed() -> None:
    """`packages` names the root and every folder below it that holds Python."""
    folders = {p.parent for top in packaged_folders() for p in top.rglob("*.py")}
    names = {"rehabgraph", *(f"rehabgraph.{'.'.join(p.relative_to(ROOT).parts)}" for p in folders)}
    assert set(SETUP["packages"]) == names
    for folder in folders:
        assert (folder / "__init__.py").is_file(), folder


@pytest.mark.parametrize("folder", ["data", "ontology", "queries", "views"])
def test_every_file_that_is_read_is_package_data(folder: str) -> None:
    """Tables, terms, rules, questions and templates all match a pattern of package-data."""
    base, patterns = ROOT / folder, SETUP["package-data"].get(f"rehabgraph.{folder}")
    if patterns is None:  # no Python there: listed from the root
        base, patterns = ROOT, SETUP["package-data"]["rehabgraph"]
    files = [
        p
        for p in (ROOT / folder).rglob("*")
        if p.is_file() and p.suffix not in (".py", ".pyc") and "__pycache__" not in p.parts
    ]
    assert files
    for file in files:
        name = file.relative_to(base)
        assert any(
            len(Path(pattern).parts) == len(name.parts) and fnmatch.fnmatch(str(name), pattern)
            for pattern in patterns
        ), f"{name} is not covered by {patterns}"


def test_every_pattern_finds_something() -> None:
    """No pattern of package-data is left over."""
    for package, patterns in SETUP["package-data"].items():
        base = ROOT.joinpath(*package.split(".")[1:])
        for pattern in patterns:
            assert list(base.glob(pattern)), f"{package}: {pattern}"


def test_versions_agree() -> None:
    """The version is said once for people and once for the package: they are the same."""
    assert PROJECT["project"]["version"] == rehabgraph.__version__
    assert re.fullmatch(r"\d+\.\d+\.\d+", rehabgraph.__version__)


def test_constraints_are_names_and_versions_only() -> None:
    """`constraints.txt` holds `name==version` lines and comments: no addresses."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        assert re.fullmatch(r"(#.*)?|[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line), line


def test_constraints_pin_every_dependency() -> None:
    """Everything that is required, to run or to develop, has its exact version."""
    pinned = {
        re.sub(r"[-_.]+", "-", line.split("==")[0]).lower()
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line and not line.startswith("#")
    }
    wanted = [*PROJECT["project"]["dependencies"]]
    for extra in PROJECT["project"]["optional-dependencies"].values():
        wanted += extra
    names = {re.sub(r"[-_.]+", "-", re.split(r"[<>=!~\[; ]", w)[0]).lower() for w in wanted}
    assert names <= pinned, names - pinned


def test_the_typed_mark_is_there() -> None:
    """`py.typed` stands at the root of the package, so that users' checkers read its types."""
    assert (ROOT / "py.typed").is_file()
    assert "py.typed" in SETUP["package-data"]["rehabgraph"]


def test_tests_are_no_package() -> None:
    """No `__init__.py` under tests: they import the installed package."""
    assert not list((ROOT / "tests").rglob("__init__.py"))
