"""A run's bits depend on its configuration alone: not on threads, nor on the processor's vector instructions."""

import os
import pathlib
import subprocess
import unittest

from program import ProgramTest

NEEDS = {"avx512": {"avx512f", "avx512bw", "avx512dq", "avx512vl"}, "avx2": {"avx2", "fma"}}
NO_FMA = "no fused multiply-add"


def instruction_sets():
    """Those of NEEDS that this processor has."""
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("flags"):
            return [name for name, needed in NEEDS.items() if needed <= set(line.split(":", 1)[1].split())]
    return []


class SameBits(ProgramTest):
    def train(self, name, *options, **environment):
        return subprocess.run(self.command("train", "s4", "--epochs", 300, "--out", name, *options), cwd=self.directory,
                              env=os.environ | environment, capture_output=True, text=True, timeout=300)

    def model(self, name, *options, **environment):
        """model.safetensors of 300 epochs of s4, and what went to stderr."""
        result = self.train(name, *options, **environment)
        self.assertEqual(result.returncode, 0, result.stderr)
        return (self.directory / name / "model.safetensors").read_bytes(), result.stderr

    def test_every_instruction_set_with_fused_multiply_adds(self):
        if not instruction_sets():
            self.skipTest("SKIPPED: this processor has no instruction set with fused multiply-adds that can be chosen")
        for model in ([], ["--model", "Transformer", "--overwrite"]):
            usual, message = self.model("usual", *model)
            self.assertNotIn(NO_FMA, message)
            for name in instruction_sets():
                self.assertEqual(self.model(name, *model, IRREPLENS_ISA=name)[0], usual, name)

    def test_threads(self):
        self.assertEqual(self.model("three", "--threads", 3)[0], self.model("one", "--threads", 1)[0])

    def test_a_processor_without_fused_multiply_add_is_told_so(self):
        self.assertEqual(self.model("baseline", IRREPLENS_ISA="baseline")[1].count(NO_FMA), 1)

    def test_an_instruction_set_that_is_none(self):
        result = self.train("run", IRREPLENS_ISA="mmx")
        self.assertEqual(result.returncode, 2)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertIn("it has " + ", ".join([*instruction_sets(), "baseline"]), result.stderr)
        self.assertFalse((self.directory / "run").exists())


if __name__ == "__main__":
    unittest.main()
