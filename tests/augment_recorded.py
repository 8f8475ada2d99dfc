"""The recordings of tools/record_mxnet_augment.py, and their draws in place of mxlite's."""

import json
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from mxlite.device import rng

RECORDED = np.load(Path(__file__).parent / "images/recorded/augment.npz")


class Replay:
    """A generator that gives recorded numbers, and checks that they are drawn as they were."""

    def __init__(self, entries):
        self.entries = entries

    def take(self, kind, *args):
        assert self.entries, f"{kind}{args} is drawn, and nothing is left"
        name, *given, value = self.entries.pop(0)
        assert name == kind, f"{kind}{args} is drawn, and {name}{given} was"
        np.testing.assert_allclose(args, given, rtol=1e-12, atol=1e-12)
        return np.asarray(value) if isinstance(value, list) else value

    def uniform(self, low, high, size=None):
        value = self.take("uniform", low, high)
        assert np.shape(value) == (() if size is None else (size,))
        return value

    def integers(self, low, high=None):
        if self.entries and self.entries[0][0] == "permutation":     # one of a shuffled list
            return self.take("permutation", low)[0]
        return self.take("integers", *((0, low) if high is None else (low, high)))

    def random(self):
        return self.take("random")

    def permutation(self, count):
        return self.take("permutation", count)

    def normal(self, mean, std, size):
        value = self.take("normal", mean, std)
        assert len(value) == size
        return value


@contextmanager
def replay(monkeypatch, name):
    """Inside, mxlite draws what MXNet drew in the recording; all of it, or the test fails."""
    generator = Replay(json.loads(str(RECORDED[name + " draws"])))
    with monkeypatch.context() as patch:
        patch.setattr(rng._state, "generator", generator)
        yield
    assert not generator.entries, f"not drawn: {generator.entries}"
