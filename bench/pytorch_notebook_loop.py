#!/usr/bin/env python3
"""The published notebook's training loop in PyTorch, for the group and sizes of a run directory: its steps per second.

usage: pytorch_notebook_loop.py CFG.json STEPS THREADS     prints one JSON line; needs torch
"""
import json
import sys
import time

import torch

config = json.load(open(sys.argv[1]))
steps, threads = int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(threads)
torch.manual_seed(config["seed"])

elements = [tuple(element) for element in config["elements"]]
index = {element: i for i, element in enumerate(elements)}
n, embed, hidden = len(elements), config["layers"]["embed_dim"], config["layers"]["hidden_dim"]
# b after a; which of the two products is learned does not change what a step costs.
table = torch.tensor([[index[tuple(b[a[i]] for i in range(len(a)))] for b in elements] for a in elements])
x, y = (of.reshape(-1) for of in torch.meshgrid(torch.arange(n), torch.arange(n), indexing="ij"))
trained = torch.randperm(n * n)[: int(config["frac_train"] * n * n)]
x, y, z = x[trained], y[trained], table.reshape(-1)[trained]

shapes = [((n, embed), embed), ((n, embed), embed), ((2 * embed, hidden), 2 * embed), ((hidden, n), hidden)]
w_x, w_y, w, w_u = parameters = [torch.nn.Parameter(torch.randn(*shape) / width**0.5) for shape, width in shapes]
optimizer = torch.optim.AdamW(
    parameters, lr=config["lr"], betas=tuple(config["betas"]), weight_decay=config["weight_decay"]
)


def step():
    optimizer.zero_grad()
    logits = torch.relu(torch.hstack((w_x[x], w_y[y])) @ w) @ w_u
    log_probabilities = logits.to(torch.float64).log_softmax(-1)
    (-log_probabilities.gather(-1, z[:, None]).mean()).backward()
    optimizer.step()


for _ in range(5):
    step()
start = time.perf_counter()
for _ in range(steps):
    step()
print(json.dumps({"steps_per_second": steps / (time.perf_counter() - start), "pytorch": torch.__version__}))
