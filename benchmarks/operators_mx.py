"""Sorting, selection, sums, sequences, boxes, eigenvectors, sparse and quantized products, for
compare.py: under mxlite and under MXNet 1.9.1."""

import numpy as np


def operator_cases(mx, uniform):
    """name -> (function of no arguments, calls a measurement)."""
    nd, rng = mx.nd, np.random.default_rng(1)
    rows, table = uniform(1000, 1000), uniform(10000, 128)
    table.attach_grad()
    words = nd.array(rng.integers(0, 10000, 4096))
    places = nd.array(rng.integers(0, 1000, (2, 100000)))
    head = uniform(4096, 128)
    scores = uniform(100, 32, 40)
    scores.attach_grad()
    labels = nd.array(rng.integers(1, 40, (32, 20)))
    corners = rng.uniform(0, 0.9, (8, 2000, 2))
    boxes = nd.array(np.concatenate([
        rng.integers(0, 20, (8, 2000, 1)), rng.uniform(0, 1, (8, 2000, 1)), corners,
        corners + rng.uniform(0.01, 0.1, (8, 2000, 2))], axis=2))
    matrix = np.where(rng.uniform(size=(2000, 2000)) < 0.01, rng.uniform(-1, 1, (2000, 2000)), 0)
    csr, dense = nd.array(matrix).tostype("csr"), uniform(2000, 256)

    numbers, picked = uniform(1_000_000), uniform(1000, 1000)
    symmetric = rows + nd.transpose(rows)
    picked.attach_grad()

    def integers(low, high, *shape, dtype):
        return nd.array(rng.integers(low, high, shape), dtype=dtype)

    quantized = integers(0, 256, 512, 1024, dtype="uint8")
    image = integers(0, 256, 8, 256, 14, 14, dtype="uint8")
    weight, filters = [integers(-127, 128, *shape, dtype="int8")
                       for shape in ((1024, 1024), (256, 256, 3, 3))]
    ranges = [nd.array([end]) for end in (0, 1, -1, 1)]

    def gathered():
        with mx.autograd.record():
            y = nd.gather_nd(picked, places)
        y.backward()

    def taken():
        with mx.autograd.record():
            y = nd.take(table, words)
        y.backward(head)

    def ctc():
        with mx.autograd.record():
            y = nd.CTCLoss(scores, labels)
        y.backward()

    return {
        "sort": (lambda: nd.sort(rows, axis=1), 2),
        "argsort": (lambda: nd.argsort(rows, axis=1), 2),
        "topk": (lambda: nd.topk(rows, axis=1, k=10, ret_typ="both"), 4),
        "topk of a million": (lambda: nd.topk(numbers, k=100, dtype="int32"), 4),
        "cumsum": (lambda: nd.cumsum(rows, axis=1), 10),
        "syevd": (lambda: nd.linalg.syevd(symmetric), 1),
        "gather_nd": (lambda: nd.gather_nd(rows, places), 20),
        "gather_nd + backward": (gathered, 4),
        "take + backward": (taken, 10),
        "CTCLoss + backward": (ctc, 4),
        "box_nms": (lambda: nd.contrib.box_nms(boxes, id_index=0, score_index=1, coord_start=2), 1),
        "csr dot dense": (lambda: nd.sparse.dot(csr, dense), 10),
        "quantized product": (lambda: nd.contrib.quantized_fully_connected(
            quantized, weight, *ranges, num_hidden=1024, no_bias=True)[0], 4),
        "quantized conv": (lambda: nd.contrib.quantized_conv(
            image, filters, *ranges, kernel=(3, 3), pad=(1, 1), stride=(1, 1), num_filter=256,
            no_bias=True)[0], 4),
    }
