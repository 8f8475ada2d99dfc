"""The arena of a Program: parts of one block, used again once they are given back."""

import numpy as np

from mxlite.device.arena import Arena


def test_parts_follow_each_other_in_whole_cache_lines():
    arena = Arena()
    assert [arena.take(n) for n in (1, 64, 65, 0, 10)] == [0, 64, 128, 256, 256]
    assert arena.size == 320


def test_the_smallest_gap_that_fits_is_taken():
    arena = Arena()
    parts = [arena.take(n) for n in (256, 64, 128, 64, 64)]
    for at, n in ((parts[0], 256), (parts[2], 128)):
        arena.give(at, n)
    assert arena.take(100) == parts[2] and arena.take(64) == parts[0]
    assert arena.take(192) == parts[0] + 64 and arena.size == 576


def test_gaps_side_by_side_become_one_and_the_last_one_grows():
    arena = Arena()
    first, second, third = [arena.take(64) for _ in range(3)]
    arena.give(first, 64)
    arena.give(third, 64)
    arena.give(second, 64)
    assert arena.take(192) == 0 and arena.size == 192
    arena.give(0, 192)
    assert arena.take(320) == 0 and arena.size == 320


def test_parts_in_use_never_overlap(rng):
    arena, used = Arena(), {}
    for _ in range(2000):
        if used and rng.random() < 0.5:
            at = list(used)[rng.integers(len(used))]
            arena.give(at, used.pop(at))
        else:
            nbytes = int(rng.integers(1, 2000))
            at = arena.take(nbytes)
            assert at % 64 == 0 and at + nbytes <= arena.size
            assert all(at + nbytes <= other or other + n <= at for other, n in used.items())
            used[at] = nbytes
    assert arena.size < 4 * max(sum(used.values()), 60000)
    assert np.all([at < arena.size for at in used])
