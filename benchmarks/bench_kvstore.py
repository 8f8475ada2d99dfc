"""KVStore over contexts of the CPU, beside MXNet 1.9.1's: pushes and pulls of all keys.

    python benchmarks/bench_kvstore.py [--rounds 5]

Numbers are steps a second, medians; each library has a process of its own, and they take turns.
"sum": what is pushed replaces what is stored; "sgd": it updates what is stored, with momentum;
"2bit": it is compressed. "flat": the sum where arrays are copied to one flat array and back, as
buckets of messages would be.
"""

import importlib
import time

import side_by_side

KEYS = {
    "160 arrays, 11 M": [(64, 64, 3, 3)] * 40 + [(256,)] * 80 + [(256, 256, 3, 3)] * 16,
    "200 arrays of 256": [(256,)] * 200,
    "8 arrays of 1 M": [(1 << 20,)] * 8,
}
KINDS = ("sum", "sgd", "2bit", "flat")
CASES = [f"{name}, {count} contexts, {kind}" for name in KEYS for count in (2, 4) for kind in KINDS]


def flat_step(mx, store, grads, contexts):
    """A push and pull of one flat array, which all gradients are copied to and from."""
    sizes = [grad[0].size for grad in grads]
    flat = [mx.nd.zeros((sum(sizes),), ctx=ctx) for ctx in contexts]
    store.init("flat", flat[0])

    def run():
        for whole, ctx_grads in zip(flat, zip(*grads, strict=True), strict=True):
            mx.nd.concat(*[grad.reshape((-1,)) for grad in ctx_grads], dim=0, out=whole)
        store.pushpull("flat", flat)
        for whole, ctx_grads in zip(flat, zip(*grads, strict=True), strict=True):
            start = 0
            for grad in ctx_grads:
                whole[start:start + grad.size].reshape(grad.shape).copyto(grad)
                start += grad.size

    return run


def step_of(mx, shapes, count, kind):
    contexts = [mx.cpu(k) for k in range(count)]
    grads = [[mx.nd.ones(shape, ctx=ctx) for ctx in contexts] for shape in shapes]
    store = mx.kv.create("device")
    if kind == "sgd":
        store.set_optimizer(mx.optimizer.SGD(learning_rate=1e-4, momentum=0.9))
    elif kind == "2bit":
        store.set_gradient_compression({"type": "2bit", "threshold": 0.5})
    if kind == "flat":
        return flat_step(mx, store, grads, contexts)
    keys = [str(i) for i in range(len(shapes))]
    store.init(keys, [its[0] for its in grads])
    weights = [[mx.nd.ones(shape, ctx=ctx) for ctx in contexts] for shape in shapes]
    return lambda: store.pushpull(keys, grads, out=weights)


def rate_case(mx, shapes, count, kind):
    steps = []

    def run():
        if not steps:
            steps.append(step_of(mx, shapes, count, kind))
            steps[0]()
        mx.nd.waitall()
        start, number = time.perf_counter(), 3
        for _ in range(number):
            steps[0]()
        mx.nd.waitall()
        return number / (time.perf_counter() - start)

    return run


def serve(library):
    mx = importlib.import_module(library)
    side_by_side.serve({
        f"{name}, {count} contexts, {kind}": rate_case(mx, shapes, count, kind)
        for name, shapes in KEYS.items() for count in (2, 4) for kind in KINDS})


if __name__ == "__main__":
    side_by_side.beside_mxnet(__file__, __doc__, "steps/s", CASES, serve)
