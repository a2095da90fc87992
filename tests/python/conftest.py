"""What the Python tests share: published models where they are, the programs, small runs."""

import json
import os
import pathlib
import subprocess

import pytest

SOURCE = pathlib.Path(os.environ.get("IRREPLENS_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
PROGRAMS = pathlib.Path(os.environ.get("IRREPLENS_BIN", SOURCE / "build/release/bin"))


def shared(name):
    """A path under IRREPLENS_SHARED, else ../shared; skips the test, aloud, where it is not there."""
    path = pathlib.Path(os.environ.get("IRREPLENS_SHARED", SOURCE / "../shared")) / name
    if not path.exists():
        pytest.skip(f"no shared data at {path}")
    return path


def program(name, *arguments):
    """What a program prints."""
    result = subprocess.run([str(PROGRAMS / name), *map(str, arguments)], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


def complaint(name, *arguments):
    """The line with which a program refuses its input, without its own name."""
    result = subprocess.run([str(PROGRAMS / name), *map(str, arguments)], capture_output=True, text=True)
    assert result.returncode == 2, (result.returncode, result.stderr)
    return result.stderr.strip().removeprefix(name + ": ")


def columns(path):
    """A CSV file's columns as lists of numbers."""
    lines = path.read_text().splitlines()
    names = lines[0].split(",")
    return {name: [float(line.split(",")[i] or "nan") for line in lines[1:]] for i, name in enumerate(names)}


@pytest.fixture(scope="session")
def s3_run(tmp_path_factory):
    """A run directory of the program train."""
    directory = tmp_path_factory.mktemp("runs") / "s3"
    program("train", "s3", "--epochs", 1001, "--out", directory, "--quiet")
    return directory


@pytest.fixture
def read_json():
    return lambda path: json.loads(path.read_text())
