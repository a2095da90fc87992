"""./certify as its users meet it, and both checkers on the same files."""

import json
import math
import os
import random
import stat
import struct
import subprocess
import sys
import unittest

from planted_runs import plant, write_weights
from program import SHARED, SOURCE, ProgramTest, files_below



def python_with_numpy():
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import numpy"], capture_output=True).returncode == 0:
            return python
    return None


PYTHON = python_with_numpy()


def plant_transformer(directory, parameter=3, seed=1):
    """The same of a one-layer transformer."""
    plant(directory, parameter=parameter, seed=seed)
    config = json.loads((directory / "cfg.json").read_text())
    (directory / "cfg.json").write_text(json.dumps({**config, "model": "Transformer"}))
    n, draw = math.factorial(parameter), random.Random(seed)
    attention = {f"blocks.0.attn.W_{letter}": (4, 128, 32) for letter in "QKV"}
    shapes = {"embed.W_E": (n + 1, 128), "pos_embed.W_pos": (3, 128), **attention, "blocks.0.attn.W_O": (4, 32, 128),
              "blocks.0.mlp.W_in": (128, 512), "blocks.0.mlp.W_out": (512, 128), "unembed.W_U": (128, n)}
    write_weights(directory / "model.safetensors",
                  {name: (shape, [draw.uniform(-0.2, 0.2) for _ in range(math.prod(shape))])
                   for name, shape in shapes.items()})
    return directory


class CertifyTest(ProgramTest):
    def check(self, certificate, run):
        """(exit code, the line) of the program; the Python checker has to agree."""
        result = self.run_program("certify", "--check", certificate, run)
        self.assertLessEqual(result.stderr.count("\n"), 1)
        if PYTHON:
            other = subprocess.run([PYTHON, SOURCE / "tools/check_certificate.py", str(certificate), str(run)],
                                   cwd=self.directory, capture_output=True, text=True)
            self.assertEqual(other.returncode, result.returncode, result.stderr + other.stderr)
            self.assertLessEqual(other.stderr.count("\n"), 1, other.stderr)
        return result.returncode, (result.stdout + result.stderr).strip()

    def changed(self, certificate, change):
        content = json.loads((self.directory / certificate).read_text())
        change(content)
        (self.directory / "changed.json").write_text(json.dumps(content))
        return "changed.json"


class Certificates(CertifyTest):
    def test_written_and_checked_for_each_kind_of_group(self):
        for group, parameter in (("SymmetricGroup", 3), ("CyclicGroup", 8), ("DihedralGroup", 5)):
            run = plant(self.directory / f"{group}{parameter}", group, parameter)
            for method in ("brute", "table"):
                result = self.succeed("certify", run.name, "--method", method)
                self.assertIn(f"A {method} certificate proves ", result.stdout)
                self.assertIn("in every float32 evaluation", result.stdout)
                certificate = json.loads((run / "certificate.json").read_text())
                self.assertEqual(certificate["format"], "irreplens-certificate-1")
                self.assertGreater(certificate["claim"]["certified"], 0)
                code, line = self.check(run / "certificate.json", run)
                self.assertEqual(code, 0, line)
                self.assertIn(f"holds: {certificate['claim']['certified']} of ", line)

    def test_same_bytes_from_any_number_of_threads(self):
        plant(self.directory / "run", parameter=4, hidden=9)
        for threads in (1, 3):
            self.succeed("certify", "run", "--threads", threads, "--out", f"{threads}.json")
        self.assertEqual((self.directory / "1.json").read_bytes(), (self.directory / "3.json").read_bytes())

    def test_a_margin_is_proved_where_it_is_true(self):
        plant(self.directory / "run", parameter=3)
        counts = []
        for margin in (-1000, 0, 0.5, 1000):
            self.succeed("certify", "run", "--margin", margin, "--out", "c.json")
            claim = json.loads((self.directory / "c.json").read_text())["claim"]
            self.assertEqual(claim["margin"], margin)
            self.assertEqual(self.check("c.json", "run")[0], 0)
            counts.append(claim["certified"])
        self.assertEqual(counts, sorted(counts, reverse=True))
        self.assertEqual((counts[0], counts[-1]), (36, 0))

    def test_what_is_not_true_is_refuted(self):
        plant(self.directory / "run", parameter=4, hidden=9)
        for method in ("brute", "table"):
            self.succeed("certify", "run", "--method", method, "--out", "c.json")

            def raised(content):
                content["claim"]["certified"] += 1

            def cheaper(content):
                content["claim"]["operations"] //= 2

            def swapped(content):
                elements = content["group"]["elements"]
                elements[2], elements[9] = elements[9], elements[2]

            def margin(content):
                content["claim"]["margin"] += 50

            for change in (raised, cheaper, margin):
                code, line = self.check(self.changed("c.json", change), "run")
                self.assertEqual(code, 1, f"{method} {change.__name__}: {line}")
            # Of so bad a network as much may be true with another product, which the Python checker would believe:
            # it knows no other than the certificate's.
            self.refuse(1, "group", "certify", "--check", self.changed("c.json", swapped), "run")

    def test_published_models(self):
        names = ("S5_MLP_seed2", "A5_MLP_seed1", "C113_MLP_seed1", "D59_MLP_seed1")
        if not (SHARED / "reference" / names[0]).exists():
            self.skipTest("no shared data")
        for name in names:
            run = SHARED / "reference" / name
            self.succeed("certify", run, "--out", f"{name}.json")
            claim = json.loads((self.directory / f"{name}.json").read_text())["claim"]
            self.assertEqual(claim["certified"], claim["pairs"])
            n = math.isqrt(claim["pairs"])
            self.assertLess(claim["operations"], n**3 * 129 + n**2 * 128)
            self.assertEqual(self.check(f"{name}.json", run)[0], 0)
        reference = SHARED / "reference/S5_MLP_seed2/certificate.json"

        def swapped(content):
            elements = content["group"]["elements"]
            elements[2], elements[9] = elements[9], elements[2]

        self.assertEqual(self.check(self.changed("S5_MLP_seed2.json", swapped), reference.parent)[0], 1)
        self.assertEqual(self.check(reference, reference.parent)[0], 0)
        self.assertEqual(self.check(reference, SHARED / "reference/A5_MLP_seed1")[0], 2)
        ours = json.loads((self.directory / "S5_MLP_seed2.json").read_text())["claim"]
        self.assertLess(ours["operations"], json.loads(reference.read_text())["claim"]["operations"])

    def test_the_python_checker_is_short_and_needs_numpy_alone(self):
        for name in ("check_certificate", "network_files", "transformer_integers"):
            text = (SOURCE / f"tools/{name}.py").read_text()
            self.assertLess(len(text.splitlines()), 150)
            self.assertNotIn("torch", text.replace("torch.save", ""))
        if not PYTHON:
            self.skipTest("no Python with numpy: its verdicts were not compared")


class TransformerCertificates(CertifyTest):
    def test_by_brute_force_without_being_told(self):
        run = plant_transformer(self.directory / "run")
        result = self.succeed("certify", "run")
        self.assertIn("A brute certificate proves ", result.stdout)
        self.assertIn("in every float32 evaluation of the formulas as they stand", result.stdout)
        certificate = json.loads((run / "certificate.json").read_text())
        self.assertEqual((certificate["model"], certificate["method"]), ("Transformer", "brute"))
        self.assertEqual(certificate["claim"]["operations"], 36 * (4 * 4 + 2 * 4 * (512 + 6) + 6 * 512 + 6))
        self.assertEqual(self.check("run/certificate.json", "run")[0], 0)
        for threads in (1, 3):
            self.succeed("certify", "run", "--method", "brute", "--threads", threads, "--out", f"{threads}.json")
            self.assertEqual((self.directory / f"{threads}.json").read_bytes(), (run / "certificate.json").read_bytes())

    def test_claims_about_margins(self):
        plant_transformer(self.directory / "run")
        counts = []
        for margin in (-1000, -1, 0, 1000):
            self.succeed("certify", "run", "--margin", margin, "--out", "c.json")
            counts.append(json.loads((self.directory / "c.json").read_text())["claim"]["certified"])
            self.assertEqual(self.check("c.json", "run")[0], 0)
        self.assertEqual(counts, sorted(counts, reverse=True))
        self.assertEqual((counts[0], counts[-1]), (36, 0))

        def raised(content):
            content["claim"]["certified"] += 1

        def cheaper(content):
            content["claim"]["operations"] -= 1

        self.succeed("certify", "run", "--out", "c.json")
        for change in (raised, cheaper):
            self.assertEqual(self.check(self.changed("c.json", change), "run")[0], 1, change.__name__)

    def test_what_is_refused(self):
        run = plant_transformer(self.directory / "run")
        plant_transformer(self.directory / "other", seed=2)
        plant(self.directory / "mlp")
        self.refuse(2, "--method brute", "certify", "run", "--method", "table")
        self.assertFalse((run / "certificate.json").exists())
        self.succeed("certify", "run", "--out", "c.json")
        self.succeed("certify", "mlp", "--method", "brute", "--out", "mlp.json")
        for certificate, of, field in (("c.json", "other", "weights_sha256"), ("c.json", "mlp", "model"),
                                       ("mlp.json", "run", "model")):
            code, line = self.check(certificate, of)
            self.assertEqual(code, 2, line)
            self.assertIn(field, line)
        code, line = self.check(self.changed("c.json", lambda c: c.update(method="table")), "run")
        self.assertEqual(code, 2)
        self.assertIn("method", line)
        weights = run / "model.safetensors"
        content = bytearray(weights.read_bytes())
        content[-3] ^= 1
        weights.write_bytes(bytes(content))
        self.assertEqual(self.check("c.json", "run")[0], 2)
        weights.write_bytes(bytes(content[:-4]) + struct.pack("<f", math.nan))
        self.assertEqual(self.check("c.json", "run")[0], 2)
        self.refuse(2, "not finite", "certify", "run")

    def test_published_models(self):
        names = ("S5_T_seed1", "A5_T_seed1", "D59_T_seed1")
        if not (SHARED / "reference" / names[0]).exists():
            self.skipTest("no shared data")
        for name in names:
            run = SHARED / "reference" / name
            self.succeed("certify", run, "--out", "c.json")
            claim = json.loads((self.directory / "c.json").read_text())["claim"]
            self.assertEqual(claim["certified"], claim["pairs"])
            self.assertEqual(self.check("c.json", run)[0], 0)
            self.assertEqual(self.check(self.changed("c.json", lambda c: c["claim"].update(margin=20)), run)[0], 1)


class CertifyBadInput(CertifyTest):
    def test_one_line_and_exit_2(self):
        plant(self.directory / "run")
        self.refuse(2, "nowhere", "certify", "nowhere")
        self.refuse(2, "method 'magic' is none; it is brute or table", "certify", "run", "--method", "magic")
        self.refuse(2, "not finite", "certify", "run", "--margin", "inf")
        self.refuse(2, "--margin", "certify", "run", "--margin", "much")
        self.refuse(2, "excludes", "certify", "run", "--check", "c.json", "--method", "brute")
        self.refuse(2, "c.json", "certify", "--check", "c.json", "run")

    def test_certificates_of_another_format_or_run(self):
        plant(self.directory / "run")
        plant(self.directory / "other", seed=2)
        plant(self.directory / "larger", parameter=4)
        self.succeed("certify", "run", "--out", "c.json")
        for change, field in ((lambda c: c.update(format="irreplens-certificate-9"), "format"),
                              (lambda c: c.update(method="none"), "method"),
                              (lambda c: c["blocks"].__setitem__(0, 5), "blocks"),
                              (lambda c: c["neurons"].pop(), "neurons"),
                              (lambda c: c["neurons"].__setitem__(0, [0, 10**6]), "neurons"),
                              (lambda c: c["claim"].update(margin=math.inf), ""),
                              (lambda c: c["claim"].update(certified=True), "claim.certified"),
                              (lambda c: c["claim"].pop("pairs"), "claim.pairs"),
                              (lambda c: c["group"].update(kind="cyclic", parameter=5), "group.parameter"),
                              (lambda c: c["group"]["elements"].__setitem__(0, [1, 0, 2]), "group.elements")):
            code, line = self.check(self.changed("c.json", change), "run")
            self.assertEqual(code, 2, line)
            self.assertIn(field, line)
        code, line = self.check("c.json", "other")
        self.assertEqual(code, 2)
        self.assertIn("weights_sha256", line)
        self.assertEqual(self.check("c.json", "larger")[0], 2)
        weights = self.directory / "run/model.safetensors"
        content = bytearray(weights.read_bytes())
        content[-3] ^= 1
        weights.write_bytes(bytes(content))
        self.assertEqual(self.check("c.json", "run")[0], 2)

    def test_what_is_no_json(self):
        plant(self.directory / "run")
        for text in ("", "{", "[]", "null", "{\"format\": 1e999}", "\x00"):
            (self.directory / "c.json").write_text(text)
            self.assertEqual(self.check("c.json", "run")[0], 2, text)

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_a_directory_that_cannot_be_written(self):
        run = plant(self.directory / "run")
        run.chmod(stat.S_IRUSR | stat.S_IXUSR)
        self.refuse(1, "certificate.json", "certify", "run")
        run.chmod(stat.S_IRWXU)

    def test_a_place_that_cannot_be_written_leaves_nothing(self):
        plant(self.directory / "run")
        before = files_below(self.directory)
        self.refuse(1, "missing/c.json", "certify", "run", "--out", "missing/c.json")
        (self.directory / "folder").mkdir()
        self.refuse(1, "folder", "certify", "run", "--out", "folder")
        self.assertEqual(files_below(self.directory), before)


if __name__ == "__main__":
    unittest.main()
