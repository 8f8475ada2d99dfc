"""Measure mxlite on gpu(0): speed of memory, products, launches and ResNet-50; one table.

    python tools/measure_gpu.py        beside PyTorch, where it is installed, in its own process

CHECK_SMALL=1: small sizes, which show nothing but that it runs. `tools/check_gpu.sh` calls this.
"""

import ctypes
import functools
import importlib.util
import json
import os
import subprocess
import sys
import time

SMALL = os.environ.get("CHECK_SMALL") == "1"
FLOATS = 1 << (12 if SMALL else 28)         # elements of the arrays of pointwise operators
SIDE = 32 if SMALL else 8192                # of the matrices
IMAGES, PIXELS = (2, 32) if SMALL else (128, 224)
LEAST = 0.01 if SMALL else 0.3              # seconds of a measurement
DTYPES = ["float32", "tf32", "bfloat16", "float16"]


def seconds_of(call, wait):
    """The time of a call, of many that are queued and then waited for."""
    for _ in range(3):
        call()
    wait()
    count = 1
    while True:
        start = time.perf_counter()
        for _ in range(count):
            call()
        wait()
        took = time.perf_counter() - start
        if took > LEAST:
            return took / count
        count = max(count * 2, int(count * LEAST / max(took, 1e-9)))


def gigabytes(arrays, itemsize, seconds):
    return arrays * itemsize * FLOATS / seconds / 1e9


def of_torch():
    """The same measurements of PyTorch: name -> number."""
    import torch

    wait, results = torch.cuda.synchronize, {}
    x = torch.ones(FLOATS, device="cuda")
    for name, arrays, call in (("x + y", 3, torch.add), ("exp(x)", 2, torch.exp),
                               ("sum(x)", 1, torch.sum)):
        inputs = (x, x.clone()) if arrays == 3 else (x,)
        results[name] = gigabytes(arrays, 4, seconds_of(functools.partial(call, *inputs), wait))
    for name in DTYPES:
        torch.backends.cuda.matmul.allow_tf32 = name == "tf32"
        dtype = torch.float32 if name == "tf32" else getattr(torch, name)
        a = torch.randn(SIDE, SIDE, device="cuda").to(dtype)
        results[f"product, {name}"] = 2 * SIDE**3 / seconds_of(lambda a=a: a @ a, wait) / 1e12
    few = torch.ones(10, 10, device="cuda")
    results["launch, x + y"] = seconds_of(lambda: torch.add(few, few), wait) * 1e6
    if importlib.util.find_spec("torchvision"):
        import torchvision

        net = torchvision.models.resnet50().cuda()
        optimizer = torch.optim.SGD(net.parameters(), 0.01, momentum=0.9)
        data = torch.randn(IMAGES, 3, PIXELS, PIXELS, device="cuda")
        label = torch.zeros(IMAGES, dtype=torch.int64, device="cuda")

        def step():
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(net(data), label).backward()
            optimizer.step()

        for name in ("float32", "tf32"):
            torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = name == "tf32"
            results[f"ResNet-50, {name}"] = IMAGES / seconds_of(step, wait)
    return results


class Measured:
    """What mxlite does: name -> number, or why there is none."""

    def __init__(self):
        import mxlite as mx
        from mxlite.device import memory

        self.mx, self.ctx = mx, mx.nd.ones((1,), ctx=mx.gpu(0)).ctx
        self.gpu = memory.device_of(self.ctx)
        self.results = {}

    def note(self, name, measure):
        try:
            self.results[name] = measure()
        except self.mx.MXNetError as error:
            self.results[name] = str(error).splitlines()[0]

    def time(self, call):
        return seconds_of(call, self.gpu.synchronize)

    def memory(self):
        nd, ctx = self.mx.nd, self.ctx
        x, y = nd.ones((FLOATS,), ctx=ctx), nd.ones((FLOATS,), ctx=ctx)
        half = nd.ones((FLOATS,), ctx=ctx, dtype="float16")
        self.note("copy", lambda: gigabytes(2, 4, self.time(
            lambda: self.gpu.copy_within(y._address, x._address, 4 * FLOATS))))
        self.note("x + y", lambda: gigabytes(3, 4, self.time(lambda: x + y)))
        self.note("exp(x)", lambda: gigabytes(2, 4, self.time(lambda: nd.exp(x))))
        self.note("exp(x), float16", lambda: gigabytes(2, 2, self.time(lambda: nd.exp(half))))
        self.note("sum(x)", lambda: gigabytes(1, 4, self.time(lambda: nd.sum(x))))
        self.note("softmax of lines of 1024", lambda: gigabytes(2, 4, self.time(
            lambda: nd.softmax(x.reshape((-1, 1024))))))

    def products(self):
        nd = self.mx.nd
        for name in DTYPES:
            before = self.mx.context.set_gpu_tf32(name == "tf32")
            a = nd.array(numbers(SIDE), ctx=self.ctx).astype("float32" if name == "tf32" else name)
            c = nd.zeros_like(a)
            self.note(f"product, {name}",
                      lambda a=a: 2 * SIDE**3 / self.time(lambda: nd.dot(a, a)) / 1e12)
            self.note(f"cublasGemmEx, {name}", lambda a=a, c=c, name=name: 2 * SIDE**3 / self.time(
                self.cublas(a, c, name)) / 1e12)
            self.mx.context.set_gpu_tf32(before)

    def cublas(self, a, c, name):
        """A call of cuBLAS itself for a @ a."""
        from mxlite.cuda import blas

        if blas.library() is None:
            raise self.mx.MXNetError("cuBLAS is not installed")
        known = self.gpu.open_blas()
        code = {"float32": 0, "tf32": 0, "bfloat16": 14, "float16": 2}[name]
        one, zero, n = ctypes.c_float(1), ctypes.c_float(0), SIDE
        a_at, c_at = ctypes.c_void_p(a._address), ctypes.c_void_p(c._address)
        compute = 77 if name == "tf32" else 68
        arguments = [ctypes.c_void_p(known.handle), 0, 0, n, n, n, ctypes.byref(one), a_at, code, n,
                     a_at, code, n, ctypes.byref(zero), c_at, code, n, compute, -1]
        return lambda: known.library.cublasGemmEx(*arguments)

    def launches(self):
        nd, gluon = self.mx.nd, self.mx.gluon
        few = nd.ones((10, 10), ctx=self.ctx)
        net = gluon.nn.HybridLambda(lambda F, x: F.tanh(F.sin(F.sum(F.exp(x), axis=1))))
        net.hybridize()
        self.note("launch, x + y", lambda: self.time(lambda: few + few) * 1e6)
        self.note("launch, 4 operators hybridized", lambda: self.time(lambda: net(few)) * 1e6)
        self.gpu.has_graphs = True
        self.note("the same as a CUDA graph", lambda: self.time(lambda: net(few)) * 1e6)
        self.gpu.has_graphs = False

    def network(self):
        mx, nd = self.mx, self.mx.nd
        net = mx.gluon.model_zoo.vision.resnet50_v1()
        net.initialize(ctx=mx.cpu())
        net(nd.zeros((1, 3, 32, 32)))
        net.collect_params().reset_ctx(self.ctx)
        net.hybridize(static_alloc=True, static_shape=True)
        trainer = mx.gluon.Trainer(net.collect_params(), "sgd",
                                   {"learning_rate": 0.01, "momentum": 0.9}, kvstore=None)
        loss_of = mx.gluon.loss.SoftmaxCrossEntropyLoss()
        data = nd.ones((IMAGES, 3, PIXELS, PIXELS), ctx=self.ctx)
        label = nd.zeros((IMAGES,), ctx=self.ctx)

        def step():
            with mx.autograd.record():
                loss = loss_of(net(data), label)
            loss.backward()
            trainer.step(IMAGES)

        for name in ("float32", "tf32"):
            before = mx.context.set_gpu_tf32(name == "tf32")
            self.note(f"ResNet-50, {name}", lambda: IMAGES / self.time(step))
            mx.context.set_gpu_tf32(before)


def numbers(side):
    import numpy as np

    return np.random.default_rng(1).standard_normal((side, side), "f4")


def rows(mine, others):
    """(what, unit, mxlite, of what, the other's, wanted ratio) in the order of the table."""
    for name in ("x + y", "exp(x)", "exp(x), float16", "sum(x)", "softmax of lines of 1024"):
        yield name, "GB/s", mine[name], "a device copy", mine["copy"], 0.85
    for name in ("x + y", "exp(x)", "sum(x)"):
        yield name, "GB/s", mine[name], "PyTorch", others.get(name), 1
    for name in DTYPES:
        product = f"product, {name}"
        yield product, "TFLOP/s", mine[product], "cuBLAS", mine[f"cublasGemmEx, {name}"], 0.9
        yield product, "TFLOP/s", mine[product], "PyTorch", others.get(product), 0.9
    yield "launch, x + y", "us", mine["launch, x + y"], "PyTorch", others.get("launch, x + y"), -0.5
    hybrid = "launch, 4 operators hybridized"
    graph = "the same as a CUDA graph"
    yield graph, "us", mine[graph], "step by step", mine[hybrid], -1
    for name in ("ResNet-50, float32", "ResNet-50, tf32"):
        yield name, "images/s", mine[name], "PyTorch", others.get(name), 1


def line(what, unit, value, other, reference, wanted):
    """A row of the table; wanted below 0: at most that much of the other's."""
    if isinstance(value, str):
        return f"{what:32}{value}"
    ratio = value / reference if isinstance(reference, float) else None
    is_met = ratio is not None and (ratio <= -wanted if wanted < 0 else ratio >= wanted)
    shown = "" if ratio is None else (
        f"{ratio:6.2f} of {other}'s {reference:.5g}, wanted {'<' if wanted < 0 else '>'}= "
        f"{abs(wanted)}{'' if is_met else '  MISSED'}")
    return f"{what:32}{value:10.5g} {unit:9}{shown}"


def main():
    if "--torch" in sys.argv:
        print(json.dumps(of_torch()))
        return
    measured = Measured()
    for part in (measured.memory, measured.products, measured.launches, measured.network):
        measured.note(part.__name__, part)
        measured.gpu.empty_cache()
    others = {}
    if importlib.util.find_spec("torch"):
        done = subprocess.run([sys.executable, __file__, "--torch"], capture_output=True, text=True)
        others = json.loads(done.stdout.splitlines()[-1]) if not done.returncode else {}
        print(done.stderr[-2000:])
    print(f"{'what':32}{'mxlite':>10}")
    shown = set()
    for row in rows(measured.results, others):
        if row[4] is not None or row[0] not in shown:       # what PyTorch does is not always known
            print(line(*row))
        shown.add(row[0])
    problems = [measured.results[part] for part in ("memory", "products", "launches", "network")
                if measured.results[part] is not None]
    print(*problems, sep="\n", end="\n\n")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
