"""Calls the Python package with random arguments, from one thread and from several.

Whatever comes, the interpreter must not crash, and a public function must raise what its docstring says, in one line
that is the package's own, or answer. What a callback raises comes out as it is.

usage: fuzz_binding.py SECONDS [SEED]      prints each finding once, and exits with 1 if there are any
"""

import pathlib
import random
import re
import sys
import tempfile
import threading
import time
import traceback
import warnings

import numpy as np
from random_arguments import FIELDS, NUMBERS, TEXTS, Raised, anything, array, damaged, tensor

import irreplens

SETTINGS = ["lr", "beta1", "beta2", "weight_decay", "frac_train", "hidden_dim", "embed_dim", "seed", "split_seed"]
SETTINGS += ["model", "optimizer", "checkpoint_every", "unembed_bias", "colour"]
DOCUMENTED = (ValueError, OSError, irreplens.DivergenceError, Raised)
THRESHOLDS = ("before_relu", "after_relu", "off")


def right_logits(a, b):
    return np.ones((len(a), 24))


class Fuzzer:
    """Random calls on a few groups, a run and its analysis."""

    def __init__(self, seed, folder):
        self.r = random.Random(seed)
        self.folder = pathlib.Path(folder)
        self.groups = [irreplens.Group(name) for name in ("s3", "s4", "c5", "q8")]
        self.run = irreplens.train("s3", epochs=3, keep_checkpoints=True)
        self.analysis = irreplens.analyze(self.run)
        self.saved = self.run.save(self.folder / f"run{seed}")
        self.files = {path: path.read_bytes() for path in self.saved.rglob("*") if path.is_file()}

    def a(self):
        return anything(self.r)

    def maybe(self, *names):
        """Random arguments for some of these names."""
        return {name: self.a() for name in names if self.r.random() < 0.4}

    def settings(self):
        chosen = self.r.sample(SETTINGS, self.r.randrange(3))
        return {name: self.r.choice([self.r.choice(NUMBERS), self.a()]) for name in chosen}

    def epochs(self):
        """Few: what trains for years is no finding."""
        value = self.a()
        is_long = isinstance(value, (int, float, np.number, np.ndarray)) or hasattr(value, "item")
        return 2 if is_long else value

    def public(self):
        """A call of each public function: (its name, what it may raise beside DOCUMENTED, the call)."""
        r, a, g = self.r, self.a, self.r.choice(self.groups)
        n = g.order
        one, maybe, ways = r.choice(FIELDS), self.maybe, ("device", "overwrite", "keep_checkpoints")
        part_of = {**g.fourier(np.ones(n)), r.choice(g.irreps).name: array(r)}
        f = r.choice([a, lambda: np.ones((n, 2)), lambda: np.asfortranarray(np.ones((n, 3), dtype=np.float32))])
        wrong_key, no_gpu = (KeyError, IndexError, TypeError), (RuntimeError,)
        return [
            ("Group(name)", (), lambda: irreplens.Group(r.choice([r.choice(TEXTS), a()]))),
            ("Group(table)", (), lambda: irreplens.Group(table=r.choice([g.table, a()]), **maybe("labels", "name"))),
            ("Group(generators)", (), lambda: irreplens.Group(generators=a(), **self.maybe("name"))),
            ("Group(generators)", (), lambda: irreplens.Group(generators=r.choices(TEXTS, k=2))),
            ("Group(elements)", (), lambda: irreplens.Group(elements=a(), **self.maybe("name", "labels"))),
            ("Group.index", (), lambda: g.index(a())),
            ("Group.fourier", (), lambda: g.fourier(f())),
            ("Group.inverse_fourier", (), lambda: g.inverse_fourier(a())),
            ("Group.inverse_fourier", (), lambda: g.inverse_fourier(part_of)),
            ("Group.inverse_fourier", (), lambda: g.inverse_fourier({**part_of, r.choice(g.irreps).name: a()})),
            ("Group.inverse_fourier", (), lambda: g.inverse_fourier({irrep.name: array(r) for irrep in g.irreps})),
            ("Group.project", (), lambda: g.project(r.choice([a(), r.choice(g.irreps)]), f())),
            ("Group.shares", (), lambda: g.shares(f(), a())),
            ("Group.cosets", (), lambda: g.cosets(a(), r.choice(["left", "right", a()]))),
            ("Group.cosets", (), lambda: g.cosets(r.choice(g.subgroups), r.choice(["left", "right", a()]))),
            ("Group.subgroup", (), lambda: g.subgroup(a()).fixed_dimensions),
            ("Subgroup.cosets", (), lambda: r.choice(g.subgroups).cosets(a())),
            ("Group.irreps", wrong_key, lambda: g.irreps[a()]),
            ("measure", (), lambda: irreplens.measure(g, **self.measured())),
            ("measure", (), lambda: irreplens.measure(a(), **self.measured())),
            ("measure", (), lambda: irreplens.measure("s4", **{**self.measured(), "logits": right_logits})),
            ("Measurement", (KeyError, TypeError), lambda: irreplens.measure(g, embed_x=np.ones((n, 1)))[a()]),
            ("train", (), lambda: irreplens.train("s3", epochs=r.choice([1, 3, self.epochs()]), **self.settings())),
            ("train", (), lambda: irreplens.train(r.choice([a(), "s3"]), epochs=2, callback=a())),
            ("train", (), lambda: irreplens.train("s3", seeds=r.choice([a(), [1, 2]]), epochs=2, callback=a())),
            ("train", (), lambda: irreplens.train({**self.run.config, one: a(), "num_epochs": 2})),
            ("train", no_gpu, lambda: irreplens.train("s3", epochs=2, **maybe(*ways))),
            ("train", (), lambda: irreplens.train("s3", epochs=2, out=self.out(), overwrite=a())),
            ("load", (), lambda: irreplens.load(a())),
            ("load", (), self.load_damaged),
            ("analyze", (), lambda: irreplens.analyze(a(), **self.maybe("config", "final_only", "device", "circuits"))),
            ("analyze", (), lambda: irreplens.analyze({**self.run.weights, one: a()}, config="s3")),
            ("analyze", (), lambda: irreplens.analyze(self.run.weights, config={**self.run.config, one: a()})),
            ("analyze", (), lambda: irreplens.analyze(self.run, **self.maybe(*THRESHOLDS))),
            ("Analysis.plot", (), lambda: self.analysis.plot(a(), log=a()).svg),
            ("Analysis.report", (), lambda: self.analysis.report(self.out())),
            ("Analysis.write", (), lambda: self.analysis.write(self.out())),
            ("Run.save", (), lambda: self.run.save(self.out())),
            ("Run.checkpoints", (KeyError, TypeError), lambda: self.run.checkpoints[a()]),
            ("set_threads", (RuntimeError,), lambda: irreplens.set_threads(r.choice([1, 2, a()]))),
        ]

    def measured(self):
        r = self.r
        given = self.maybe("logits", "hidden", "embed_x", "embed_y", "unembed", "train_pairs")
        if r.random() < 0.3:
            given["hidden"] = r.choice([np.ones((24, 24, 3)), np.ones((6, 6, 3), dtype=np.float32), tensor(r)])
        return given

    def out(self):
        """A place to write to: none that anybody else uses."""
        text = self.r.choice(["new", "new/deep", "file", "\0", "é", "x" * 300, "file/below", ""])
        (self.folder / "file").write_text("")
        return self.r.choice([str(self.folder / "out" / text), self.folder / "out" / text, None, 5, b"x", Raised])

    def load_damaged(self):
        """A run directory with a damaged file, loaded and analysed."""
        path = self.r.choice(list(self.files))
        path.write_bytes(damaged(self.r, self.files[path]))
        try:
            run = irreplens.load(self.saved)
            run.training, run.weights, [run.checkpoints[epoch] for epoch in run.checkpoints]
            run.analyze()
        finally:
            path.write_bytes(self.files[path])

    def private(self):
        """A call of the module below, whose arguments the package checks: it may say what it likes, and not crash."""
        r, a = self.r, self.a
        native, module = r.choice(self.groups)._native, irreplens._native
        return [
            lambda: native.fourier(r.choice([0, 99, -1]), a()),
            lambda: native.project(r.choice([0, 99]), a()),
            lambda: native.inverse_fourier(a(), r.choice(NUMBERS)),
            lambda: native.matrices(a()),
            lambda: native.cosets(a(), a()),
            lambda: native.energies(a()),
            lambda: native.fixed_dimensions(a()),
            lambda: type(native).from_table("x", a(), a()),
            lambda: type(native).from_elements("x", a()),
            lambda: type(native)(a()),
            lambda: type(native).__new__(type(native)).order,
            lambda: module.Analysis.__new__(module.Analysis).metrics(),
            lambda: module.measure(native, a(), a(), r.choice([0, 2, -1]), a(), a(), a(), a()),
            lambda: module.train(a(), a(), a(), a(), a(), a()),
            lambda: module.split_pairs(a(), a(), a()),
            lambda: module.write_tensors(f"{self.folder}/x", a()),
            lambda: module.read_tensors(a()),
        ]

    def step(self):
        """One call. Returns (answered, a finding or None)."""
        if self.r.random() < 0.15:
            try:
                self.r.choice(self.private())()
            except Exception:  # noqa: BLE001  anything but a crash is right
                return False, None
            return True, None
        name, more, call = self.r.choice(self.public())
        try:
            call()
        except Exception as error:  # noqa: BLE001
            return False, complaint(name, error, DOCUMENTED + more)
        return True, None


def complaint(name, error, allowed):
    """What is wrong with an exception: its kind, or that it is no single line; None where nothing is."""
    if isinstance(error, Raised):
        return None
    text = str(error)
    what = None
    if isinstance(error, KeyError) and KeyError in allowed:  # its text is the key
        return None
    if not isinstance(error, allowed):
        what = "raised what its docstring does not name"
    elif "\n" in text or not text.strip():
        what = "said more than a line, or nothing"
    elif len(text) > 2000:
        what = "said a line that nobody reads"
    if what is None:
        return None
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{name} {what}: {type(error).__name__} at {pathlib.Path(where.filename).name}:{where.lineno}: {text[:300]}"


def work(seconds, seed, folder, findings, counts):
    """Calls until the time is over."""
    fuzzer = Fuzzer(seed, folder)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answered, finding = fuzzer.step()
        counts.append(answered)
        key = finding and re.sub(r": .*", "", finding.split(" at ")[-1])
        if finding and key not in findings:
            findings[key] = finding
            print(finding, file=sys.stderr, flush=True)


def main(seconds, seed):
    """The first two thirds of the time in one thread, which repeats; then in four at once."""
    warnings.simplefilter("ignore")
    findings, counts = {}, []
    with tempfile.TemporaryDirectory() as folder:
        work(seconds * 2 / 3, seed, folder, findings, counts)
        others = [(seconds / 3, 4 * seed + 1000 + i, folder, findings, counts) for i in range(4)]
        threads = [threading.Thread(target=work, args=arguments) for arguments in others]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    print(f"{len(counts)} calls, {sum(counts)} of them answered, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
