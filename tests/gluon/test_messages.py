"""What Gluon says of the mistakes that beginners make."""

import pytest

import mxlite as mx
from mxlite import gluon, nd
from mxlite.base import MXNetError
from mxlite.gluon import nn


class NoSuper(nn.Block):
    def __init__(self):
        self.dense = nn.Dense(2)


class NoSuperHybrid(nn.HybridBlock):
    def __init__(self):
        self.factor = 3

    def hybrid_forward(self, F, x):
        return x


class NoSuperParameter(nn.HybridBlock):
    def __init__(self):
        self.weight = gluon.Parameter("weight", shape=(1,))


class NoSuperLoss(gluon.loss.Loss):
    def __init__(self):
        self.factor = 3


def in_sequential():
    net = nn.HybridSequential()
    net.add(NoSuperHybrid())
    net.initialize()


@pytest.mark.parametrize("call", [
    NoSuper, NoSuperParameter, in_sequential,
    lambda: NoSuperHybrid()(nd.ones(1)), lambda: NoSuperHybrid().initialize(),
    lambda: NoSuperHybrid().collect_params(), lambda: NoSuperHybrid().name_scope(),
    lambda: NoSuperHybrid().prefix, lambda: NoSuperLoss()(nd.ones(1), nd.ones(1)),
])
def test_forgotten_super(call):
    with pytest.raises(AttributeError, match=r"NoSuper\w*: __init__ must call super\(\)\."
                                             r"__init__\(\) before") as caught:
        call()
    assert isinstance(caught.value, MXNetError)


def test_other_attributes_are_missing_as_ever():
    net = nn.Dense(1)
    with pytest.raises(AttributeError, match="'Dense' object has no attribute 'wieght'"):
        net.wieght  # noqa: B018
    assert not hasattr(net, "__setstate__") and getattr(net, "children", 3) == 3


@pytest.mark.parametrize(("call", "message"), [
    (lambda: nn.Dense(2, in_unit=2), "Dense: unknown argument 'in_unit'; did you mean 'in_units'"),
    (lambda: nn.Flatten(xyz=2), "Flatten: unknown argument 'xyz'; it takes prefix, params$"),
    (lambda: nn.Dense(2, in_features=2), "did you mean 'in_units'"),
    (lambda: nn.Conv2D(3, 3, stride=2), "Conv2D: unknown argument 'stride'.*mean 'strides'"),
    (lambda: nn.BatchNorm(eps=1), "BatchNorm: unknown argument 'eps'.*mean 'epsilon'"),
    (lambda: nn.HybridSequential(prefx="a_"), "HybridSequential: unknown .*mean 'prefix'"),
    (lambda: nn.Sequential(prefx="a_"), "Sequential: unknown .*mean 'prefix'"),
    (lambda: nn.Dense(2, in_units=2).params.get("weight", grad_rec="null"),
     "Parameter: unknown argument 'grad_rec'.*mean 'grad_req'"),
    (lambda: gluon.loss.L2Loss(wieght=1), "L2Loss: unknown argument 'wieght'.*mean 'weight'"),
    (lambda: mx.optimizer.Adam(beta_1=1), "Adam: unknown argument 'beta_1'.*mean 'beta1'"),
    (lambda: mx.init.create("xavier", magnitud=2), "Xavier: unknown argument "
                                                   "'magnitud'; did you mean 'magnitude'"),
    (lambda: mx.metric.create("acc", axs=1), "Accuracy: unknown argument 'axs'.*mean 'axis'"),
])
def test_unknown_arguments(call, message):
    with pytest.raises(TypeError, match=message) as caught:
        call()
    assert isinstance(caught.value, MXNetError)


def test_a_wrong_number_of_inputs_names_the_layer():
    net = nn.HybridSequential()
    net.add(nn.Dense(2, in_units=3, prefix="out_"))
    net.initialize()
    with pytest.raises(ValueError, match=r"weight must have shape \(2, 4\) for data \(1, 4\); got "
                                         r"\(2, 3\)") as caught:
        net(nd.ones((1, 4)))
    assert caught.value.__notes__ == ["in Dense 'out' with weight (2, 3), bias (2,)"]


def test_a_gpu_that_is_not_there():
    for call in (lambda: nn.Dense(2, in_units=2).initialize(ctx=mx.gpu()),
                 lambda: nn.Dense(2, in_units=2).initialize(ctx="gpu(1)"),
                 lambda: nd.ones(2).as_in_context(mx.gpu())):
        with pytest.raises(MXNetError, match=r"gpu\(\d\): this machine has no GPU that can be "
                                             r"used, .*: leave ctx out, or give mx\.cpu\(\)"):
            call()


@pytest.mark.parametrize(("ctx", "contexts"), [
    ("cpu", [mx.cpu()]), ("cpu(1)", [mx.cpu(1)]), (["cpu(0)", mx.cpu(2)], [mx.cpu(), mx.cpu(2)]),
    ((one for one in ["cpu(3)"]), [mx.cpu(3)]),
])
def test_contexts_as_strings(ctx, contexts):
    net = nn.Dense(2, in_units=2)
    net.initialize(ctx=ctx)
    assert net.weight.list_ctx() == contexts
    assert net.weight.data(str(contexts[-1])).ctx == contexts[-1]
    net.collect_params().reset_ctx("cpu(4)")
    assert net.weight.list_ctx() == [mx.cpu(4)] == [nd.ones(1).copyto("cpu(4)").ctx]


@pytest.mark.parametrize("ctx", [0, "cpu(x)", "cpu(", "cpu)", [None, 3]])
def test_what_is_no_context(ctx):
    with pytest.raises(TypeError, match=r"ctx must be a Context such as mx\.cpu"):
        nn.Dense(2, in_units=2).initialize(ctx=ctx)


def test_context_of_another_name():
    with pytest.raises(ValueError, match="got 'cuda'; did you mean 'gpu'"):
        nn.Dense(2, in_units=2).initialize(ctx="cuda")


@pytest.mark.parametrize("own", [False, True])
def test_mixed_initializes_networks(own):
    mixed = mx.init.Mixed([".*_weight", ".*"], [mx.init.Constant(3), "ones"])
    net = nn.Dense(2, in_units=2, **({"weight_initializer": mixed} if own else {}))
    net.initialize(**({} if own else {"init": mixed}), verbose=not own)
    assert net.weight.data().asnumpy().tolist() == [[3, 3], [3, 3]]
    assert net.bias.data().asnumpy().tolist() == [0, 0]         # its own initializer


def test_mixed_chooses_by_name():
    params = gluon.ParameterDict()
    params.get("scale_a", shape=(1,))
    params.get("scale_b", shape=(1,))
    params.initialize(mx.init.Mixed([".*_a", ".*"], ["ones", mx.init.Constant(5)]))
    assert [params[name].data().asscalar() for name in ("scale_a", "scale_b")] == [1, 5]


def test_a_parameter_without_dimensions():
    param = gluon.Parameter("scale", shape=())
    param.initialize(mx.init.Constant(4))
    with mx.autograd.record():
        loss = param.data() * 3
    loss.backward()
    assert param.grad().asscalar() == 3
    gluon.Trainer([param], "sgd", {"learning_rate": 1}).step(1)
    param.zero_grad()
    assert param.data().asscalar() == 1 and param.grad().asscalar() == 0
    param.set_data(param.data() + 1)
    assert param.data()[:].shape == () and param.data()[:].asscalar() == 2
    with pytest.raises(IndexError, match=r"of shape \(\) has 1 indices for 0 axes"):
        param.data()[0]


def test_a_network_before_initialize_names_the_parameter():
    with pytest.raises(MXNetError, match=r"Parameter 'a_weight' has not been initialized: call "
                                         r"initialize\(\) first"):
        nn.Dense(2, prefix="a_")(nd.ones((1, 2)))
