#!/usr/bin/env python3
"""What PyTorch makes of a run directory's cfg.json: the same model, start, split and optimiser, a row of training.csv an
epoch.

usage: pytorch_recipes.py CFG_JSON EPOCHS     prints a JSON list of [train loss, test loss]
Needs PyTorch; the tests use it where it is installed, and figures that it gave elsewhere.
"""
import json
import math
import sys

import torch


def draw(*sizes, fan):
    return (torch.randn(*sizes) / math.sqrt(fan)).requires_grad_()


def make(config, n):
    """Parameters in the order of their draws, and the logits of pairs (x, y)."""
    torch.manual_seed(config["seed"])
    e = config["layers"]["embed_dim"]
    bilinear = config["model"] == "BilinearNet"
    h = e if bilinear else config["layers"]["hidden_dim"]
    p = {"W_x": draw(n, e, fan=e), "W_y": draw(n, e, fan=e)}
    if not bilinear:
        p["W"] = draw(2 * e, h, fan=2 * e)
    p["W_U"] = draw(h, n, fan=h)
    if config["model"] == "OneLayerMLPwithBias":
        p["b"] = torch.zeros(h, requires_grad=True)
    if config["unembed_bias"]:
        p["b_U"] = torch.zeros(n, requires_grad=True)

    def logits(x, y):
        if bilinear:
            hidden = p["W_x"][x] * p["W_y"][y]
        else:
            hidden = torch.relu(torch.cat([p["W_x"][x], p["W_y"][y]], dim=1) @ p["W"]) + p.get("b", 0)
        return hidden @ p["W_U"] + p.get("b_U", 0)

    return p, logits


def optimizer(config, parameters):
    biases = [p for name, p in parameters.items() if name in ("b", "b_U")]
    weights = [p for name, p in parameters.items() if name not in ("b", "b_U")]
    decay = config["weight_decay"]
    groups = [{"params": weights, "weight_decay": decay}]
    if biases:
        groups.append({"params": biases, "weight_decay": decay if config["decay_biases"] else 0})
    kind = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam}[config["optimizer"]]
    return kind(groups, lr=config["lr"], betas=tuple(config["betas"]))


def main(config_path, epochs):
    config = json.load(open(config_path))
    elements = config["elements"]
    n = len(elements)
    index = {tuple(p): i for i, p in enumerate(elements)}
    table = [[index[tuple(b[i] for i in a)] for b in elements] for a in elements]  # (a*b)(i) = b(a(i))
    labels = torch.tensor(table).flatten()
    parameters, logits = make(config, n)
    update = optimizer(config, parameters)
    torch.manual_seed(config["split_seed"])
    order = torch.randperm(n * n)
    train, test = order.split([int(config["frac_train"] * n * n), n * n - int(config["frac_train"] * n * n)])

    def loss(pairs):
        log_probabilities = torch.log_softmax(logits(pairs // n, pairs % n).to(torch.float64), dim=1)
        return -log_probabilities[torch.arange(len(pairs)), labels[pairs]].mean()

    rows = []
    for _ in range(epochs):
        update.zero_grad()
        of_train = loss(train)
        of_train.backward()
        update.step()
        with torch.no_grad():
            rows.append([of_train.item(), loss(test).item()])
    print(json.dumps(rows))


main(sys.argv[1], int(sys.argv[2]))
