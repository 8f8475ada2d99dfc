"""Arrays of more than 2^31 items: operators of each kind of kernel, against known values.

    python tools/check_large.py          needs about 14 GB of memory and a minute or two

Not part of the tests, which must run on small machines. Exit status 1 if a value is wrong.
"""

import sys
import time

import numpy as np

import mxlite as mx

nd = mx.nd
SIZE = 2 ** 31 + 64                       # items; int8, so that an array has 2 GiB
PLACES = (0, 12345, 2 ** 31 - 1, 2 ** 31, SIZE - 1)


def marked(shape=(SIZE,)):
    """Zeros with 1, 2, 3, ... at PLACES."""
    x = nd.zeros((SIZE,), dtype="int8")
    for value, place in enumerate(PLACES, 1):
        x[place] = value
    return x.reshape(shape)


def at_places(x):
    flat = x.reshape((-1,))
    return [int(flat[place].asscalar()) for place in PLACES]


def checks():
    """(what, found, wanted), one array or two at a time."""
    x = marked()
    numbers = list(range(1, len(PLACES) + 1))
    yield "set and get items", at_places(x), numbers
    yield "unary", at_places(nd.negative(x)), [-n for n in numbers]
    yield "scalar", at_places(x * 3), [3 * n for n in numbers]
    yield "binary", at_places(x + x), [2 * n for n in numbers]
    yield "comparison", at_places(x == 0), [0] * len(numbers)
    yield "sum", int(nd.sum(x).asscalar()), sum(numbers)
    yield "max", int(nd.max(x).asscalar()), len(numbers)
    yield "argmax", int(nd.argmax(x.reshape((-1, 64)), axis=1)[2 ** 25].asscalar()), 63
    yield "slice", int(nd.slice(x, begin=(SIZE - 3,), end=(SIZE,)).asnumpy()[2]), len(numbers)
    yield "take", nd.take(x, nd.array(PLACES, dtype="int64")).asnumpy().tolist(), numbers
    yield "cast", nd.cast(x[2 ** 31 - 1:], dtype="float32").asnumpy()[:2].tolist(), [3.0, 4.0]
    yield "flip", at_places(nd.flip(x, axis=0))[0], len(numbers)
    wide = x.reshape((2 ** 25 + 1, 64))
    turned = nd.transpose(wide)
    yield "transpose", int(turned[63, 2 ** 25].asscalar()), len(numbers)
    del turned
    yield "sum of rows", int(nd.sum(wide, axis=1)[2 ** 25].asscalar()), 4 + 5
    yield "sum of columns", int(nd.sum(wide, axis=0)[63].asscalar()), 3 + 5
    yield "broadcast", at_places(nd.broadcast_add(wide, nd.ones((1, 64), dtype="int8"))), [
        n + 1 for n in numbers]
    yield "concat", nd.concat(x, x[:1], dim=0).shape, (SIZE + 1,)
    yield "where", at_places(nd.where(x, x, x)), numbers
    del x, wide
    halves = nd.ones((2 ** 16 + 2, 2 ** 15), dtype="float16")
    product = nd.dot(halves, nd.ones((2 ** 15, 1), dtype="float16") / 2 ** 15)
    yield "dot", [float(product[0].asscalar()), float(product[2 ** 16 + 1].asscalar())], [1.0, 1.0]
    halves[2 ** 16 + 1, 7] = 9
    rows = nd.softmax(halves, axis=-1)
    share = np.exp(8) / (np.exp(8) + 2 ** 15 - 1)
    yield "softmax", abs(float(rows[2 ** 16 + 1, 7].asscalar()) - share) < 1e-4, True
    del rows
    picked = nd.Embedding(nd.array([2 ** 16 + 1]), halves, input_dim=2 ** 16 + 2,
                          output_dim=2 ** 15)
    yield "Embedding", float(picked[0, 7].asscalar()), 9.0


def main():
    wrong = 0
    start = time.perf_counter()
    for what, values, wanted in checks():
        right = values == wanted
        wrong += not right
        print(f"{time.perf_counter() - start:6.1f} s  {what:20} {'right' if right else 'WRONG'}"
              + ("" if right else f": {values}, not {wanted}"), flush=True)
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
