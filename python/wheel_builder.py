"""Builds the wheel: scikit-build-core's, with every shared library that it needs put inside by auditwheel.

What pip calls, as pyproject.toml says. The wheel then imports where no compiler, BLAS or libzip is; its name says which
systems it fits, the ones with at least this machine's C library.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

from scikit_build_core.build import *  # noqa: F401,F403  all other hooks are scikit-build-core's
from scikit_build_core.build import build_wheel as _build_wheel


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    # Plotly's bundle alone: installing the package, fifteen thousand files, would take half a minute.
    subprocess.run(["tools/fetch_plotly"], env={**os.environ, "PYTHON": sys.executable}, check=True)
    if not sys.platform.startswith("linux"):
        return _build_wheel(wheel_directory, config_settings, metadata_directory)
    with tempfile.TemporaryDirectory() as folder:
        name = _build_wheel(folder, config_settings, metadata_directory)
        before = set(pathlib.Path(wheel_directory).iterdir())
        command = [sys.executable, "-m", "auditwheel", "repair", "--wheel-dir", wheel_directory, f"{folder}/{name}"]
        subprocess.run(command, check=True)
        (repaired,) = set(pathlib.Path(wheel_directory).iterdir()) - before
        return repaired.name
