"""The rules of the house, kept by machine: who imports whom, types, style, exports, examples, sizes, stubs."""

import ast
import doctest
import importlib
import importlib.metadata
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import simplecell

ROOT = Path(__file__).parent.parent
SOURCES = Path(simplecell.__file__).parent
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages([str(SOURCES)], "simplecell.")
    if not module.name.endswith("__main__")
)
PYTHON_FILES = sorted(path for folder in ("src", "tests", "bench") for path in (ROOT / folder).rglob("*.py"))
NATIVE_FILES = sorted(path for path in (ROOT / "native").rglob("*") if path.suffix in (".cpp", ".h", ".inc"))


def passes(*command: str) -> None:
    """Run a tool of the virtual environment from the root and show what it says if it fails."""
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"


def test_a_room_imports_only_the_rooms_below_it() -> None:
    passes("-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))")


def test_the_style_is_ruffs() -> None:
    passes("-m", "ruff", "check", "--no-cache", ".")
    passes("-m", "ruff", "format", "--check", "--no-cache", ".")


def test_the_types_fit() -> None:
    passes("-m", "pyrefly", "check", "--python-interpreter-path", sys.executable)


def test_the_stub_of_the_native_module_is_the_generated_one(tmp_path: Path) -> None:
    fresh = tmp_path / "_native.pyi"
    passes("-m", "nanobind.stubgen", "-q", "-m", "simplecell._native", "-o", str(fresh))
    assert (SOURCES / "_native.pyi").read_text() == fresh.read_text(), "rebuild and commit src/simplecell/_native.pyi"


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = "{'torch', 'PIL', 'rich', 'typer', 'matplotlib', 'safetensors', 'onnx', 'scipy'}"
    passes("-c", f"import sys, simplecell; found = {heavy} & set(sys.modules); sys.exit(str(found) if found else 0)")


@pytest.mark.parametrize("name", ["simplecell", *MODULES])
def test_what_a_module_exports_is_there_and_its_examples_are_true(name: str) -> None:
    module = importlib.import_module(name)
    exported = getattr(module, "__all__", [])
    assert len(set(exported)) == len(exported)
    assert [member for member in exported if not hasattr(module, member)] == []
    assert doctest.testmod(module).failed == 0


def test_the_version_is_said_once_in_effect() -> None:
    assert simplecell.__version__ == importlib.metadata.version("simplecell")


def functions(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield each function with its number of lines, not counting its docstring."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            docstring = (first.end_lineno or 0) - first.lineno + 1 if text else 0
            yield node.name, (node.end_lineno or 0) - node.lineno + 1 - docstring


def test_modules_and_functions_stay_small_enough_to_read() -> None:
    long = [f"{path}: {lines}" for path in NATIVE_FILES if (lines := len(path.read_text().splitlines())) > 300]
    for path in sorted(SOURCES.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        catalogue = path.is_relative_to(SOURCES / "words" / "catalogue")
        if not catalogue and len(text.splitlines()) > 400:
            long.append(f"{path}: {len(text.splitlines())} lines")
        long += [f"{path}: {name} has {lines} lines" for name, lines in functions(ast.parse(text)) if lines > 40]
    assert long == []


def test_nothing_is_left_for_later_and_no_test_is_left_out() -> None:
    later = re.compile("TO" + "DO|FIX" + "ME|XX" + "X")
    left_out = re.compile(r"pytest\.(mark\.)?" + r"(skip|xfail)\b")
    found = [str(path) for path in PYTHON_FILES + NATIVE_FILES if later.search(path.read_text(encoding="utf-8"))]
    found += [str(path) for path in PYTHON_FILES if left_out.search(path.read_text(encoding="utf-8"))]
    assert found == []
