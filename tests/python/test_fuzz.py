"""A short run of fuzz.py."""

import pathlib
import re
import subprocess
import sys


def test_random_arguments_never_crash():
    script = pathlib.Path(__file__).parent / "fuzz.py"
    result = subprocess.run(
        [sys.executable, "-X", "faulthandler", str(script), "6", "1"], capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr[-3000:]
    assert int(re.match(r"(\d+) calls", result.stdout).group(1)) > 20
