"""The report of ./analyze in a browser."""

import json
import statistics
import unittest

from analyze_program import AnalyzeTest
from browser import BrowserTest

PROBE = """<script>
window.addEventListener("load", () => setTimeout(() => {
  const before = drawn.size;
  drawEverything();
  const lines = () => document.getElementById("progress-0").data.map(trace => trace.name);
  const shownFirst = lines();
  document.querySelector('[data-irrep="sign"]').click();
  const shownAfter = lines();
  const themes = [document.documentElement.dataset.theme];
  document.getElementById("theme").click();
  themes.push(document.documentElement.dataset.theme);
  const order = document.getElementById("order");
  order.value = "by class";
  order.dispatchEvent(new Event("change"));
  const header = document.querySelectorAll("#neuron-table th button")[4];
  header.click();
  document.getElementById("show-none").click();
  const shownNone = lines();
  document.getElementById("show-all").click();
  const operated = [...document.querySelectorAll("#legend button, th button, #theme, select, .controls button, nav a")];
  const outline = element => { element.focus({focusVisible: true}); return getComputedStyle(element).outlineStyle; };
  const variances = [...document.querySelectorAll("#neuron-table tbody tr")].map(row => Number(row.children[4].textContent));
  const result = {failures, shownNone, operated: operated.length,
    unreachable: operated.filter(e => e.offsetParent && (e.tabIndex < 0 || e.disabled)).length, outline: outline(operated[1]),
    names: [...document.getElementById("slice-logits").data[0].y].length, title: document.title,
    definitions: document.querySelectorAll("dt").length,
    stages: ["before", "after"].map(stage => document.getElementById(`heading-${stage}`).textContent),
    footnotes: document.querySelectorAll("#footnotes p").length, before, drawn: drawn.size, figures: figures.size,
    empty: [...figures.keys()].filter(id => !document.querySelector("#" + id + " .main-svg")),
    shownFirst, shownAfter, themes, labels: [...document.querySelectorAll("[role=figure]")].filter(f => f.getAttribute("aria-label")).length,
    firstLabel: document.getElementById("slice-logits").data[0].x[0],
    sorted: variances.every((v, i) => i === 0 || v <= variances[i - 1]),
    heads: document.querySelectorAll("#head-table tbody tr").length,
    meanScores: [...document.querySelectorAll("#head-table tbody tr")].map(row => Number(row.children[2].textContent)),
    scores: figures.has("head-functions") ? document.getElementById("head-functions").data.map(trace => [...trace.y]) : [],
    elementAxis: figures.has("head-functions") ? document.getElementById("head-functions").layout.xaxis.title?.text : null,
    looks: ["look-a", "look-b", "look-equals"].filter(id => figures.has(id)).reduce((total, id) => total +
      document.getElementById(id).data[0].z.reduce((sum, row) => sum + row.reduce((a, b) => a + b, 0), 0), 0),
    cells: document.querySelectorAll("td").length};
  const pre = document.createElement("pre");
  pre.id = "probe";
  pre.textContent = JSON.stringify(result);
  document.body.append(pre);
}, 200));
</script>"""


class ReportInBrowser(AnalyzeTest, BrowserTest):
    """Opens the report without a network and clicks."""

    probe = PROBE

    def test_a_transformers_attention_is_drawn(self):
        self.succeed("train", "s3", "--model", "Transformer", "--epochs", 301, "--checkpoint-every", 100, "--out", "run")
        run = self.directory / "run"
        document = json.loads(self.succeed("analyze", "run", "--json").stdout)
        seen = self.probed(run / "report.html", "--virtual-time-budget=20000")
        self.assertEqual(seen["failures"], [])
        self.assertEqual(seen["drawn"], seen["figures"])
        self.assertEqual(seen["empty"], [])
        order = next(o["elements"] for o in document["group"]["element_orders"] if o["name"] == "by coset")
        head = document["attention"][0]
        for shown, scores, mean_shown in zip(seen["scores"], (head["score_a"], head["score_b"]), seen["meanScores"]):
            mean = statistics.fmean(scores)
            self.assertAlmostEqual(mean_shown, mean, delta=1e-3 * abs(mean))
            for value, g in zip(shown, order, strict=True):
                self.assertAlmostEqual(value, scores[g] - mean, delta=1e-5)
        self.assertEqual(len(seen["scores"]), 2)
        self.assertEqual(seen["elementAxis"], "element")
        self.assertEqual(seen["heads"], 12)  # four heads, three tokens
        self.assertAlmostEqual(seen["looks"], 36, delta=1e-3)  # the three weights of a pair sum to 1
        self.assertEqual(seen["footnotes"], 1)

    def test_figures_are_drawn_and_clicks_work(self):
        run = self.train(2000)
        self.succeed("analyze", "run")
        seen = self.probed(run / "report.html", "--virtual-time-budget=20000")
        self.assertEqual(seen["failures"], [])
        self.assertGreater(seen["before"], 0)
        self.assertEqual(seen["drawn"], seen["figures"])
        self.assertEqual(seen["empty"], [])
        self.assertEqual(set(seen["shownFirst"]) - set(seen["shownAfter"]), {"sign"})
        self.assertEqual(sorted(seen["themes"]), ["dark", "light"])
        self.assertEqual(seen["labels"], seen["figures"])
        self.assertEqual(seen["firstLabel"], "()")
        self.assertTrue(seen["sorted"])
        self.assertEqual(seen["shownNone"], [])
        self.assertGreater(seen["operated"], 30)
        self.assertEqual(seen["unreachable"], 0)
        self.assertEqual(seen["outline"], "solid")
        self.assertEqual(seen["stages"], ["Clusters before the relu", "Clusters after the relu"])
        self.assertEqual(seen["names"], 6)
        self.assertEqual(seen["title"], "run: S₃")
        self.assertEqual(seen["footnotes"], 0)
        self.assertGreater(seen["definitions"], 30)
        self.assertGreater(seen["cells"], 100)
        self.assertLess((run / "report.html").stat().st_size, 8 << 20)


if __name__ == "__main__":
    unittest.main()
