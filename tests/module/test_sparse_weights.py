"""A Module whose weight is row_sparse, and whose store hands out the rows that a batch needs."""

import numpy as np
import pytest

import mxlite as mx

# Recorded from MXNet 1.9.1 with the same program, of one context and of two
OUTPUTS = [[1.8608772, 1.6522633, 5.3368917, -0.07726329],
           [-0.02034548, 0.5325966, 0.0035302, 3.4511812],
           [0.66624486, -1.6718396, 1.3359634, 0.92634666],
           [-0.41469178, -0.7908137, -1.3929572, 3.275973]]
TRAINED = [1.706577, 2.1066108, 0.92857355, 0.44082505, 0.45926583, 0.38353926,
           0.35510918, 0.6161715, 2.2697546, -0.23790196, 0.18107894, -1.9456284]


def embedding(contexts):
    """A module that regresses on two words, of 12, of each text, four texts a batch."""
    words = mx.sym.sparse.Embedding(mx.sym.var("data"), mx.sym.var("w", stype="row_sparse"),
                                    input_dim=12, output_dim=3, sparse_grad=True)
    out = mx.sym.FullyConnected(words, num_hidden=1, name="fc")
    module = mx.mod.Module(mx.sym.LinearRegressionOutput(out, mx.sym.var("label")),
                           label_names=["label"], context=contexts)
    module.bind([("data", (4, 2))], [("label", (4, 1))])
    return module


@pytest.mark.parametrize("contexts", [1, 2])
def test_pulling_the_rows_of_a_batch_keeps_the_others(contexts):
    rng, module = np.random.RandomState(0), embedding([mx.cpu(k) for k in range(contexts)])
    module.init_params(arg_params={"w": mx.nd.array(rng.randn(12, 3)).tostype("row_sparse"),
                                   "fc_weight": mx.nd.array(rng.randn(1, 6)),
                                   "fc_bias": mx.nd.zeros(1)})
    store = mx.kv.create("device")
    module.init_optimizer(store, mx.optimizer.create("sgd", learning_rate=0.1, rescale_grad=0.25))
    group = module._exec_group
    weights = group.param_arrays[group.param_names.index("w")]
    for want in OUTPUTS:
        data, label = mx.nd.array(rng.randint(0, 12, (4, 2))), mx.nd.array(rng.randn(4, 1))
        store.row_sparse_pull("w", weights, row_ids=data)
        module.forward_backward(mx.io.DataBatch([data], [label]))
        np.testing.assert_allclose(module.get_outputs()[0].asnumpy()[:, 0], want, rtol=1e-4)
        module.update()
    trained = mx.nd.sparse.zeros("row_sparse", (12, 3))
    store.row_sparse_pull("w", trained, row_ids=mx.nd.arange(12))
    np.testing.assert_allclose(trained.asnumpy()[:, 0], TRAINED, rtol=1e-5)
