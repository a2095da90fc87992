"""Opening a page in a browser, without a network, and asking it what it shows."""

import json
import re
import shutil
import subprocess

from program import ProgramTest

PROBE_HEAD = """<script>window.failures = [];
window.addEventListener("error", event => failures.push(event.message));
console.error = (...words) => failures.push(words.join(" "));</script>"""


class BrowserTest(ProgramTest):
    """A test whose `probe`, a script at the end of the page, leaves a JSON document in an element #probe."""

    probe = None

    def probed(self, page, *flags):
        """What the probe found in the page; skipped where there is no browser, or no Plotly in the page."""
        browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if not browser:
            self.skipTest("SKIPPED: no chromium")
        probed = self.directory / "probed.html"
        text = page.read_text()
        if "plotly.js v" not in text:
            self.skipTest("SKIPPED: built without Plotly's bundle")
        head, _, tail = text.replace("<head>", "<head>" + PROBE_HEAD, 1).rpartition("</body>")
        probed.write_text(head + self.probe + "</body>" + tail)
        result = subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1500,1200", *flags,
                                 f"--user-data-dir={self.directory / 'profile'}", "--dump-dom", probed.as_uri()],
                                capture_output=True, text=True, timeout=180)
        found = re.search(r'<pre id="probe">(.*?)</pre>', result.stdout, re.DOTALL)
        self.assertIsNotNone(found, result.stderr[-2000:])
        return json.loads(found.group(1).replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&"))
