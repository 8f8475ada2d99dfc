"""Samples of CTCLoss and SVMOutput."""

import itertools

import numpy as np

from .nn import softmax
from .sample import Fixed, Ints, Sample


def said(path, blank):
    """The labels that a path says: repetitions joined, then blanks dropped."""
    joined = [label for label, _ in itertools.groupby(path)]
    return [label for label in joined if label != blank]


def ctc_loss(data, label, *lengths, use_data_lengths=False, use_label_lengths=False,
             blank_label="first"):
    """By its definition: the sum over all paths. 0 where no path is long enough."""
    T, N, C = data.shape
    blank, padding = (0, 0) if blank_label == "first" else (C - 1, -1)
    steps = lengths[0].astype(int) if use_data_lengths else [T] * N
    losses = np.zeros(N)
    for n in range(N):
        labels = label[n].astype(int).tolist()
        if use_label_lengths:
            labels = labels[:int(lengths[-1][n])]
        elif padding in labels:
            labels = labels[:labels.index(padding)]
        probabilities = softmax(data[:steps[n], n])
        total = sum(
            np.prod([probabilities[t, k] for t, k in enumerate(path)])
            for path in itertools.product(range(C), repeat=int(steps[n]))
            if said(path, blank) == labels)
        losses[n] = -np.log(total) if total else 0
    return losses


def svm_output(data, label, **_):
    return data


CTC = {"recorded_in": ("float32",), "wrt": (0,), "slack": 4}
SAMPLES = [
    Sample("CTCLoss", ((5, 3, 3), Fixed([[1, 2, 0], [2, 2, 0], [1, 0, 0]])), ctc_loss, **CTC),
    Sample("CTCLoss", ((5, 2, 4), Fixed([[0, 2, 0], [1, -1, -1]])), ctc_loss,
           {"blank_label": "last"}, **CTC),
    Sample("CTCLoss", ((5, 2, 3), Fixed([[1, 2], [2, 2]]), Fixed([4, 5])), ctc_loss,
           {"use_data_lengths": True}, **CTC),
    Sample("CTCLoss", ((5, 3, 3), Fixed([[1, 2], [2, 2], [1, 1]]), Fixed([5, 3, 4]),
                       Fixed([2, 1, 0])), ctc_loss,
           {"use_data_lengths": True, "use_label_lengths": True}, **CTC),
    *[Sample("SVMOutput", ((*shape, 4), Ints(shape, 0, 4)), svm_output, params,
             gradient="recorded", recorded_in=("float32", "float64"))
      for shape, params in (((5,), {}), ((2, 3), {"use_linear": True}),
                            ((5,), {"margin": 0.5, "regularization_coefficient": 2.0}))],
]
LARGE = [Sample("CTCLoss", ((50, 24, 40), Fixed([[1, 2, 2, 5, 3]] * 24)), wrt=(0,)),
         Sample("SVMOutput", ((4000, 251), Ints((4000,), 0, 251)), gradient="recorded")]
"""Cut into tasks, without an oracle: see large.py."""
