"""Builds the wheel: scikit-build-core's, with every shared library that it needs put inside by auditwheel.

What pip calls, as pyproject.toml says. The wheel then imports where no compiler, BLAS or libzip is; its name says which
systems it fits, the ones with at least this machine's C library.
"""

import pathlib
import subprocess
import sys
import tempfile

from scikit_build_core.build import *  # noqa: F401,F403  all other hooks are scikit-build-core's
from scikit_build_core.build import build_wheel as _build_wheel


def _plotly_bundle():
    try:
        import plotly
    except ImportError:
        return None
    bundle = pathlib.Path(plotly.__file__).parent / "package_data/plotly.min.js"
    return str(bundle) if bundle.is_file() else None


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    settings = dict(config_settings or {})
    bundle = _plotly_bundle()
    if bundle:
        settings.setdefault("cmake.define.IRREPLENS_PLOTLY_JS", bundle)
    if not sys.platform.startswith("linux"):
        return _build_wheel(wheel_directory, settings, metadata_directory)
    with tempfile.TemporaryDirectory() as folder:
        name = _build_wheel(folder, settings, metadata_directory)
        before = set(pathlib.Path(wheel_directory).iterdir())
        command = [sys.executable, "-m", "auditwheel", "repair", "--wheel-dir", wheel_directory, f"{folder}/{name}"]
        subprocess.run(command, check=True)
        (repaired,) = set(pathlib.Path(wheel_directory).iterdir()) - before
        return repaired.name
