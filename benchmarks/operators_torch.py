"""Sorting, selection, sums, sequences, eigenvectors and sparse products in PyTorch, for
compare.py; it has no box_nms of its own."""

import numpy as np


def operator_cases(torch, uniform):
    """name -> (function of no arguments, calls a measurement)."""
    F, rng = torch.nn.functional, np.random.default_rng(1)
    rows, table = uniform(1000, 1000), uniform(10000, 128).requires_grad_()
    words = torch.from_numpy(rng.integers(0, 10000, 4096))
    places = torch.from_numpy(rng.integers(0, 1000, (2, 100000)))
    head = uniform(4096, 128)
    scores = uniform(100, 32, 40).requires_grad_()
    labels = torch.from_numpy(rng.integers(1, 40, (32, 20)))
    steps, lengths = torch.full((32,), 100), torch.full((32,), 20)
    matrix = np.where(rng.uniform(size=(2000, 2000)) < 0.01, rng.uniform(-1, 1, (2000, 2000)), 0)
    csr, dense = torch.from_numpy(matrix.astype("float32")).to_sparse_csr(), uniform(2000, 256)

    numbers, picked = uniform(1_000_000), uniform(1000, 1000).requires_grad_()
    symmetric = rows + rows.T

    def gathered():
        picked.grad = None
        picked[places[0], places[1]].sum().backward()

    def taken():
        table.grad = None
        F.embedding(words, table).backward(head)

    def ctc():
        scores.grad = None
        F.ctc_loss(F.log_softmax(scores, 2), labels, steps, lengths, reduction="sum").backward()

    return {
        "sort": (lambda: torch.sort(rows, dim=1), 2),
        "argsort": (lambda: torch.argsort(rows, dim=1), 2),
        "topk": (lambda: torch.topk(rows, 10, dim=1), 4),
        "topk of a million": (lambda: torch.topk(numbers, 100), 4),
        "cumsum": (lambda: torch.cumsum(rows, 1), 10),
        "syevd": (lambda: torch.linalg.eigh(symmetric), 1),
        "gather_nd": (lambda: rows[places[0], places[1]], 20),
        "gather_nd + backward": (gathered, 4),
        "take + backward": (taken, 10),
        "CTCLoss + backward": (ctc, 4),
        "csr dot dense": (lambda: csr @ dense, 10),
    }
