"""A network's weights from the files of a run, for tools/check_certificate.py; numpy alone."""
import json
import pickle
import zipfile

import numpy as np

NETWORK = ("W_x", "W_y", "W", "W_U")
TRANSFORMER = ("embed.W_E", "pos_embed.W_pos", "blocks.0.attn.W_Q", "blocks.0.attn.W_K", "blocks.0.attn.W_V",
               "blocks.0.attn.W_O", "blocks.0.mlp.W_in", "blocks.0.mlp.W_out", "unembed.W_U")

class StateDict(pickle.Unpickler):
    """What torch.save wrote: four names are known and nothing else is run."""
    def __init__(self, archive, root):
        self.archive, self.root = archive, root
        super().__init__(archive.open(root + "/data.pkl"))
    def persistent_load(self, pid):
        return np.frombuffer(self.archive.read(f"{self.root}/data/{pid[2]}"), pid[1])
    def find_class(self, module, name):
        return {"OrderedDict": type("Dict", (dict,), {}), "FloatStorage": "<f4", "BoolStorage": "?",
                "_rebuild_tensor_v2":
                lambda data, at, shape, *_: data[at:at + int(np.prod(shape))].reshape(shape)}[name]

def stored_tensors(directory):
    if (directory / "model.safetensors").exists():
        data = (directory / "model.safetensors").read_bytes()
        body = 8 + int.from_bytes(data[:8], "little")
        return {name: np.frombuffer(data[body:][slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"])
                for name, entry in json.loads(data[8:body]).items() if name != "__metadata__"}
    archive = zipfile.ZipFile(directory / "model.pt")
    return StateDict(archive, archive.namelist()[0].split("/")[0]).load()

def read_weights(directory):
    """The tensors of OneLayerMLP, four, or of Transformer, nine, in the order in which they are hashed."""
    stored = stored_tensors(directory)
    if TRANSFORMER[0] in stored:
        return transformer_weights(stored)
    return [np.ascontiguousarray(stored[name]) for name in NETWORK]

def transformer_weights(stored):
    """A file may hold a published model's buffers, other names and zero biases beside them, and nothing else."""
    for name, other in stored.items():
        alias = name in ("x_embed", "y_embed")
        if name not in TRANSFORMER and name.split(".")[-1] not in ("mask", "IGNORE") and np.any(
                other - stored[TRANSFORMER[0]] if alias else other):
            raise ValueError(f"tensor {name} is no part of a one-layer transformer without biases")
    weights = [np.ascontiguousarray(stored[name]) for name in TRANSFORMER]
    (heads, d, size), m, n = weights[2].shape, weights[6].shape[1], weights[8].shape[1]
    shapes = [(n + 1, d), (3, d), *[(heads, d, size)] * 3, (heads, size, d), (d, m), (m, d), (d, n)]
    if [w.shape for w in weights] != shapes:
        raise ValueError("tensors whose shapes don't fit each other")
    return weights
