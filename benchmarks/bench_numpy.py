"""What mx.np costs beside mx.nd: calls on small and large arrays, and steps of training.

    PYTHONPATH=. python benchmarks/bench_numpy.py

Both run the same work in turn, in one process, on one thread, by processor time; the least of many
rounds counts. Each ratio should be at most 1.1.
"""

import time

from networks_mx import mlp

import mxlite as mx
from mxlite import autograd, gluon, nd, np, npx
from mxlite.device import host

LIMIT, ROUNDS = 1.1, 25


def ratio(old, new, calls):
    """(least microseconds of old, of new): functions, called so often a round."""
    least = [float("inf")] * 2
    for _ in range(ROUNDS):
        for i, function in enumerate((old, new)):
            begin = time.process_time()
            for _ in range(calls):
                function()
            least[i] = min(least[i], (time.process_time() - begin) / calls * 1e6)
    return least


def calls(shape, count):
    """name -> (with nd, with np, calls a round)."""
    a, b = nd.random.uniform(shape=shape), nd.random.uniform(shape=shape)
    x, y = a.as_np_ndarray(), b.as_np_ndarray()
    size = " x ".join(map(str, shape))
    pairs = {
        "a + b": (lambda: a + b, lambda: x + y), "a * 2.5": (lambda: a * 2.5, lambda: x * 2.5),
        "a > b": (lambda: a > b, lambda: x > y), "a == 1": (lambda: a == 1, lambda: x == 1),
        "add(a, b)": (lambda: nd.add(a, b), lambda: np.add(x, y)),
        "exp(a)": (lambda: nd.exp(a), lambda: np.exp(x)),
        "sum(a, axis=1)": (lambda: nd.sum(a, axis=1), lambda: np.sum(x, axis=1)),
        "a[1:3]": (lambda: a[1:3], lambda: x[1:3]),
        "a.T": (lambda: a.T, lambda: x.T)}
    if max(shape) < 100:
        pairs["dot(a, b)"] = lambda: nd.dot(a, b), lambda: np.dot(x, y)
    return {f"{name}, {size}": (*pair, count) for name, pair in pairs.items()}


def step(module, hybridize):
    """A step of training an MLP on 100 rows of 784, with the arrays of this module."""
    def work():
        net, loss_of = mlp(gluon.nn), gluon.loss.SoftmaxCrossEntropyLoss()
        net.initialize(mx.init.Xavier())
        data, label = module.ones((100, 784)), module.zeros((100,))
        net(data)
        if hybridize:
            net.hybridize(static_alloc=True, static_shape=True)
        trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.01})

        def once():
            with autograd.record():
                loss = loss_of(net(data), label)
            loss.backward()
            trainer.step(100)

        once()
        return once

    return switched(work)() if module is np else work()


def switched(function):
    """The function under NumPy's semantics."""
    def call():
        npx.set_np()
        try:
            return function()
        finally:
            npx.reset_np()

    return call


def main():
    host.set_num_threads(1)
    cases = {**calls((10, 10), 2000), **calls((1000, 1000), 5)}
    for name, hybridize in (("MLP step", False), ("MLP step, graph", True)):
        cases[name] = step(nd, hybridize), switched(step(np, hybridize)), 10
    missed = 0
    for name, (old, new, count) in cases.items():
        one, two = ratio(old, new, count)
        missed += two > LIMIT * one
        print(f"{name:28} nd {one:9.2f} us  np {two:9.2f} us  ratio {two / one:.2f}")
    print(f"{len(cases) - missed} of {len(cases)} at most {LIMIT}")


if __name__ == "__main__":
    main()
