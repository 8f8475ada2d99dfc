"""A hundred thousand training steps of a small net: resident memory must stay flat.

    python benchmarks/leak.py [STEPS]

Exits with 1 if the last tenth of the steps holds over 1 MB more than the second tenth did.
"""

import gc
import resource
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import mxlite as mx

ALLOWED = 1_000_000        # bytes


def resident():
    """Bytes of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def training_step():
    """A function that trains a net of all the layers of this version by one step."""
    nn = mx.gluon.nn
    net = nn.HybridSequential()
    net.add(nn.Dense(16, activation="relu"), nn.BatchNorm(), nn.Dropout(0.5), nn.Dense(4))
    net.initialize(mx.init.Xavier())
    trainer = mx.gluon.Trainer(net.collect_params(), "adam")
    loss_of = mx.gluon.loss.SoftmaxCrossEntropyLoss()
    data, label = mx.nd.random.uniform(shape=(8, 10)), mx.nd.array([0, 1, 2, 3] * 2)

    def step():
        with mx.autograd.record():
            loss = loss_of(net(data), label)
        loss.backward()
        trainer.step(8)
        return loss.mean().asscalar()
    return step


def main(steps):
    step, held = training_step(), []
    for part in range(10):
        for _ in range(steps // 10):
            step()
        gc.collect()
        held.append(resident())
        print(f"{(part + 1) * (steps // 10):8d} steps  {held[-1] / 1e6:.2f} MB", flush=True)
    grown = held[-1] - held[1]
    print(f"grown by {grown / 1e6:.2f} MB; allowed {ALLOWED / 1e6:.0f} MB")
    return int(grown > ALLOWED)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 100_000))
