"""Networks whose tables and pictures tools/record_mxnet_visualization.py records from MXNet."""


def convolutions(sym):
    x = sym.Convolution(sym.var("data"), name="conv1", num_filter=8, kernel=(3, 3), stride=(2, 2),
                        pad=(1, 1))
    x = sym.Activation(sym.BatchNorm(x, name="bn1"), act_type="relu", name="relu1")
    y = sym.Convolution(x, name="conv2", num_filter=8, kernel=(3, 3), pad=(1, 1), no_bias=True,
                        num_group=2)
    x = sym.LeakyReLU(sym.elemwise_add(x, y, name="sum"), act_type="elu", name="lrelu")
    x = sym.Concat(x, y, name="concat_of_a_name_that_is_too_long_for_its_column")
    x = sym.Pooling(x, kernel=(2, 2), stride=(2, 2), pool_type="max", name="pool")
    x = sym.Pooling(x, global_pool=True, pool_type="avg", name="global_pool")
    x = sym.Dropout(sym.Flatten(x, name="flat"), name="drop")
    x = sym.FullyConnected(x, num_hidden=10, name="fc")
    return sym.SoftmaxOutput(x, name="softmax")


def words(sym):
    x = sym.Embedding(sym.var("data"), input_dim=100, output_dim=16, name="emb")
    x = sym.Reshape(x, shape=(-1, 16), name="rows")
    x = sym.FullyConnected(x, num_hidden=20, no_bias=True, name="fc")
    halves = sym.SliceChannel(x, num_outputs=2, name="halves")
    return sym.elemwise_mul(halves[0], halves[1], name="out")


IMAGES, SENTENCES = {"data": (2, 3, 16, 16)}, {"data": (2, 7)}
SUMMARIES = [
    (convolutions, {"shape": IMAGES}),
    (convolutions, {}),
    (words, {"shape": SENTENCES, "line_length": 80, "positions": [30, 50, 60, 80]}),
    (words, {"line_length": 90}),
]
PLOTS = [
    (convolutions, {}),
    (convolutions, {"shape": IMAGES, "dtype": {"data": "float32"}, "title": "net",
                    "node_attrs": {"width": "2", "fixedsize": "false"}, "hide_weights": False}),
    (words, {"shape": SENTENCES}),
    (words, {"dtype": {"data": "float32"}}),
]
