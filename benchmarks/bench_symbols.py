"""Symbols beside MXNet 1.9.1's: composing, inference, files and binding of two networks.

    python benchmarks/bench_symbols.py [--rounds 5]

Numbers are calls a second, medians; each library has a process of its own, and they take turns.
"unrolled" is a language model of two layers of LSTM cells, 35 steps long, as BucketingModule
makes one for each length: 970 nodes.
"""

import importlib
import time

import side_by_side

CALLS = ("compose", "infer_shape", "infer_type", "tojson", "load_json", "list_outputs",
         "simple_bind")
SHAPES = {"resnet50": {"data": (1, 3, 224, 224)},
          "unrolled": {"data": (32, 35), "softmax_label": (32, 35)}}
CASES = [f"{network}, {call}" for network in SHAPES for call in CALLS]


def resnet50(mx):
    network = mx.gluon.model_zoo.vision.resnet50_v1(prefix="net_")
    return lambda: network(mx.sym.var("data"))


def unrolled(mx, words=1000, units=200, steps=35):
    def compose():
        cells = mx.rnn.SequentialRNNCell()
        for layer in range(2):
            cells.add(mx.rnn.LSTMCell(units, prefix=f"lstm{layer}_"))
        embedded = mx.sym.Embedding(mx.sym.var("data"), input_dim=words, output_dim=units,
                                    name="embed")
        outputs, _ = cells.unroll(steps, inputs=embedded, merge_outputs=True)
        scores = mx.sym.FullyConnected(mx.sym.reshape(outputs, shape=(-1, units)),
                                       num_hidden=words, name="pred")
        label = mx.sym.reshape(mx.sym.var("softmax_label"), shape=(-1,))
        return mx.sym.SoftmaxOutput(scores, label, name="softmax")

    return compose


def rate(function, seconds=0.2):
    """How often a second it runs."""
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        function()
        count += 1
    return count / (time.perf_counter() - start)


def serve(library):
    mx = importlib.import_module(library)
    cases = {}
    for network, make in (("resnet50", resnet50), ("unrolled", unrolled)):
        compose, shapes = make(mx), SHAPES[network]
        symbol = compose()
        text = symbol.tojson()
        functions = {
            "compose": compose,
            "infer_shape": lambda symbol=symbol, shapes=shapes: symbol.infer_shape(**shapes),
            "infer_type": lambda symbol=symbol: symbol.infer_type(data="float32"),
            "tojson": symbol.tojson,
            "load_json": lambda text=text: mx.sym.load_json(text),
            "list_outputs": lambda symbol=symbol: symbol.get_internals().list_outputs(),
            "simple_bind": lambda symbol=symbol, shapes=shapes: symbol.simple_bind(
                mx.cpu(), grad_req="write", **shapes)}
        cases |= {f"{network}, {call}": lambda function=function: rate(function)
                  for call, function in functions.items()}
    side_by_side.serve(cases)


if __name__ == "__main__":
    side_by_side.beside_mxnet(__file__, __doc__, "calls/s", CASES, serve)
