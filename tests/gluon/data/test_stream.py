"""mx.random.stream, from which the work of a DataLoader draws."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import mxlite as mx
from mxlite.random import next_key, numpy_generator, stream


def drawn(*key):
    with stream(*key):
        return (mx.nd.random.uniform(shape=(4,)).asnumpy().tolist(),
                numpy_generator().uniform(size=4).tolist(), next_key())


def test_a_stream_depends_on_its_key_only():
    first = drawn(3, 1)
    mx.random.seed(8)
    assert drawn(3, 1) == first == drawn(3, 1)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(drawn, 3, 1).result() == first


def test_keys_that_are_near_have_streams_that_are_not():
    seeds = set()
    for key in [(), (0,), (0, 0), (1, 0), (0, 1), (-1,), (1 << 64,), *((5, i) for i in range(999))]:
        with stream(*key):
            seeds.add(next_key()[0])
    assert len(seeds) == 1005                      # 1 << 64 is 0 in 64 bits
    bits = np.array([[seed >> i & 1 for i in range(64)] for seed in seeds])
    assert np.abs(bits.mean(axis=0) - 0.5).max() < 0.08            # 5 standard deviations


@pytest.mark.parametrize("fails", [False, True])
def test_the_stream_of_before_goes_on_behind_it(fails):
    def both(between):
        mx.random.seed(2)
        draws = [next_key(), numpy_generator().uniform()]
        between()
        return [*draws, next_key(), numpy_generator().uniform()]

    def between():
        try:
            with stream(1):
                next_key(), numpy_generator().uniform(), mx.random.seed(77)
                if fails:
                    raise KeyError
        except KeyError:
            pass

    assert both(between) == both(lambda: None)
