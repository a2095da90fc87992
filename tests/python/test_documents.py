"""Docstrings, types, stubs and the reference page."""

import doctest
import importlib
import json
import pathlib
import pkgutil
import subprocess
import sys

import pytest

import irreplens
from conftest import SOURCE

MODULES = [
    f"irreplens.{module.name}"
    for module in pkgutil.iter_modules(irreplens.__path__)
    if module.name not in ("_native", "__main__")
]


@pytest.mark.parametrize("name", MODULES)
def test_docstrings_are_right(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_everything_public_has_a_docstring():
    for name in irreplens.__all__:
        value = getattr(irreplens, name)
        if isinstance(value, str):
            continue
        assert value.__doc__ or name == "DivergenceError", name
        for member, what in vars(value).items() if isinstance(value, type) else ():
            if not member.startswith("_") and (callable(what) or isinstance(what, property)):
                assert what.__doc__, f"{name}.{member}"


def test_the_reference_page_is_current():
    page = subprocess.run(
        [sys.executable, str(SOURCE / "python/reference.py")], capture_output=True, text=True, check=True
    ).stdout
    assert (
        page == (SOURCE / "docs/python.md").read_text()
    ), "docs/python.md is old; make it anew: python/reference.py > docs/python.md"


@pytest.fixture
def mypy(tmp_path, monkeypatch):
    """Runs mypy in an empty folder where it finds the package, and returns what it says."""
    try:
        subprocess.run([sys.executable, "-m", "mypy", "--version"], capture_output=True, check=True)
    except subprocess.CalledProcessError:
        pytest.skip("no mypy")
    monkeypatch.setenv("MYPYPATH", str(pathlib.Path(irreplens.__file__).parents[1]))
    large = "".join(f"[mypy-{name}.*]\nfollow_imports = skip\n" for name in ("torch", "pandas", "plotly"))
    (tmp_path / "mypy.ini").write_text("[mypy]\nignore_missing_imports = True\n" + large)

    def said(*arguments):
        command = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "--no-error-summary", *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path).stdout

    return said


def test_types(mypy, tmp_path):
    package = pathlib.Path(irreplens.__file__).parent
    assert (package / "py.typed").exists() and "class Group:" in (package / "_native.pyi").read_text()
    assert mypy("--strict", "-p", "irreplens") == ""
    names = []
    for notebook in sorted((SOURCE / "examples").glob("*.ipynb")):
        cells = json.loads(notebook.read_text())["cells"]
        code = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        names.append(f"{notebook.stem}.py")
        (tmp_path / names[-1]).write_text(code + "\n")
    assert len(names) == 2 and mypy(*names) == ""
    (tmp_path / "wrong.py").write_text("import irreplens\nirreplens.measure(5.0)\nirreplens.load('x').group.ordre\n")
    wrong = mypy("wrong.py")
    assert 'Argument 1 to "measure"' in wrong and '"Group" has no attribute "ordre"' in wrong


def test_nothing_leaks_at_exit():
    code = (
        "import numpy as np, irreplens as i\n"
        "g = i.Group('s4'); g.irreps['standard'].matrices; g.fourier(np.ones(24))\n"
        "i.measure(g, logits=lambda a, b: np.ones((len(a), 24)))\n"
        "run = i.train('s3', epochs=20, callback=lambda e, m: True, keep_checkpoints=True); i.analyze(run)\n"
        "try:\n    i.measure(g, logits=lambda a, b: 1 / 0)\nexcept ZeroDivisionError: pass\n"
    )
    result = subprocess.run([sys.executable, "-X", "faulthandler", "-c", code], capture_output=True, text=True)
    assert result.returncode == 0 and result.stderr == "", result.stderr
