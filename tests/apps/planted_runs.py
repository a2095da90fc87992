"""Runs with random weights, written by the published formats' words alone."""

import json
import math
import random
import struct

ORDERS = {"SymmetricGroup": math.factorial, "CyclicGroup": lambda n: n, "DihedralGroup": lambda n: 2 * n}


def write_weights(path, tensors):
    """A safetensors file of float32 tensors: name -> (shape, numbers)."""
    header, data = {}, b""
    for name, (shape, numbers) in sorted(tensors.items()):
        packed = struct.pack(f"<{len(numbers)}f", *numbers)
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


def plant(directory, group="SymmetricGroup", parameter=3, seed=1, embed=3, hidden=6, scale=1.0, **fields):
    """A run of a OneLayerMLP; other fields of cfg.json by name."""
    directory.mkdir(parents=True)
    n, draw = ORDERS[group](parameter), random.Random(f"{group}{parameter}{seed}")
    (directory / "cfg.json").write_text(json.dumps(
        {"lr": 0.001, "num_epochs": 1000, "weight_decay": 1, "betas": [0.9, 0.98], "model": "OneLayerMLP",
         "layers": {"embed_dim": embed, "hidden_dim": hidden}, "group": group, "group_parameter": parameter,
         "frac_train": 0.5, "seed": seed, **fields}))
    shapes = {"W": (2 * embed, hidden), "W_U": (hidden, n), "W_x": (n, embed), "W_y": (n, embed)}
    write_weights(directory / "model.safetensors",
                  {name: (shape, [scale * draw.gauss(0, 1) for _ in range(shape[0] * shape[1])])
                   for name, shape in shapes.items()})
    return directory
