"""Measure mxlite on gpu(0): speed of memory, products, launches and ResNet-50; one table.

    python tools/measure_gpu.py [--seconds N]

Beside PyTorch, where it is installed, in its own process. A line gives a number, what it is
compared with, the bound that is wanted, and whether it is met; lines are printed as soon as they
are known.
--seconds: the time for all; PyTorch has 0.4 of it, and what then was not begun is left out.
CHECK_SMALL=1: small sizes, which show nothing but that it runs. `tools/check_gpu.sh` calls this.
"""

import argparse
import contextlib
import ctypes
import functools
import importlib.util
import os
import subprocess
import sys
import time

SMALL = os.environ.get("CHECK_SMALL") == "1"
FLOATS = 1 << (12 if SMALL else 28)         # elements of the arrays of pointwise operators
SIDE = 32 if SMALL else 8192                # of the matrices
IMAGES, PIXELS = (1, 16) if SMALL else (128, 224)
LEAST = 0.01 if SMALL else 0.3              # seconds of a measurement
QUEUED = 20 if SMALL else 400               # launches, fewer than wait for a GPU at most
DTYPES = ["float32", "tf32", "bfloat16", "float16"]
SINGLE = ["x + y", "exp(x)", "sum(x)", "x @ y", "softmax(x)"]
FOUR = "tanh(sin(sum(exp(x))))"

# (what, unit, of whom, which of their results, the wanted ratio; below 0: at most that much)
ROWS = {
    "memory": [
        *[(name, "GB/s", "mxlite", "copy", 0.85) for name in (
            "x + y", "exp(x)", "exp(x), float16", "sum(x)", "softmax of lines of 1024")],
        *[(name, "GB/s", "PyTorch", name, 1) for name in ("x + y", "exp(x)", "sum(x)")]],
    "products": [(f"product, {name}", "TFLOP/s", *of) for name in DTYPES for of in (
        ("mxlite", f"cublasGemmEx, {name}", 0.9), ("PyTorch", f"product, {name}", 0.9))],
    "launches": [
        *[(f"launch, {name}", "us", "PyTorch", f"launch, {name}", -0.5)
          for name in (*SINGLE, FOUR)],
        (f"graph, {FOUR}", "us", "mxlite", f"launch, {FOUR}", -1)],
    "networks": [(f"ResNet-50, {name}", "images/s", "PyTorch", f"ResNet-50, {name}", 1)
                 for name in DTYPES],
}


def seconds_of(call, wait):
    """The time of a call, of many that are queued and then waited for."""
    for _ in range(1 if SMALL else 3):
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


def host_microseconds_of(call, wait):
    """The host's time for a call that queues work: nobody waits for the GPU meanwhile."""
    least = float("inf")
    for _ in range(2 if SMALL else 10):
        wait()
        start = time.perf_counter()
        for _ in range(QUEUED):
            call()
        least = min(least, time.perf_counter() - start)
    wait()
    return least / QUEUED * 1e6


def gigabytes(arrays, itemsize, seconds):
    return arrays * itemsize * FLOATS / seconds / 1e9


def of_torch():
    """Print the same measurements of PyTorch, a name and a number a line."""
    import torch

    wait = torch.cuda.synchronize

    def note(name, number):
        print(f"{name}\t{number}", flush=True)

    few = torch.ones(10, 10, device="cuda")
    for name, call in zip((*SINGLE, FOUR), (
            lambda: few + few, lambda: torch.exp(few), lambda: torch.sum(few), lambda: few @ few,
            lambda: torch.softmax(few, 1),
            lambda: torch.tanh(torch.sin(torch.sum(torch.exp(few), 1)))), strict=True):
        note(f"launch, {name}", host_microseconds_of(call, wait))
    x = torch.ones(FLOATS, device="cuda")
    for name, arrays, call in (("x + y", 3, torch.add), ("exp(x)", 2, torch.exp),
                               ("sum(x)", 1, torch.sum)):
        inputs = (x, x.clone()) if arrays == 3 else (x,)
        note(name, gigabytes(arrays, 4, seconds_of(functools.partial(call, *inputs), wait)))
    del x, inputs
    for name in DTYPES:
        torch.backends.cuda.matmul.allow_tf32 = name == "tf32"
        dtype = torch.float32 if name == "tf32" else getattr(torch, name)
        a = torch.randn(SIDE, SIDE, device="cuda").to(dtype)
        note(f"product, {name}", 2 * SIDE**3 / seconds_of(lambda a=a: a @ a, wait) / 1e12)
    if importlib.util.find_spec("torchvision"):
        torch_networks(torch, note)


def torch_networks(torch, note):
    import torchvision

    net = torchvision.models.resnet50().cuda()
    optimizer = torch.optim.SGD(net.parameters(), 0.01, momentum=0.9)
    data = torch.randn(IMAGES, 3, PIXELS, PIXELS, device="cuda")
    label = torch.zeros(IMAGES, dtype=torch.int64, device="cuda")

    def step(dtype=None, scaler=None):
        optimizer.zero_grad()
        with torch.autocast("cuda", dtype) if dtype else contextlib.nullcontext():
            loss = torch.nn.functional.cross_entropy(net(data), label)
        if scaler is None:
            loss.backward()
            optimizer.step()
        else:
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()

    for name in DTYPES:
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = name != "float32"
        how = {"bfloat16": (torch.bfloat16,), "float16": (torch.float16, torch.amp.GradScaler())}
        seconds = seconds_of(functools.partial(step, *how.get(name, ())), torch.cuda.synchronize)
        note(f"ResNet-50, {name}", IMAGES / seconds)


class Measured:
    """What mxlite does: name -> number, or why there is none."""

    def __init__(self, end):
        import mxlite as mx
        from mxlite.device import memory

        self.mx, self.ctx = mx, mx.nd.ones((1,), ctx=mx.gpu(0)).ctx
        self.gpu = memory.device_of(self.ctx)
        self.results, self.end = {}, end

    def note(self, name, measure):
        if time.monotonic() > self.end:
            self.results[name] = "no time was left"
            return
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
        for name, call in zip((*SINGLE, FOUR), (
                lambda: few + few, lambda: nd.exp(few), lambda: nd.sum(few),
                lambda: nd.dot(few, few), lambda: nd.softmax(few), lambda: net(few)), strict=True):
            self.note(f"launch, {name}",
                      lambda call=call: host_microseconds_of(call, self.gpu.synchronize))
        self.gpu.has_graphs = True
        self.note(f"graph, {FOUR}",
                  lambda: host_microseconds_of(lambda: net(few), self.gpu.synchronize))
        self.gpu.has_graphs = False

    def networks(self):
        """ResNet-50; in 16 bits its weights have masters of float32 and, of float16, a loss that is
        scaled by mx.contrib.amp."""
        for name in DTYPES:
            before = self.mx.context.set_gpu_tf32(name == "tf32")
            self.note(f"ResNet-50, {name}", lambda name=name: IMAGES / self.time(self.step(
                "float32" if name == "tf32" else name)))
            self.mx.context.set_gpu_tf32(before)
            self.gpu.empty_cache()

    def step(self, dtype):
        mx, nd = self.mx, self.mx.nd
        net = mx.gluon.model_zoo.vision.get_model("resnet18_v1" if SMALL else "resnet50_v1")
        net.initialize(ctx=mx.cpu())
        net(nd.zeros((1, 3, min(PIXELS, 32), min(PIXELS, 32))))
        net.cast(dtype)
        net.collect_params().reset_ctx(self.ctx)
        net.hybridize(static_alloc=True, static_shape=True)
        trainer = mx.gluon.Trainer(net.collect_params(), "sgd", {
            "learning_rate": 0.01, "momentum": 0.9, "multi_precision": dtype != "float32"},
            kvstore=None)
        loss_of = mx.gluon.loss.SoftmaxCrossEntropyLoss()
        data = nd.ones((IMAGES, 3, PIXELS, PIXELS), ctx=self.ctx, dtype=dtype)
        label = nd.zeros((IMAGES,), ctx=self.ctx)
        amp = mx.contrib.amp if dtype == "float16" else None
        if amp:
            amp.init()
            amp.init_trainer(trainer)

        def step():
            with mx.autograd.record():
                loss = loss_of(net(data).astype("float32"), label)
                with (amp.scale_loss(loss, trainer) if amp else
                      contextlib.nullcontext(loss)) as scaled:
                    scaled.backward()
            trainer.step(IMAGES)

        return step


def numbers(side):
    import numpy as np

    return np.random.default_rng(1).standard_normal((side, side), "f4")


def line(what, unit, value, other, reference, wanted):
    """A row of the table; wanted below 0: at most that much of the other's."""
    if not isinstance(value, float):
        return f"{what:32}{value}"
    bound = f"wanted {'<' if wanted < 0 else '>'}= {abs(wanted)}"
    if not isinstance(reference, float):
        return f"{what:32}{value:10.5g} {unit:9}       of {other}'s, which is not known, {bound}"
    ratio = value / reference
    is_met = ratio <= -wanted if wanted < 0 else ratio >= wanted
    return (f"{what:32}{value:10.5g} {unit:9}{ratio:6.2f} of {other}'s {reference:.5g}, {bound}  "
            f"{'met' if is_met else 'MISSED'}")


def measured_by_torch(seconds):
    """What PyTorch does, in a process of its own: name -> number, of what was done in time."""
    if not importlib.util.find_spec("torch"):
        return {}
    try:
        done = subprocess.run([sys.executable, __file__, "--torch"], stdout=subprocess.PIPE,
                              timeout=seconds)
        if done.returncode:
            print(f"PyTorch ended with status {done.returncode}")
        found = done.stdout
    except subprocess.TimeoutExpired as stopped:
        print(f"PyTorch was stopped after {seconds:.0f} s")
        found = stopped.stdout or b""
    pairs = [row.split("\t") for row in found.decode().splitlines() if row.count("\t") == 1]
    return {name: float(number) for name, number in pairs}


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--torch", action="store_true", help="PyTorch alone, in this process")
    given = parser.parse_args(arguments)
    if given.torch:
        of_torch()
        return
    end = time.monotonic() + given.seconds
    torch = measured_by_torch(0.4 * given.seconds)
    measured = Measured(end)
    met, problems = [], []
    print(f"{'what':32}{'mxlite':>10}")
    for part, rows in ROWS.items():
        measured.note(part, getattr(measured, part))
        measured.gpu.empty_cache()
        for what, unit, whose, which, wanted in rows:
            others, name = ((torch, "PyTorch") if whose == "PyTorch" else
                            (measured.results, which.split(",")[0]))
            text = line(what, unit, measured.results.get(what, "not measured"), name,
                        others.get(which), wanted)
            met.append(text.endswith("  met"))
            print(text, flush=True)
        if measured.results[part] is not None:
            problems.append(f"{part}: {measured.results[part]}")
    print(f"{sum(met)} of {len(met)} bounds are met", *problems, sep="\n")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main(sys.argv[1:])
