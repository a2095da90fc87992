"""The console command: ``irreplens train s5`` is the program train, and so for the others."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_PROGRAMS = Path(__file__).parent / "bin"
_SUMMARIES = {
    "train": "train a network to multiply in a finite group",
    "analyze": "which irreps a trained network uses, and report.html",
    "irreps": "classes, irreps and character table of a group",
    "census": "what many runs have in common",
    "certify": "a proof of a network's accuracy, and its check",
    "sweep": "train many configurations",
}


def _programs() -> list[str]:
    return [name for name in _SUMMARIES if (_PROGRAMS / name).is_file()]


def _help() -> str:
    lines = [f"  {name:<9} {_SUMMARIES[name]}" for name in _programs()]
    return (
        "usage: irreplens PROGRAM ..\n\n"
        + "\n".join(lines)
        + "\n\n'irreplens PROGRAM --help' tells a program's options."
    )


def main() -> int:
    """Becomes the program that is named first, with the arguments behind it."""
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_help())
        return 0
    if arguments[0] == "--version":
        arguments = ["irreps", "--version"]
    if arguments[0] not in _programs():
        print(f"irreplens: there is no program '{arguments[0]}'; there are {', '.join(_programs())}", file=sys.stderr)
        return 2
    program = str(_PROGRAMS / arguments[0])
    sys.stdout.flush()
    os.execv(program, [program, *arguments[1:]])


if __name__ == "__main__":
    sys.exit(main())
