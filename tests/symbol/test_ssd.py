"""A small single-shot detector: it learns, and MXNet 1.9.1 and mxlite load each other's files
(tools/record_mxnet_ssd.py)."""

from pathlib import Path

import numpy as np
from samples import box_oracles
from ssd_net import images, parameters, training

import mxlite as mx

FOLDER = Path(__file__).parent.parent / "recordings/ssd"


def inputs():
    with np.load(FOLDER / "net.npz") as file:
        return file["data"], file["label"]


def test_outputs_as_mxnet():
    """What MXNet computed from its files, mxlite computes from them."""
    data, label = inputs()
    symbol, args, _ = mx.model.load_checkpoint(str(FOLDER / "net"), 1)
    executor = symbol.simple_bind(mx.cpu(), data=data.shape, label=label.shape)
    executor.copy_params_from(args)
    outputs = executor.forward(True, data=data, label=label)
    executor.backward()
    with np.load(FOLDER / "net.npz") as file:
        for i, output in enumerate(outputs):
            np.testing.assert_allclose(output.asnumpy(), file[f"out{i}"], 1e-4, 1e-4)
        for key in file:
            if key.startswith("grad_"):
                gradient = executor.grad_dict[key.removeprefix("grad_")]
                np.testing.assert_allclose(gradient.asnumpy(), file[key], 1e-4, 1e-4)
    kinds = outputs[2].asnumpy()
    assert set(np.unique(kinds)) >= {-1, 0} and (kinds > 0).any()       # ignored, no box, a box
    assert (outputs[3].asnumpy()[..., 0] >= 0).any()


def test_both_write_the_same_files(tmp_path):
    """So MXNet, which loaded its own, loads mxlite's."""
    data, label = inputs()
    symbol = training(mx)
    shapes, _, _ = symbol.infer_shape(data=data.shape, label=label.shape)
    values = parameters(dict(zip(symbol.list_arguments(), shapes, strict=True)))
    args = {name: mx.nd.array(value) for name, value in values.items()}
    mx.model.save_checkpoint(str(tmp_path / "net"), 1, symbol, args, {})
    for name in ("net-symbol.json", "net-0001.params"):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()


def best_overlap(rows, truth):
    """Intersection over union of the first detection with the box; 0 for another class."""
    return box_oracles.iou(rows[0, 2:], truth[1:]) if rows[0, 0] == truth[0] else 0.0


def test_it_learns_to_find_boxes():
    mx.random.seed(3)
    rng = np.random.default_rng(3)
    data, label = images(rng, 128)
    train = mx.io.NDArrayIter(data, label, 32, shuffle=True, label_name="label")
    module = mx.mod.Module(training(mx), label_names=("label",))
    module.bind(train.provide_data, train.provide_label)
    module.init_params(mx.init.Xavier(magnitude=2.34))
    module.init_optimizer(optimizer="adam", optimizer_params={"learning_rate": 0.005,
                                                              "rescale_grad": 1.0})
    for _ in range(25):
        train.reset()
        for batch in train:
            module.forward_backward(batch)
            module.update()
    data, label = images(rng, 32)                   # others than it has seen
    module.forward(mx.io.DataBatch([mx.nd.array(data)], [mx.nd.array(label)]), is_train=False)
    found = module.get_outputs()[3].asnumpy()
    overlaps = [best_overlap(rows, truth[0]) for rows, truth in zip(found, label, strict=True)]
    assert np.mean(overlaps) > 0.6
    assert np.mean(np.array(overlaps) > 0.5) > 0.8
