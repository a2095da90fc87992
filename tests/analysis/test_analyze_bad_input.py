"""What ./analyze says of bad input, and of places that cannot be written."""

import json
import math
import os
import re
import shutil
import stat
import struct
import subprocess
import unittest
import zipfile

from analyze_program import WRITTEN, AnalyzeTest
from program import read_safetensors


class AnalyzeBadInput(AnalyzeTest):
    def test_a_bad_checkpoint_among_good_ones_is_named_skipped_and_counted(self):
        run = self.train()
        checkpoint = run / "checkpoints" / "epoch_100.safetensors"
        checkpoint.write_bytes(checkpoint.read_bytes()[:-1])
        result = self.succeed("analyze", "run")
        self.assertIn("epoch_100.safetensors", result.stderr)
        self.assertIn("skipped 1 of 5 checkpoints", result.stderr)
        self.assertEqual(len((run / "metrics.csv").read_text().splitlines()), 5)
        self.assertIn("epoch_100", json.loads(self.succeed("analyze", "run", "--json").stdout)["run"]["skipped_checkpoints"][0])

    def test_a_checkpoint_of_another_shape(self):
        run = self.train()
        self.succeed("train", "s3", "--epochs", 1, "--hidden-dim", 5, "--out", "other")
        shutil.copy(self.directory / "other/model.safetensors", run / "checkpoints/epoch_200.safetensors")
        result = self.succeed("analyze", "run")
        self.assertRegex(result.stderr, r"epoch_200.safetensors: tensor 'W' has shape \(\d+,5\), not")

    def test_what_is_no_run(self):
        self.refuse(2, "no such directory", "analyze", "nowhere")
        (self.directory / "empty").mkdir()
        self.refuse(2, "no cfg.json", "analyze", "empty")
        run = self.train(1)
        model = run / "model.safetensors"
        model.write_bytes(model.read_bytes()[:100])
        self.refuse(2, "model.safetensors", "analyze", "run")
        (run / "cfg.json").write_text("{")
        self.refuse(2, "cfg.json: not JSON", "analyze", "run")

    def test_transformers_of_other_makes(self):
        self.succeed("train", "s3", "--model", "Transformer", "--epochs", 1, "--out", "run", "--quiet")
        model = self.directory / "run/model.safetensors"
        header, data = read_safetensors(model)
        header.pop("__metadata__", None)

        def changed(name, shape, values=None):
            """The file with one more tensor, or this one in the place of its own; without it if there is no shape."""
            tensors, bytes_ = dict(header), data
            tensors.pop(name, None)
            if shape is not None:
                new = struct.pack(f"<{math.prod(shape)}f", *(values or [0.0] * math.prod(shape)))
                tensors[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(new)]}
                bytes_ = data + new
            packed, chunks = {}, []
            for key, entry in tensors.items():
                start, end = entry["data_offsets"]
                at = sum(map(len, chunks))
                chunks.append(bytes_[start:end])
                packed[key] = dict(entry, data_offsets=[at, at + end - start])
            text = json.dumps(packed).encode()
            model.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(chunks))

        changed("blocks.0.mlp.b_in", [512])  # zeros are no bias
        self.succeed("analyze", "run", "--quiet")
        for words, *change in [
                ("tensor 'blocks.0.mlp.b_in' has the value 0.5; this transformer has no biases", "blocks.0.mlp.b_in", [512],
                 [0.5] * 512),
                ("tensor 'blocks.1.attn.W_K' (4,128,32) is of a second layer; this transformer has one", "blocks.1.attn.W_K",
                 [4, 128, 32]),
                ("tensor 'blocks.0.attn.W_Q' has shape (8,128,16), not (4,128,32)", "blocks.0.attn.W_Q", [8, 128, 16]),
                ("tensor 'blocks.0.mlp.W_in' has shape (128,256), not (128,512)", "blocks.0.mlp.W_in", [128, 256]),
                ("no tensor 'blocks.0.attn.W_V'", "blocks.0.attn.W_V", None),
                ("tensor 'ln_final.w' (128) is not one of Transformer's embed.W_E, ", "ln_final.w", [128]),
                ("tensor 'x_embed' differs from embed.W_E, whose other name it is", "x_embed", [7, 128])]:
            with self.subTest(words):
                changed(*change)
                self.refuse(2, words, "analyze", "run")

    def test_models_of_other_makes(self):
        run = self.train(1)
        model = run / "model.safetensors"
        good = model.read_bytes()
        header, data = read_safetensors(model)

        def write(header, data):
            text = json.dumps(header).encode()
            model.write_bytes(len(text).to_bytes(8, "little") + text + data)

        header.pop("__metadata__", None)
        write({name + "_": entry for name, entry in header.items()}, data)
        self.refuse(2, "no tensor 'W_x'", "analyze", "run")
        huge = {name: dict(entry, shape=[2**40, 2**40]) for name, entry in header.items()}
        write(huge, data)
        self.refuse(2, "model.safetensors", "analyze", "run")
        start = header["W"]["data_offsets"][0]
        for value in (float("nan"), float("inf"), float("-inf")):
            write(header, data[:start] + struct.pack("<f", value) + data[start + 4:])
            self.refuse(2, "model.safetensors: tensor 'W' is not finite at (0,0)", "analyze", "run")
        model.write_bytes((2**63 - 1).to_bytes(8, "little") + b"{}")
        self.refuse(2, "model.safetensors", "analyze", "run")
        model.write_bytes(good)
        self.succeed("analyze", "run")

    def test_a_model_that_asks_for_code(self):
        run = self.train(1)
        (run / "model.safetensors").unlink()
        shutil.rmtree(run / "checkpoints")
        witness = self.directory / "witness"
        with zipfile.ZipFile(run / "model.pt", "w") as file:
            file.writestr("archive/data.pkl", b"cos\nsystem\n(X" + len(f"touch {witness}").to_bytes(4, "little") +
                          f"touch {witness}".encode() + b"tR.")
        self.refuse(2, "asks for os.system, which no state dict needs; nothing was run", "analyze", "run")
        self.assertFalse(witness.exists())
        with zipfile.ZipFile(run / "model.pt", "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("archive/data.pkl", bytes(1 << 26))
        self.refuse(2, "is compressed", "analyze", "run")

    def test_configurations(self):
        run = self.train(1)
        good = json.loads((run / "cfg.json").read_text())
        rotations = [[(i + k) % 6 for i in range(6)] for k in range(6)]
        cyclic = {"group": "CyclicGroup", "group_parameter": 6}
        (run / "cfg.json").write_text(json.dumps({**good, **cyclic, "elements": rotations}))
        self.succeed("analyze", "run", "--quiet")
        for change, words in [({"elements": rotations}, "another group than s3"), (cyclic, "another group than c6"),
                              ({"group": "DihedralGroup", "elements": rotations}, "another group than d3"),
                              ({"lr": "x" * 1000}, "'lr' must be a number"), ({"group": None}, "'group' is missing"), ({"layers": None}, "'layers' is missing"),
                              ({"group_parameter": "three"}, "'group_parameter' must be an integer"),
                              ({"group_parameter": 4, "elements": None}, "has shape (6,128), not (24,128)"),
                              ({"group_parameter": 13, "elements": None}, "does not fit"),
                              ({"group": "Monster"}, "unknown group 'Monster'"), ({"frac_train": 2}, "frac_train"),
                              ({"layers": {"embed_dim": 2**31 - 1, "hidden_dim": 1}}, "embed_dim"),
                              ({"elements": [[0, 1, 2]] * 6}, "repeated"), ({"elements": [[0, 1, 5]] * 6}, "point 5")]:
            changed = {name: value for name, value in {**good, **change}.items() if value is not None}
            (run / "cfg.json").write_text(json.dumps(changed))
            with self.subTest(change):
                self.refuse(2, words, "analyze", "run")

    def test_odd_files_do_not_hang(self):
        run = self.train()
        os.mkfifo(run / "checkpoints" / "epoch_7.safetensors")
        (run / "checkpoints" / "epoch_8.pt").symlink_to("/dev/zero")
        (run / "checkpoints" / "epoch_9.pt").mkdir()
        result = self.succeed("analyze", "run", timeout=60)
        self.assertEqual(result.stderr.count("not a regular file"), 3)
        self.assertIn("skipped 3 of 8 checkpoints", result.stderr)

    def test_options(self):
        self.train(1)
        for words, *arguments in [("auto, cpu or cuda", "--device", "tpu"), ("--off", "--off", 2), ("--off", "--off", "nan"),
                                  ("--before-relu", "--before-relu", 1.5), ("--after-relu", "--after-relu", -0.1),
                                  ("threads", "--threads", 0), ("threads", "--threads", "x"), ("--bogus", "--bogus")]:
            with self.subTest(arguments):
                self.refuse(2, words, "analyze", "run", *arguments)
        self.refuse(2, "RUN_DIR", "analyze")

    def test_a_configuration_nested_too_deep_to_print(self):
        run = self.train(1)
        config = (run / "cfg.json").read_text()
        for field in ("lr", "seed", "model"):
            with self.subTest(field):
                (run / "cfg.json").write_text(re.sub(f'"{field}":[^,]*', f'"{field}":' + "[" * 200000 + "]" * 200000, config))
                self.refuse(2, f"'{field}' must be", "analyze", "run")

    def test_a_gpu_gives_the_same_or_one_line_says_what_is_missing(self):
        self.train(1)
        result = self.run_program("analyze", "run", "--device", "cuda", "--json", "--quiet")
        if result.returncode == 0:
            expected = json.loads(self.succeed("analyze", "run", "--device", "cpu", "--json", "--quiet").stdout)
            measured = json.loads(result.stdout)["final"]
            for name, value in expected["final"].items():
                self.assertAlmostEqual(measured[name], value, delta=1e-9 * max(1, abs(value)))
        else:
            self.assertEqual(result.returncode, 1)
            self.assertRegex(result.stderr, r"^analyze: cuda: .+\n$")
            self.assertFalse((self.directory / "run" / "report.html").exists())

    def cannot_write(self, target, *arguments):
        """The figures are shown all the same, and one line says what could not be written and why."""
        result = self.run_program("analyze", "run", "--quiet", *arguments)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("Losses", result.stdout)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertIn(f"cannot write {target}", result.stderr)
        self.assertEqual(list(self.directory.rglob("*.partial")), [])

    def test_a_directory_that_cannot_be_written(self):
        self.train(1)
        (self.directory / "file").write_text("")
        self.cannot_write("into file/out", "--out", "file/out")
        self.cannot_write("into file", "--out", "file")
        if os.geteuid() != 0:  # root may write anywhere
            (self.directory / "locked").mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
            self.cannot_write("locked", "--out", "locked")

    def test_a_file_that_cannot_be_written(self):
        run = self.train()
        for name in WRITTEN:
            for written in WRITTEN:
                (run / written).unlink(missing_ok=True)
            (run / name).mkdir()
            self.cannot_write(f"run/{name}")
            (run / name).rmdir()
        self.succeed("analyze", "run")

    def test_a_full_disk(self):
        self.train()
        disk = self.small_disk("32k")
        self.cannot_write("disk/report.html", "--out", "disk", "--views", "irreps")
        self.assertTrue((disk / "metrics.csv").read_text().endswith("\n"))

    def test_standard_output_that_is_full(self):
        self.train(1)
        with open("/dev/full", "w") as full:
            for arguments in ([], ["--json"]):
                result = subprocess.run(self.command("analyze", "run", "--quiet", *arguments), cwd=self.directory,
                                        stdout=full, stderr=subprocess.PIPE, text=True)
                self.assertEqual(result.returncode, 1)
                self.assertEqual(result.stderr, "analyze: cannot write to standard output\n")


if __name__ == "__main__":
    unittest.main()
