"""The examples run from beginning to end, and say what their text says."""

import json
import os
import re

import pytest

from conftest import SOURCE

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")
pytest.importorskip("pandas")


def executed(name, folder):
    notebook = nbformat.read(SOURCE / f"examples/{name}.ipynb", as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    )
    client.execute()
    return notebook


def lines_of_code(notebook):
    return [
        line for cell in notebook.cells if cell.cell_type == "code" for line in cell.source.split("\n") if line.strip()
    ]


def said(notebook):
    outputs = [o for cell in notebook.cells if cell.cell_type == "code" for o in cell.outputs]
    return json.dumps(outputs)


def test_demo(tmp_path):
    notebook = executed("demo", tmp_path)
    assert len(lines_of_code(notebook)) <= 40
    output = said(notebook)
    assert output.count("<svg") >= 6
    accuracy = float(re.findall(r"test accuracy ([\d.]+)", output)[-1])
    assert accuracy > 0.9
    assert (tmp_path / "report.html").stat().st_size > 10_000


def test_own_network(tmp_path):
    pytest.importorskip("torch")
    if os.environ.get("IRREPLENS_SANITIZE"):
        pytest.skip("too slow under a sanitizer")
    output = said(executed("own_network", tmp_path))
    assert "Logit similarity" in output and "key irreps:" in output
    assert float(re.findall(r", accuracy ([\d.]+)", output)[-1]) > 0.95
