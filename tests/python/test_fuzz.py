"""A short run of fuzz/fuzz_binding.py."""

import re
import subprocess
import sys

from conftest import SOURCE


def test_random_arguments_never_crash():
    result = subprocess.run(
        [sys.executable, "-X", "faulthandler", str(SOURCE / "fuzz/fuzz_binding.py"), "9", "1"],
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    assert int(re.match(r"(\d+) calls", result.stdout).group(1)) > 20
