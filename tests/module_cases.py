"""Trainings by modules, the same program for MXNet and mxlite (`mx`): a function returns numbers.

tools/record_mxnet_module.py records what MXNet 1.9.1 makes of them, tests/module compares.
"""

import numpy as np


def wave(shape, start=0.0, scale=1.0):
    """Numbers without randomness: sin(start), sin(start + 1.7), ..."""
    count = int(np.prod(shape))
    return (scale * np.sin(start + 1.7 * np.arange(count))).reshape(shape).astype("float32")


def labels(count, classes=3):
    return (np.arange(count) * 7 % classes).astype("float32")


def mlp(mx, **attributes):
    data = mx.sym.Variable("data")
    hidden = mx.sym.FullyConnected(data, num_hidden=4, name="fc1")
    hidden = mx.sym.Activation(hidden, act_type="relu", name="relu1")
    weight = mx.sym.Variable("fc2_weight", **attributes)
    return mx.sym.SoftmaxOutput(mx.sym.FullyConnected(hidden, weight, num_hidden=3, name="fc2"),
                                name="softmax")


def conv(mx):
    data = mx.sym.Variable("data")
    layer = mx.sym.Convolution(data, kernel=(3, 3), num_filter=4, pad=(1, 1), no_bias=True,
                               name="conv")
    layer = mx.sym.BatchNorm(layer, fix_gamma=False, name="bn")
    layer = mx.sym.Activation(layer, act_type="relu", name="relu")
    layer = mx.sym.Pooling(layer, kernel=(2, 2), stride=(2, 2), pool_type="max", name="pool")
    layer = mx.sym.FullyConnected(mx.sym.Flatten(layer), num_hidden=3, name="fc")
    return mx.sym.SoftmaxOutput(layer, name="softmax")


def regression(mx):
    data = mx.sym.Variable("data")
    return mx.sym.LinearRegressionOutput(mx.sym.FullyConnected(data, num_hidden=2, name="fc"),
                                         mx.sym.Variable("y"), name="out")


def start(mx, module):
    """Parameters without randomness."""
    params, states = module.get_params()
    params = {name: mx.nd.array(wave(array.shape, i, 0.5))
              for i, (name, array) in enumerate(sorted(params.items()))}
    states = {name: mx.nd.array(np.full(array.shape, 1.0 if name.endswith("var") else 0.0))
              for name, array in states.items()}
    module.set_params(params, states)


def bound(mx, symbol, shape, label=None, options=(), **bind):
    label = label or ("softmax_label", shape[:1])
    module = mx.mod.Module(symbol, label_names=[label[0]], **dict(options))
    module.bind([("data", shape)], [label], **bind)
    module.init_params(mx.init.One())
    start(mx, module)
    return module


def batch(mx, shape, number, label_shape=None):
    target = labels(shape[0]) if label_shape is None else wave(label_shape, 5 + number)
    return mx.io.DataBatch([mx.nd.array(wave(shape, number))], [mx.nd.array(target)])


def numbers(array):
    values = array if isinstance(array, np.ndarray) else array.asnumpy()
    return values.astype("float64").ravel().tolist()


def params(module):
    args, states = module.get_params()
    return {name: numbers(array) for name, array in sorted({**args, **states}.items())}


def train(mx, module, shapes, label_shape=None):
    """A step for each shape; the parameters after them."""
    for number, shape in enumerate(shapes):
        module.forward_backward(batch(mx, shape, number, label_shape))
        module.update()
    return params(module)


def plain(mx, optimizer="sgd", settings=None, contexts=1, kvstore="local", loads=None,
          attributes=None, bind=None, **options):
    """Five steps of the mlp."""
    options |= {"context": [mx.cpu(i) for i in range(contexts)], "work_load_list": loads}
    module = bound(mx, mlp(mx, **(attributes or {})), (8, 5), options=options, **(bind or {}))
    module.init_optimizer(kvstore, optimizer, settings or {"learning_rate": 0.5, "momentum": 0.9,
                                                           "wd": 0.05})
    return train(mx, module, [(8, 5)] * 5)


def object_optimizer(mx):
    module = bound(mx, mlp(mx), (8, 5))
    optimizer = mx.optimizer.SGD(learning_rate=0.5, wd=0.05, rescale_grad=0.125)
    module.init_optimizer(optimizer=optimizer)
    return train(mx, module, [(8, 5)] * 5)


def convolution(mx, contexts=1):
    """Four steps of Adam on conv, BatchNorm, relu, pooling, dense."""
    options = {"context": [mx.cpu(i) for i in range(contexts)]}
    module = bound(mx, conv(mx), (4, 2, 6, 6), options=options)
    module.init_optimizer(optimizer="adam", optimizer_params={"learning_rate": 0.05})
    return train(mx, module, [(4, 2, 6, 6)] * 4)


def other_shapes(mx, contexts=1):
    """Batches of other sizes than the one that was bound to."""
    options = {"context": [mx.cpu(i) for i in range(contexts)]}
    module = bound(mx, mlp(mx), (8, 5), options=options)
    module.init_optimizer(optimizer_params={"learning_rate": 0.5, "momentum": 0.9})
    return train(mx, module, [(8, 5), (4, 5), (12, 5), (2, 5), (8, 5)])


def linear(mx):
    module = bound(mx, regression(mx), (6, 3), ("y", (6, 2)))
    module.init_optimizer(optimizer_params={"learning_rate": 0.3})
    return train(mx, module, [(6, 3)] * 5, (6, 2))


def gradients(mx, contexts=1):
    """Gradients of the data and of a Symbol that is no loss."""
    symbol = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=3, name="fc") ** 2
    module = mx.mod.Module(symbol, label_names=None,
                           context=[mx.cpu(i) for i in range(contexts)])
    module.bind([("data", (4, 5))], inputs_need_grad=True, grad_req="add")
    module.init_params(mx.init.One())
    start(mx, module)
    for _ in range(2):
        module.forward(mx.io.DataBatch([mx.nd.array(wave((4, 5)))], None), is_train=True)
        module.backward([mx.nd.array(wave((4, 3), 2))])
    group = module._exec_group
    grads = {name: numbers(sum(grad.asnumpy() for grad in arrays))
             for name, arrays in zip(group.param_names, group.grad_arrays, strict=True)}
    return {**grads, "data": numbers(module.get_input_grads()[0]),
            "output": numbers(module.get_outputs()[0])}


def fitted(mx):
    """fit with all callbacks, on data whose last batch is padded; score and predict."""
    train_data = mx.io.NDArrayIter(wave((10, 5)), labels(10), batch_size=4)
    eval_data = mx.io.NDArrayIter(wave((6, 5), 3), labels(6), batch_size=4)
    calls = []

    def on_batch(kind):
        return lambda param: calls.append([
            kind, param.epoch, param.nbatch, *map(list, param.eval_metric.get_name_value())])

    module = mx.mod.Module(mlp(mx))
    module.fit(train_data, eval_data, ["acc", "ce"], num_epoch=3, begin_epoch=1,
               arg_params=bound(mx, mlp(mx), (4, 5)).get_params()[0],
               optimizer_params={"learning_rate": 0.5}, validation_metric="acc",
               epoch_end_callback=lambda epoch, symbol, args, states: calls.append(
                   ["epoch", epoch, len(args), float(args["fc1_bias"].asnumpy().sum())]),
               batch_end_callback=[on_batch("batch")], eval_end_callback=on_batch("eval"),
               eval_batch_end_callback=on_batch("eval batch"))
    score = module.score(eval_data, ["acc", "ce"], num_batch=1)
    output = module.predict(eval_data)
    pieces = module.predict(eval_data, merge_batches=False)
    return {"calls": calls, "score": [list(pair) for pair in score],
            "shapes": [list(out.shape) for outs in pieces for out in outs],
            "output": numbers(output), **params(module)}


def buckets(mx, contexts=1, kvstore="local"):
    """Sequences of three lengths, the first one the longest; a sum over the steps."""
    def generate(length):
        data = mx.sym.Variable("data")
        embedded = mx.sym.Embedding(data, input_dim=7, output_dim=3, name="embed")
        pooled = mx.sym.sum(embedded, axis=1)
        output = mx.sym.FullyConnected(pooled, num_hidden=3, name="fc")
        return mx.sym.SoftmaxOutput(output, name="softmax"), ["data"], ["softmax_label"]

    module = mx.mod.BucketingModule(generate, default_bucket_key=5,
                                    context=[mx.cpu(i) for i in range(contexts)])
    module.bind([("data", (4, 5))], [("softmax_label", (4,))])
    module.init_params(mx.init.One())
    start(mx, module)
    module.init_optimizer(kvstore, optimizer_params={"learning_rate": 0.5, "momentum": 0.9})
    for length in (5, 3, 4, 3, 6):
        words = mx.nd.array(np.arange(4 * length).reshape(4, length) * 3 % 7)
        module.forward_backward(mx.io.DataBatch(
            [words], [mx.nd.array(labels(4))], bucket_key=length,
            provide_data=[mx.io.DataDesc("data", (4, length))],
            provide_label=[mx.io.DataDesc("softmax_label", (4,))]))
        module.update()
    return params(module)


def sequence(mx, kind):
    """Two modules in a row; the second is a Module, or a loss in Python."""
    net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=3, name="fc1")
    modules = mx.mod.SequentialModule().add(mx.mod.Module(net, label_names=None))
    if kind == "python":
        def slope(scores, target):
            return scores.asnumpy() - np.eye(3)[target.asnumpy().astype(int)]
        modules.add(mx.mod.PythonLossModule(grad_func=slope), take_labels=True, auto_wiring=True)
    else:
        loss = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(mx.sym.Variable("scores"), num_hidden=3,
                                                          name="fc2"), name="softmax")
        modules.add(mx.mod.Module(loss, data_names=["scores"]), take_labels=True, auto_wiring=True)
    modules.bind([("data", (4, 5))], [("softmax_label", (4,))])
    modules.init_params(mx.init.One())
    start(mx, modules)
    modules.init_optimizer(optimizer_params={"learning_rate": 0.1, "momentum": 0.5})
    return train(mx, modules, [(4, 5)] * 4)


def feed_forward(mx, contexts=1):
    """What was there before Module; metrics of its callbacks, and predictions."""
    calls = []
    model = mx.model.FeedForward(
        mlp(mx), ctx=[mx.cpu(i) for i in range(contexts)], num_epoch=2, learning_rate=0.5,
        momentum=0.9, wd=0.05, arg_params=bound(mx, mlp(mx), (4, 5)).get_params()[0])
    model.fit(mx.io.NDArrayIter(wave((8, 5)), labels(8), batch_size=4), eval_metric="ce",
              batch_end_callback=lambda param: calls.append(
                  [param.epoch, param.nbatch, param.eval_metric.get()[1]]))
    output = model.predict(mx.io.NDArrayIter(wave((6, 5), 3), batch_size=4))
    return {"calls": calls, "output": numbers(output),
            **{name: numbers(array) for name, array in model.arg_params.items()}}


CASES = {
    "sgd": (plain, {}),
    "adam": (plain, {"optimizer": "adam", "settings": {"learning_rate": 0.1, "wd": 0.05}}),
    "two contexts": (plain, {"contexts": 2}),
    "device": (plain, {"contexts": 2, "kvstore": "device"}),
    "three contexts, loads": (plain, {"contexts": 3, "loads": [1, 3, 1]}),
    "two contexts, no kvstore": (plain, {"contexts": 2, "kvstore": None}),
    "rescale_grad": (plain, {"settings": {"learning_rate": 0.1, "rescale_grad": 0.5}}),
    "fixed": (plain, {"fixed_param_names": ["fc1_weight", "fc2_bias"]}),
    "lr_mult": (plain, {"attributes": {"lr_mult": 0.25, "wd_mult": 3.0}}),
    "grad_req dict": (plain, {"bind": {"grad_req": {"fc1_bias": "null", "fc2_bias": "add"}}}),
    "grad_req add": (plain, {"bind": {"grad_req": "add"}}),
    "object": (object_optimizer, {}),
    "convolution": (convolution, {}),
    "convolution, two contexts": (convolution, {"contexts": 2}),
    "other shapes": (other_shapes, {}),
    "other shapes, two contexts": (other_shapes, {"contexts": 2}),
    "linear": (linear, {}),
    "gradients": (gradients, {}),
    "gradients, two contexts": (gradients, {"contexts": 2}),
    "fit": (fitted, {}),
    "feed forward": (feed_forward, {}),
    "feed forward, two contexts": (feed_forward, {"contexts": 2}),
    "buckets": (buckets, {}),
    "modules in a row": (sequence, {"kind": "symbol"}),
    "a loss in Python": (sequence, {"kind": "python"}),
}


def run(mx, name):
    function, arguments = CASES[name]
    return function(mx, **arguments)
