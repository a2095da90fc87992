"""The circuits that ./analyze shows: views, null controls, certificates."""

import json
import shutil
import unittest

from analyze_program import AnalyzeTest, report_data
from program import files_below


class AnalyzedCircuits(AnalyzeTest):
    def test_default_views_and_how_to_get_the_rest(self):
        run = self.train()
        result = self.succeed("analyze", "run", "--final-only")
        for heading in ("Cosets:", "Rho-sets:", "--views irreps,cosets,rho,interventions"):
            self.assertIn(heading, result.stdout)
        circuits = json.loads((run / "circuits.json").read_text())
        self.assertEqual(len(circuits["coset"]["classes"]), 4)
        self.assertEqual(circuits["coset"]["subgroups"], 6)
        self.assertIsNone(circuits["nulls"])
        self.assertIsNone(circuits["interventions"])
        self.assertEqual(report_data(run / "report.html")["circuits"]["coset"]["neurons"], circuits["coset"]["neurons"])

    def test_every_number_of_the_interventions_beside_its_null(self):
        run = self.train()
        result = self.succeed("analyze", "run", "--final-only", "--views", "irreps,cosets,rho,interventions", "--draws", 20)
        self.assertIn("Against 20 random draws each", result.stdout)
        circuits = json.loads((run / "circuits.json").read_text())
        self.assertEqual(sorted(circuits["interventions"]), ["absolute_value", "base", "negate_both", "negate_left", "negate_right",
                         "noise_-1_1", "noise_0_0.1", "noise_0_1", "noise_1_1", "swap"])
        nulls = circuits["nulls"]
        self.assertEqual((nulls["draws"], nulls["seed"]), (20, 0))
        self.assertEqual(sorted(nulls["untrained"]["interventions"]), sorted(circuits["interventions"]))
        for control in nulls["random_functions"].values():
            for name in ("restricted", "excluded"):
                self.assertLessEqual(control[name]["5%"], control[name]["median"])
                self.assertLessEqual(control[name]["median"], control[name]["95%"])
                self.assertGreaterEqual(control[name]["p"], 1 / 21)
        steps = [step for step in circuits["coset"]["ablation"] if step["removed"] > 0]
        self.assertEqual([step["removed"] for step in nulls["random_neurons"]["ablation"]], [step["removed"] for step in steps])
        first = (run / "circuits.json").read_bytes()
        self.succeed("analyze", "run", "--final-only", "--views", "interventions,rho,cosets", "--draws", 20, "--threads", 3)
        again = json.loads((run / "circuits.json").read_text())
        self.assertEqual(again["interventions"], circuits["interventions"])
        self.assertNotEqual(first, b"")

    def test_a_certificate_is_made_on_demand_and_shown_while_it_is_the_weights_own(self):
        run = self.train()
        result = self.succeed("analyze", "run", "--final-only", "--views", "irreps,certificate")
        self.assertRegex(result.stdout, r"A table certificate proves [\d,]+ of 36 pairs .* than brute force's|as many as brute force's")
        self.succeed("certify", "--check", run / "certificate.json", "run")
        claim = json.loads((run / "certificate.json").read_text())["claim"]
        made = json.loads((run / "circuits.json").read_text())["certificate"]
        self.assertEqual((made["certified"], made["pairs"], made["operations"], made["margin"], made["stored"]),
                         (claim["certified"], claim["pairs"], claim["operations"], claim["margin"], False))
        result = self.succeed("analyze", "run", "--final-only")
        self.assertIn("A table certificate claims", result.stdout)
        self.assertIn("./certify --check", result.stdout)
        found = json.loads((run / "circuits.json").read_text())["certificate"]
        self.assertTrue(found["stored"])
        self.assertEqual(found["brute_operations"], made["brute_operations"])
        self.assertEqual(report_data(run / "report.html")["circuits"]["certificate"], found)
        document = json.loads(self.succeed("analyze", "run", "--final-only", "--json").stdout)
        self.assertEqual(document["circuits"]["certificate"], found)

        self.succeed("train", "s3", "--epochs", 300, "--seed", 2, "--out", "other", "--quiet")
        shutil.copy(run / "certificate.json", self.directory / "other/certificate.json")
        result = self.succeed("analyze", "other", "--final-only")
        self.assertIn("certificate.json is no certificate of these weights, by its field 'weights_sha256'", result.stdout)
        circuits = json.loads((self.directory / "other/circuits.json").read_text())
        self.assertIsNone(circuits["certificate"])
        self.assertIn("--views irreps,cosets,rho,certificate", result.stdout)

    def test_circuits_of_a_transformer(self):
        self.succeed("train", "s3", "--model", "Transformer", "--epochs", 301, "--out", "run", "--quiet")
        result = self.succeed("analyze", "run", "--final-only", "--views", "irreps,cosets,rho,interventions", "--draws", 10)
        self.assertIn("Not covered", result.stdout)
        circuits = json.loads((self.directory / "run/circuits.json").read_text())
        self.assertEqual(len(circuits["coset"]["neurons"]), 512)
        self.assertEqual(sorted(circuits["interventions"]), ["absolute_value", "base", "negate_both", "noise_-1_1", "noise_0_0.1",
                                                            "noise_0_1", "noise_1_1"])
        self.assertEqual(sorted(circuits["nulls"]["untrained"]["interventions"]), sorted(circuits["interventions"]))
        for section in ("rho_sets", "ideal_bound", "certificate"):
            self.assertIsNone(circuits[section])
        document = json.loads(self.succeed("analyze", "run", "--final-only", "--json").stdout)
        final, trained = document["final"], int(document["run"]["config"]["frac_train"] * 36)
        for key in ("loss", "acc"):  # of all pairs, from those of the split
            mean = (trained * final[f"train_{key}"] + (36 - trained) * final[f"test_{key}"]) / 36
            self.assertAlmostEqual(circuits["interventions"]["base"][key], mean, delta=1e-6 * (1 + mean))
        self.assertEqual(document["circuits"]["coset"]["census"], circuits["coset"]["census"])

    def test_the_certificate_of_a_transformer(self):
        self.succeed("train", "s3", "--model", "Transformer", "--epochs", 301, "--out", "run", "--quiet")
        run = self.directory / "run"
        self.assertIn("--views irreps,cosets,rho,certificate", self.succeed("analyze", "run", "--final-only").stdout)
        self.succeed("certify", "run")
        claim = json.loads((run / "certificate.json").read_text())["claim"]
        result = self.succeed("analyze", "run", "--final-only")
        self.assertRegex(result.stdout, r"A brute certificate claims \d+ of 36 pairs")
        found = json.loads((run / "circuits.json").read_text())["certificate"]
        self.assertEqual((found["method"], found["certified"], found["operations"], found["brute_operations"], found["stored"]),
                         ("brute", claim["certified"], claim["operations"], claim["operations"], True))
        self.assertEqual(report_data(run / "report.html")["circuits"]["certificate"], found)
        (run / "certificate.json").unlink()
        result = self.succeed("analyze", "run", "--final-only", "--views", "irreps,certificate")
        self.assertIn("A brute certificate proves ", result.stdout)
        self.succeed("certify", "--check", run / "certificate.json", "run")
        self.assertFalse(json.loads((run / "circuits.json").read_text())["certificate"]["stored"])
        self.succeed("train", "s3", "--model", "BilinearNet", "--epochs", 1, "--out", "bilinear", "--quiet")
        self.refuse(2, "not of this run's BilinearNet", "analyze", "bilinear", "--views", "irreps,certificate")

    def test_circuits_alone(self):
        self.train()
        result = self.succeed("analyze", "run", "--views", "cosets", "--out", "figures", "--json")
        self.assertEqual(sorted(files_below(self.directory / "figures")), ["circuits.json"])
        circuits = json.loads(result.stdout)
        self.assertEqual(circuits, json.loads((self.directory / "figures/circuits.json").read_text()))
        self.assertIsNone(circuits["rho_sets"])

    def test_bad_views(self):
        self.train(1)
        self.refuse(2, "no view 'coset'; there are irreps, cosets, rho, interventions", "analyze", "run", "--views", "coset")
        self.refuse(2, "--views names no view", "analyze", "run", "--views", "")
        self.refuse(2, "--draws 0: it must be in 1..", "analyze", "run", "--draws", 0)
        self.refuse(2, "--subgroups 0: it must be in 1..", "analyze", "run", "--subgroups", 0)

    def test_more_subgroups_than_the_limit(self):
        run = self.train(1)
        result = self.succeed("analyze", "run", "--subgroups", 3)
        self.assertIn("at least 5 subgroups, more than the limit of 3", result.stdout)
        circuits = json.loads((run / "circuits.json").read_text())
        self.assertIsNone(circuits["coset"])
        self.assertEqual(len(circuits["notes"]), 1)


if __name__ == "__main__":
    unittest.main()
