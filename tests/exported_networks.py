"""Networks that both libraries write to files and compute. tools/record_mxnet_exports.py makes them
under MXNet, tests/test_exported_networks.py under mxlite: `mx` is the one or the other."""

import hashlib
from pathlib import Path

import numpy as np
from zoo_networks import spread, values


def lenet(mx):
    nn = mx.gluon.nn
    net = nn.HybridSequential(prefix="lenet_")
    with net.name_scope():
        net.add(nn.Conv2D(20, 5, activation="tanh"), nn.MaxPool2D(2, 2),
                nn.Conv2D(50, 5, activation="tanh"), nn.MaxPool2D(2, 2), nn.Flatten(),
                nn.Dense(500, activation="tanh"), nn.Dense(10))
    return net, (2, 1, 28, 28)


def resnet18_v1(mx):
    return mx.gluon.model_zoo.vision.resnet18_v1(prefix="net_"), (1, 3, 64, 64)


def resnet18_v2(mx):
    return mx.gluon.model_zoo.vision.resnet18_v2(prefix="net_"), (1, 3, 64, 64)


def mobilenet_v2(mx):
    return mx.gluon.model_zoo.vision.mobilenet_v2_1_0(prefix="net_"), (1, 3, 64, 64)


BLOCKS = [lenet, resnet18_v1, resnet18_v2, mobilenet_v2]


def exported(mx, network, folder):
    """A Gluon network after export(): its two files."""
    net, shape = network(mx)
    net.initialize(mx.init.Zero())
    net.hybridize()
    net(mx.nd.zeros(shape))
    for name, param in net.collect_params().items():
        param.set_data(mx.nd.array(values(name, param.shape)))
    net.export(str(Path(folder) / network.__name__), 3)
    return files_of(folder, network.__name__)


def imported_outputs(mx, network, folder):
    """What SymbolBlock.imports makes of the two files."""
    _, shape = network(mx)
    symbol_file, param_file = files_of(folder, network.__name__)
    block = mx.gluon.SymbolBlock.imports(str(symbol_file), ["data"], str(param_file))
    return [spread(block(image(mx, shape)).asnumpy())]


def image(mx, shape):
    return mx.nd.array(np.random.RandomState(0).uniform(-1, 1, shape))


def files_of(folder, name):
    return Path(folder) / f"{name}-symbol.json", Path(folder) / f"{name}-0003.params"


def digests(files):
    return [hashlib.sha1(file.read_bytes()).hexdigest() for file in files]


class LanguageModel:
    """An embedding, two LSTM layers unrolled to the bucket's length, scores of 30 words."""

    batch, buckets = 3, (7, 4)

    def shapes(self, length):
        return [("data", (self.batch, length))], [("softmax_label", (self.batch, length))]

    def symbols(self, mx):
        """sym_gen of BucketingModule."""
        def sym_gen(length):
            data, label = mx.sym.var("data"), mx.sym.var("softmax_label")
            embedded = mx.sym.Embedding(data, input_dim=30, output_dim=12, name="embed")
            stack = mx.rnn.SequentialRNNCell()
            for layer in range(2):
                stack.add(mx.rnn.LSTMCell(16, prefix=f"lstm_l{layer}_"))
            outputs, _ = stack.unroll(length, embedded, merge_outputs=True)
            scores = mx.sym.FullyConnected(mx.sym.Reshape(outputs, shape=(-1, 16)),
                                           num_hidden=30, name="pred")
            labels = mx.sym.Reshape(label, shape=(-1,))
            return (mx.sym.SoftmaxOutput(scores, labels, name="softmax"), ("data",),
                    ("softmax_label",))
        return sym_gen

    def module(self, mx, train=False):
        module = mx.mod.BucketingModule(self.symbols(mx), default_bucket_key=self.buckets[0])
        module.bind(*self.shapes(self.buckets[0]), for_training=train)
        return module

    def words(self, mx, length):
        draw = np.random.RandomState(length).randint(0, 30, (2, self.batch, length))
        words, following = (mx.nd.array(part) for part in draw)
        data, labels = self.shapes(length)
        return mx.io.DataBatch([words], [following], bucket_key=length, provide_data=data,
                               provide_label=labels)

    def saved(self, mx, folder):
        """The files of a model after three steps of training in two buckets."""
        module = self.module(mx, train=True)
        args = {name: mx.nd.array(values(name, array.shape))
                for name, array in shaped(mx, module, self.shapes(self.buckets[0])).items()}
        module.init_params(arg_params=args, aux_params={})
        module.init_optimizer(optimizer="sgd", optimizer_params={"learning_rate": 0.5})
        for length in (7, 4, 7):
            module.forward(self.words(mx, length), is_train=True)
            module.backward()
            module.update()
        module.switch_bucket(7, *self.shapes(7))
        args, auxs = module.get_params()
        mx.model.save_checkpoint(str(Path(folder) / "language_model"), 3, module.symbol, args, auxs)
        return files_of(folder, "language_model")

    def outputs(self, mx, folder):
        """Probabilities in both buckets of a module that begins with the files."""
        symbol, args, auxs = mx.model.load_checkpoint(str(Path(folder) / "language_model"), 3)
        module = self.module(mx)
        assert symbol.list_arguments() == module.symbol.list_arguments()
        module.set_params(args, auxs)
        found = []
        for length in self.buckets:
            module.forward(self.words(mx, length), is_train=False)
            found.append(spread(module.get_outputs()[0].asnumpy()))
        return found


def shaped(mx, module, shapes):
    """{name: an array of its shape} for the parameters of a module."""
    symbol, data = module.symbol, dict(shapes[0] + shapes[1])
    args, _, _ = symbol.infer_shape(**data)
    return {name: mx.nd.zeros(shape) for name, shape in zip(symbol.list_arguments(), args,
                                                            strict=True) if name not in data}


class Detector:
    """Heads on three scales: classes, boxes, and the features: a graph of several outputs."""

    shape = (2, 3, 40, 40)

    def symbol(self, mx):
        x, classes, boxes = mx.sym.var("data"), [], []
        for scale, channels in enumerate((8, 12, 16)):
            x = mx.sym.Convolution(x, kernel=(3, 3), pad=(1, 1), num_filter=channels,
                                   no_bias=True, name=f"conv{scale}")
            x = mx.sym.BatchNorm(x, fix_gamma=False, eps=1e-5, name=f"bn{scale}")
            x = mx.sym.LeakyReLU(x, slope=0.1, name=f"act{scale}")
            x = mx.sym.Pooling(x, kernel=(2, 2), stride=(2, 2), pool_type="max",
                               pooling_convention="full", name=f"pool{scale}")
            for heads, per_anchor, kind in ((classes, 5, "class"), (boxes, 4, "box")):
                head = mx.sym.Convolution(x, kernel=(3, 3), pad=(1, 1), num_filter=4 * per_anchor,
                                          name=f"{kind}{scale}")
                head = mx.sym.transpose(head, axes=(0, 2, 3, 1), name=f"{kind}{scale}_last")
                heads.append(mx.sym.Flatten(head, name=f"{kind}{scale}_flat"))
        scores = mx.sym.Reshape(mx.sym.Concat(*classes, dim=1, name="classes"), shape=(0, -1, 5))
        scores = mx.sym.transpose(scores, axes=(0, 2, 1), name="scores")
        return mx.sym.Group([mx.sym.SoftmaxActivation(scores, mode="channel", name="probabilities"),
                             mx.sym.Concat(*boxes, dim=1, name="offsets"),
                             mx.sym.L2Normalization(x, mode="channel", name="features")])

    def saved(self, mx, folder):
        with mx.name.NameManager():
            symbol = self.symbol(mx)
        module = self.module(mx, symbol)
        shapes = symbol.infer_shape(data=self.shape)
        args, auxs = ({name: mx.nd.array(values(name, shape))
                       for name, shape in zip(names, found, strict=True) if name != "data"}
                      for names, found in ((symbol.list_arguments(), shapes[0]),
                                           (symbol.list_auxiliary_states(), shapes[2])))
        module.set_params(args, auxs)
        module.save_checkpoint(str(Path(folder) / "detector"), 3)
        return files_of(folder, "detector")

    def module(self, mx, symbol):
        module = mx.mod.Module(symbol, label_names=None)
        module.bind([("data", self.shape)], for_training=False)
        return module

    def outputs(self, mx, folder):
        symbol, args, auxs = mx.model.load_checkpoint(str(Path(folder) / "detector"), 3)
        module = self.module(mx, symbol)
        module.set_params(args, auxs)
        module.forward(mx.io.DataBatch([image(mx, self.shape)]), is_train=False)
        return [spread(output.asnumpy()) for output in module.get_outputs()]


SYMBOLS = {"language_model": LanguageModel(), "detector": Detector()}


def written(mx, folder):
    """{name: its symbol file and its parameter file}, now in the folder."""
    files = {network.__name__: exported(mx, network, folder) for network in BLOCKS}
    return files | {name: model.saved(mx, folder) for name, model in SYMBOLS.items()}


def read(mx, folder):
    """{name: numbers of each output} of the networks whose files are in the folder."""
    found = {network.__name__: imported_outputs(mx, network, folder) for network in BLOCKS}
    return found | {name: model.outputs(mx, folder) for name, model in SYMBOLS.items()}
