"""Records what MXNet 1.9.1 makes of the small detector in tests/ssd_net.py.

    python tools/record_mxnet_ssd.py

Run it with MXNet's Python; it writes into tests/recordings/ssd, which tests/symbol/test_ssd.py
reads: `net-symbol.json` and `net-0001.params`, its files, loaded again, and `net.npz`: the inputs,
"out<i>": the outputs in training mode, "grad_<name>": gradients.
"""

import sys
from pathlib import Path

import mxnet as mx
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests/recordings/ssd"
sys.path.insert(0, str(ROOT / "tests"))

from ssd_net import images, parameters, training  # noqa: E402


def outputs_of(symbol, args, data, label):
    """The outputs in training mode, and the gradients of the parameters."""
    arrays = {**args, "data": mx.nd.array(data), "label": mx.nd.array(label)}
    grads = {name: mx.nd.zeros(array.shape) for name, array in args.items()}
    executor = symbol.bind(mx.cpu(), arrays, grads, dict.fromkeys(args, "write"))
    outputs = [output.asnumpy() for output in executor.forward(is_train=True)]
    executor.backward()
    values = {f"out{i}": output for i, output in enumerate(outputs)}
    return values | {f"grad_{name}": array.asnumpy() for name, array in grads.items()
                     if name.endswith("bias")}


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    data, label = images(np.random.default_rng(1), 2)
    symbol = training(mx)
    shapes, _, _ = symbol.infer_shape(data=data.shape, label=label.shape)
    values = parameters(dict(zip(symbol.list_arguments(), shapes, strict=True)))
    args = {name: mx.nd.array(value) for name, value in values.items()}
    mx.model.save_checkpoint(str(FOLDER / "net"), 1, symbol, args, {})
    symbol, args, _ = mx.model.load_checkpoint(str(FOLDER / "net"), 1)
    np.savez_compressed(FOLDER / "net.npz", data=data, label=label,
                        **outputs_of(symbol, args, data, label))
    print({path.name: path.stat().st_size for path in FOLDER.iterdir()})


if __name__ == "__main__":
    main()
