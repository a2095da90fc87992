"""The examples run from beginning to end, and say what their text says."""

import json
import os
import re
import time

import pytest

from conftest import SOURCE

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
jupyter_client = pytest.importorskip("jupyter_client")
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


def reply_to(request, client):
    """The content of the kernel's answer; a new kernel may have said more than once what it is."""
    while (message := client.get_shell_msg(timeout=60))["parent_header"].get("msg_id") != request:
        pass
    return message["content"]


def test_a_kernels_interrupt_ends_a_training_and_the_kernel_goes_on():
    manager, client = jupyter_client.manager.start_new_kernel(kernel_name="python3")
    try:
        minutes_of_it = "import irreplens\nprint('begun', flush=True)\nirreplens.train('s5')"
        training = client.execute(minutes_of_it, stop_on_error=False)  # what comes after it is not aborted
        while client.get_iopub_msg(timeout=60)["msg_type"] != "stream":
            pass
        time.sleep(1)
        manager.interrupt_kernel()
        assert reply_to(training, client)["ename"] == "KeyboardInterrupt"
        after = client.execute("assert irreplens.Group('s3').order == 6")
        assert reply_to(after, client)["status"] == "ok"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
