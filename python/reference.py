"""Prints docs/python.md: the reference of the package, from its docstrings.

usage: PYTHONPATH=build/release/python build/python/venv/bin/python python/reference.py > docs/python.md
"""

import functools
import inspect
import re
import sys
import textwrap

del sys.path[0]  # this folder, where the package lacks its module
import irreplens  # noqa: E402

HEADER = """# irreplens in Python

```
pip install .
```

in a clone builds a wheel and installs it; `tools/install_dependencies build` installs what that needs.
`make python` does both, into `build/python/venv`. It needs Python 3.10 or newer, and NumPy; pandas,
PyTorch, JAX and plotly are used where they are there. Then

```python
import irreplens

run = irreplens.train("s4")                       # or load("runs/s5"), or a published folder
irreplens.analyze(run).metrics["percent_logits_explained"]
irreplens.measure("s5", hidden=h, unembed=w_u)    # any network: arrays or functions
```

work, and `irreplens train|analyze|irreps|census|certify|sweep` are the programs.

- **One wheel from Python 3.12 on** (the stable ABI); 3.10 and 3.11 need one each, since their stable ABI
  lacks what nanobind uses. Tested: the wheel of 3.12 with 3.12, and with 3.13 on a Debian without
  compilers, BLAS or libzip; 3.11 in the build tree. 3.10 was not yet built.
- **It needs no other package of the system.** OpenBLAS, libzip and their like are inside the wheel, put
  there by auditwheel under names of their own, so that they meet neither NumPy's nor PyTorch's. CUDA and
  MPI are not: a GPU, and a sweep over machines, are for the programs that `make` builds.
- **A tensor on a GPU** raises ValueError, which says to move it: nothing is copied behind your back.
- **Errors** are ValueError in one line that names the argument, what it is and what it should be, with the
  words of the programs; FileNotFoundError for what is not there, OSError for what the machine refuses,
  DivergenceError for a training whose loss is no longer finite. What a callback raises comes out as it is.
  `make fuzz` calls everything with random arguments for ten minutes.
- **Threads.** Python's lock is released while anything is computed. Threads may share all objects;
  computations share one pool of threads. A function that you hand to `measure` is called from them, under
  the lock.

[examples/demo.ipynb](../examples/demo.ipynb) tells the whole story on a network of ours,
[examples/own_network.ipynb](../examples/own_network.ipynb) on one that you train in PyTorch.

This page is made from the docstrings by `python/reference.py`.
"""
ORDER = [
    "Group",
    "Irrep",
    "Irreps",
    "Block",
    "Subgroup",
    "measure",
    "Measurement",
    "train",
    "load",
    "Run",
    "Checkpoints",
    "analyze",
    "Analysis",
    "Report",
    "Chart",
    "presets",
    "set_threads",
]


def text_of(doc):
    """A docstring as Markdown: its examples become code blocks, its cross references code."""
    text = re.sub(r":(?:class|meth|attr|func):`~?([^`]+)`", r"`\1`", inspect.cleandoc(doc or ""))
    text = text.replace("``", "`")
    lines, example = [], False
    for line in text.split("\n"):
        if line.startswith(">>>") and not example:
            lines.append("```python")
            example = True
        if example and not line:
            lines.append("```")
            example = False
        lines.append(line)
    return wrapped("\n".join(lines + (["```"] if example else [])))


def wrapped(text):
    """Paragraphs of prose, at most 110 columns wide."""
    blocks = re.split(r"(```.*?```)", text, flags=re.DOTALL)
    for i in range(0, len(blocks), 2):
        paragraphs = re.split(r"\n\n", blocks[i])
        blocks[i] = "\n\n".join(
            p if "\n-" in p or p.startswith("-") else textwrap.fill(p, 110, break_long_words=False) if p.strip() else p
            for p in paragraphs
        )
        if i + 1 < len(blocks) and not blocks[i].endswith("\n\n"):
            blocks[i] = blocks[i].rstrip("\n") + "\n\n"
    return "".join(blocks)


def signature_of(name, value):
    signature = inspect.signature(value)
    parameters = [p for p in signature.parameters.values() if p.name != "self"]
    words, bare = [], False
    for p in parameters:
        if p.kind is p.KEYWORD_ONLY and not bare:
            words.append("*")
            bare = True
        word = {p.VAR_KEYWORD: "**", p.VAR_POSITIONAL: "*"}.get(p.kind, "") + p.name
        bare = bare or p.kind is p.VAR_POSITIONAL
        words.append(word if p.default is p.empty else f"{word}={p.default!r}")
    return f"{name}({', '.join(words)})"


def attribute_docs(cls):
    """The texts under attributes, `self.x = ..` and fields, which Python itself forgets."""
    source = textwrap.dedent(inspect.getsource(cls))
    pattern = r'^ +(?:self\.)?([a-z]\w*)(?:: [^=\n]+)?(?: = [^\n]+)?\n +"""((?:[^"]|"(?!""))+)"""'
    return {name: text for name, text in re.findall(pattern, source, re.MULTILINE) if not name.startswith("_")}


def members(cls):
    for name, value in attribute_docs(cls).items():
        yield name, value
    for name, value in vars(cls).items():
        if name.startswith("_"):
            continue
        if isinstance(value, (property, functools.cached_property)):
            yield name, value.__doc__
        elif callable(value) or isinstance(value, classmethod):
            yield signature_of(name, value), value.__doc__


def main():
    missing = set(irreplens.__all__) - set(ORDER) - {"__version__", "DivergenceError"}
    assert not missing, missing
    print(HEADER)
    for name in ORDER:
        value = getattr(irreplens, name)
        print(f"## {name}\n")
        shown = name in ("Group",) or not isinstance(value, type)
        if shown:
            call = textwrap.fill(f"irreplens.{signature_of(name, value)}", 106, subsequent_indent=" " * 4)
            print(f"```python\n{call}\n```\n")
        print(text_of(value.__doc__) + "\n")
        if isinstance(value, type):
            for member, doc in members(value):
                print(f"### `{name}.{member}`\n\n{text_of(doc)}\n")
    print("## DivergenceError\n\nRaised when a training's loss is no longer finite; an ArithmeticError.")


if __name__ == "__main__":
    main()
