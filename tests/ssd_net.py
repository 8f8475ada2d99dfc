"""A small single-shot detector, and images for it; `mx` is mxlite or MXNet."""

import numpy as np

CLASSES, SIZE = 2, 32
ANCHORS = {"sizes": (0.4, 0.55), "ratios": (1.0, 2.0, 0.5)}
PER_PLACE = len(ANCHORS["sizes"]) + len(ANCHORS["ratios"]) - 1


def features(mx):
    """Maps of 4 by 4 places."""
    x = mx.sym.var("data")
    for i, channels in enumerate((6, 8, 12)):
        x = mx.sym.Convolution(x, kernel=(3, 3), pad=(1, 1), num_filter=channels, name=f"conv{i}")
        x = mx.sym.Activation(x, act_type="relu", name=f"relu{i}")
        x = mx.sym.Pooling(x, kernel=(2, 2), stride=(2, 2), pool_type="max", name=f"pool{i}")
    return x


def head(mx, x, name, each):
    """(N, places * PER_PLACE * each): what is predicted for every anchor."""
    x = mx.sym.Convolution(x, kernel=(3, 3), pad=(1, 1), num_filter=PER_PLACE * each, name=name)
    return mx.sym.Flatten(mx.sym.transpose(x, axes=(0, 2, 3, 1), name=f"{name}_last"),
                          name=f"{name}_flat")


def heads(mx):
    """Scores (N, CLASSES + 1, A), offsets (N, 4 A), anchors (1, A, 4)."""
    x = features(mx)
    scores = mx.sym.Reshape(head(mx, x, "cls_head", CLASSES + 1), shape=(0, -1, CLASSES + 1),
                            name="cls_rows")
    scores = mx.sym.transpose(scores, axes=(0, 2, 1), name="cls_pred")
    anchors = mx.sym.contrib.MultiBoxPrior(x, clip=True, name="anchors", **ANCHORS)
    return scores, head(mx, x, "loc_head", 4), anchors


def training(mx):
    """Class probabilities, the loss of the offsets, class targets, and detections."""
    scores, offsets, anchors = heads(mx)
    target = mx.sym.contrib.MultiBoxTarget(
        anchors, mx.sym.var("label"), scores, overlap_threshold=0.5, negative_mining_ratio=3,
        negative_mining_thresh=0.5, variances=(0.1, 0.1, 0.2, 0.2), name="target")
    probabilities = mx.sym.SoftmaxOutput(
        scores, target[2], multi_output=True, use_ignore=True, ignore_label=-1,
        normalization="valid", name="cls_prob")
    apart = mx.sym.elemwise_mul(target[1], mx.sym.elemwise_sub(offsets, target[0], name="apart"),
                                name="masked")
    apart = mx.sym.smooth_l1(apart, scalar=1.0, name="smooth")
    loss = mx.sym.MakeLoss(apart, normalization="valid", name="loc_loss")
    classes = mx.sym.MakeLoss(target[2], grad_scale=0, name="cls_target")
    found = mx.sym.contrib.MultiBoxDetection(probabilities, offsets, anchors, nms_threshold=0.45,
                                             name="found")
    found = mx.sym.MakeLoss(found, grad_scale=0, name="detection")
    return mx.sym.Group([probabilities, loss, classes, found])


def images(rng, count):
    """Images with one box each, of class 0 (bright) or 1 (dark), and labels (count, 1, 5)."""
    data = rng.normal(0, 0.1, (count, 1, SIZE, SIZE))
    label = np.zeros((count, 1, 5))
    for i in range(count):
        w, h = rng.integers(10, 20, 2)
        x, y = rng.integers(0, SIZE - w), rng.integers(0, SIZE - h)
        kind = rng.integers(0, CLASSES)
        data[i, 0, y:y + h, x:x + w] += 1 - 2 * kind
        label[i, 0] = [kind, x / SIZE, y / SIZE, (x + w) / SIZE, (y + h) / SIZE]
    return data.astype("float32"), label.astype("float32")


def parameters(shapes):
    """{name: values} for weights (scaled like Xavier's) and biases of 0; inputs are left out."""
    rng = np.random.default_rng(0)
    return {name: np.zeros(shape, "float32") if name.endswith("bias") else
            (rng.standard_normal(shape) / np.sqrt(np.prod(shape[1:]))).astype("float32")
            for name, shape in shapes.items() if name not in ("data", "label")}
