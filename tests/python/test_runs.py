"""Training, runs and their analysis: the figures of the programs, bit for bit."""

import itertools
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import irreplens
from conftest import columns, complaint, program, shared


def test_training_in_memory_is_the_program(s3_run):
    run = irreplens.train("s3", epochs=1001)
    ours = irreplens.load(s3_run)
    assert run.config["num_epochs"] == 1001 and run.name == "S3_MLP_seed0"
    for name, weights in ours.weights.items():
        assert weights.dtype == np.float32
        np.testing.assert_array_equal(run.weights[name], weights)
    for name, values in columns(s3_run / "training.csv").items():
        np.testing.assert_array_equal(run.training[name], values)
        np.testing.assert_array_equal(ours.training[name], values)
    assert list(ours.checkpoints) == [0, 200, 400, 600, 800, 1000]
    np.testing.assert_array_equal(ours.checkpoints[1000]["W_U"], ours.weights["W_U"])


def test_training_into_a_directory_resumes(tmp_path, s3_run):
    seen = []

    def stop(epoch, metrics):
        seen.append((epoch, metrics))
        return epoch < 400

    first = irreplens.train("s3", epochs=1001, out=tmp_path / "run", callback=stop)
    assert [epoch for epoch, _ in seen][:3] == [0, 200, 400] and len(first.training["epoch"]) < 6
    assert set(seen[0][1]) == {"train_loss", "test_loss", "train_acc", "test_acc"}
    whole = irreplens.train("s3", epochs=1001, out=tmp_path / "run")
    for name, weights in irreplens.load(s3_run).weights.items():
        np.testing.assert_array_equal(whole.weights[name], weights)
    assert irreplens.train("s3", epochs=1001, out=tmp_path / "run").training.equals(
        whole.training
    )  # finished: as it is
    with pytest.raises(ValueError, match="num_epochs"):
        irreplens.train("s3", epochs=50, out=tmp_path / "run")


def test_many_seeds(tmp_path):
    seen = []
    runs = irreplens.train("s3", seeds=range(3), epochs=201, callback=lambda epoch, m: seen.append(m["test_loss"]))
    assert [run.config["seed"] for run in runs] == [0, 1, 2] == [run.config["split_seed"] for run in runs]
    assert all(losses.shape == (3,) for losses in seen)
    alone = irreplens.train("s3", seed=2, epochs=201)
    np.testing.assert_array_equal(runs[2].weights["W"], alone.weights["W"])
    saved = irreplens.train("s3", seeds=[2], epochs=201, out=tmp_path)
    assert saved[0].directory == tmp_path / "seed_2"
    np.testing.assert_array_equal(saved[0].weights["W"], alone.weights["W"])


def test_a_callback_that_raises_ends_the_training():
    def fail(epoch, metrics):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        irreplens.train("s3", epochs=1001, callback=fail)


def test_divergence():
    with pytest.raises(irreplens.DivergenceError, match="epoch"):
        irreplens.train("s3", epochs=400, lr=1e30)


def test_ctrl_c_saves_and_raises(tmp_path):
    code = (
        "import irreplens, sys\n"
        "try:\n"
        f"    irreplens.train('s3', epochs=10**7, checkpoint_every=10**6, out=r'{tmp_path / 'run'}', "
        "callback=lambda *_: print('begun', flush=True))\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted')\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "begun\n"
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60)[0] == "interrupted\n"
    assert (tmp_path / "run/state.safetensors").exists()


def test_the_lock_is_released_while_training():
    ticks = []
    done = threading.Event()

    def tick():
        while not done.wait(0.005):
            ticks.append(1)

    thread = threading.Thread(target=tick)
    thread.start()
    start = time.perf_counter()
    irreplens.train("s4", epochs=300)
    seconds = time.perf_counter() - start
    done.set()
    thread.join()
    assert len(ticks) > seconds / 0.005 / 50


def test_the_analysis_is_the_program(s3_run, tmp_path, read_json):
    program("analyze", s3_run, "--out", tmp_path, "--quiet")
    a = irreplens.analyze(s3_run)
    summary = read_json(tmp_path / "summary_metrics.json")
    assert a.epoch == summary.pop("epoch")
    assert a.metrics == summary
    table = columns(tmp_path / "metrics.csv")
    assert list(table) == [*list(a.training.columns)[1:], "epoch"]
    for name, values in table.items():
        np.testing.assert_array_equal(a.training[name], values)
    assert a.key_irreps == (tmp_path / "key_reps.txt").read_text().split()
    assert a.key_irreps_in_order == (tmp_path / "key_reps_in_order.txt").read_text().split()
    assert a.report().html == (tmp_path / "report.html").read_text()
    a.write(tmp_path / "again")
    for name in (
        "metrics.csv",
        "summary_metrics.json",
        "irreps.txt",
        "key_reps.txt",
        "key_reps_in_order.txt",
        "circuits.json",
        "report.html",
    ):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / name).read_bytes()


def test_runs_in_memory_and_state_dicts_are_analysed_alike(s3_run):
    a = irreplens.analyze(s3_run)
    run = irreplens.train("s3", epochs=1001, keep_checkpoints=True)
    in_memory = irreplens.analyze(run)
    assert in_memory.metrics == a.metrics and in_memory.training.equals(a.training)
    assert irreplens.analyze(run.weights, config=run.config).metrics == a.metrics
    assert irreplens.analyze(run.weights, config="s3").metrics == a.metrics
    assert len(a.neurons) == 64 and a.spectrum.shape == (3, 6)
    for irrep, entry in a.maps.items():
        size = next(block.size for block in a.group.blocks if block.name == irrep)
        assert entry["hidden"].shape == (size, size) and entry["unembed"].shape == (64, size)


@pytest.mark.parametrize("name", ["S5_MLP_seed2", "A5_MLP_seed1", "C113_MLP_seed1", "D59_MLP_seed1"])
def test_published_models(name, read_json, tmp_path):
    path = shared(f"reference/{name}")
    a = irreplens.analyze(path)
    program("analyze", path, "--out", tmp_path, "--quiet")
    summary = read_json(tmp_path / "summary_metrics.json")
    summary.pop("epoch")
    assert a.metrics == summary
    exact = read_json(path / "exact.json")
    flat = {key: value for key, value in exact.items() if key in a.metrics}
    for irrep, values in exact["irreps"].items():
        for key, value in values.items():
            flat[f"logit_{irrep}_rep_trace_similarity" if key == "logit_trace_similarity" else f"{key}_{irrep}_rep"] = (
                value
            )
    flat = {key: value for key, value in flat.items() if key in a.metrics}
    assert len(flat) > 20
    for key, value in flat.items():
        assert a.metrics[key] == pytest.approx(value, rel=1e-6, abs=1e-9), key


def test_saving_gives_what_the_programs_read(tmp_path):
    run = irreplens.train("s3", epochs=401, keep_checkpoints=True)
    path = run.save(tmp_path / "saved")
    assert irreplens.load(path).training.equals(run.training)
    program("analyze", path, "--quiet")
    with pytest.raises(FileExistsError):
        run.save(path)


def test_the_console_command_is_the_programs(tmp_path):
    def irreplens_command(*arguments):
        return subprocess.run([sys.executable, "-m", "irreplens", *arguments], capture_output=True, text=True)

    assert irreplens_command("irreps", "s4", "--json").stdout == program("irreps", "s4", "--json")
    assert "train" in irreplens_command("--help").stdout
    assert irreplens_command("irreps", "s").returncode == 2
    unknown = irreplens_command("nonsense")
    assert unknown.returncode == 2 and "there are train, analyze" in unknown.stderr


def test_notebooks_show_tables_and_figures(s3_run):
    a = irreplens.analyze(s3_run)
    html = a._repr_html_()
    assert html.count("<svg") == 3 and "standard" in html and html.count("<table") == html.count("</table>") == 2
    assert irreplens.load(s3_run)._repr_html_().count("<svg") == 2
    assert a.report()._repr_html_().startswith("<iframe srcdoc=")
    assert a.plot("train_loss", "test_loss", log=True)._repr_html_().startswith("<svg")
    with pytest.raises(ValueError, match="nonsense"):
        a.plot("nonsense")


def test_bad_input_is_told_as_the_programs_tell_it(tmp_path, s3_run):
    def said(error, *arguments, **options):
        with pytest.raises(error) as caught:
            irreplens.train(*arguments, **options)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    assert said(ValueError, "s55") == complaint("train", "s55")
    assert said(ValueError, "s3", lr=-1).endswith(complaint("train", "s3", "--lr", "-1"))
    assert said(ValueError, "s3", frac_train=1.5).endswith(complaint("train", "s3", "--frac-train", "1.5"))
    assert said(ValueError, "s3", hidden_dim=0).endswith(complaint("train", "s3", "--hidden-dim", "0"))
    assert "colour" in said(ValueError, "s3", colour=1)
    assert "lr" in said(ValueError, "s3", lr="fast")
    assert "seeds" in said(ValueError, "s3", seeds=[])
    assert "seeds" in said(ValueError, "s3", seeds=["x"])
    assert "seeds" in said(ValueError, "s3", seeds=[0.5])
    assert "1024" in said(ValueError, "s3", seeds=itertools.count())
    assert "overwrite" in said(ValueError, "s3", overwrite="no")
    assert "out" in said(ValueError, "s3", out=b"run")
    assert "callback" in said(ValueError, "s3", callback=3)
    assert "cfg.json" in said(FileNotFoundError, str(tmp_path / "cfg.json"))
    assert said(ValueError, "s3", device="tpu") in complaint("train", "s3", "--device", "tpu")
    with pytest.raises(FileNotFoundError):
        irreplens.load(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError):
        irreplens.analyze(tmp_path)
    (tmp_path / "cfg.json").write_text("{")
    with pytest.raises(ValueError) as caught:
        irreplens.load(tmp_path)
    assert str(caught.value) == complaint("analyze", tmp_path)
    weights = dict(irreplens.load(s3_run).weights)
    with pytest.raises(ValueError, match="W_U"):
        irreplens.analyze({**weights, "W_U": weights["W_U"][:, :5]}, config="s3")
    with pytest.raises(ValueError, match="W_y"):
        irreplens.analyze({name: w for name, w in weights.items() if name != "W_y"}, config="s3")
    with pytest.raises(ValueError, match="config"):
        irreplens.analyze(weights)
    with pytest.raises(ValueError, match="before_relu"):
        irreplens.analyze(s3_run, before_relu=2)
    with pytest.raises(ValueError, match="W_x.*nan"):
        irreplens.analyze({**weights, "W_x": np.full((6, 128), np.nan)}, config="s3")
    with pytest.raises(ValueError):
        irreplens.set_threads(0)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_cannot_be_written(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(OSError):
        irreplens.train("s3", epochs=2, out=tmp_path / "run")


def test_everything_at_once_from_threads(s3_run):
    expected = irreplens.analyze(s3_run).metrics
    trained = irreplens.train("s3", epochs=201).weights["W"]
    g, failures = irreplens.Group("s4"), []
    logits = np.random.default_rng(0).normal(size=(24, 24, 24))
    measured = dict(irreplens.measure(g, logits=logits))

    def check(work):
        try:
            for _ in range(3):
                work()
        except BaseException as error:  # noqa: BLE001  a thread has nobody else to tell
            failures.append(error)

    def analysed():
        assert irreplens.analyze(s3_run).metrics == expected

    def trains():
        assert np.array_equal(irreplens.train("s3", epochs=201).weights["W"], trained)

    def measures():
        assert dict(irreplens.measure(g, logits=lambda a, b: logits[a, b])) == measured

    def sets_threads():
        try:
            irreplens.set_threads(2)
        except RuntimeError:
            pass

    threads = [threading.Thread(target=check, args=[work]) for work in (analysed, trains, measures, sets_threads) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures
