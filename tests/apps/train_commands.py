"""Command lines and configurations of ./train that several tests use."""


def short(out="run", epochs=2000):
    """A run of a fraction of a second, or a few of these."""
    return ["s3", "--epochs", epochs, "--checkpoint-every", 100, "--out", out]


LONG = ["s4", "--epochs", 400000, "--checkpoint-every", 1000, "--out", "run"]  # minutes


def config(**changes):
    values = {"lr": 0.001, "num_epochs": 3, "weight_decay": 1, "betas": [0.9, 0.98],
              "layers": {"embed_dim": 8, "hidden_dim": 8}, "model": "OneLayerMLP", "group": "SymmetricGroup",
              "group_parameter": 3, "frac_train": 0.5, "seed": 2}
    values.update(changes)
    return {name: value for name, value in values.items() if value is not None}
