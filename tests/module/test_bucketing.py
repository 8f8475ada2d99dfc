"""BucketingModule: buckets share parameters, gradients, optimizer and memory; files."""

import numpy as np
import pytest
from module_cases import labels, start

import mxlite as mx
from mxlite.base import MXNetError
from mxlite.io import DataBatch, DataDesc


def generate(length):
    """A layer that every bucket has, and one that only long sequences go through."""
    data = mx.sym.Variable("data")
    layer = mx.sym.FullyConnected(mx.sym.sum(data, axis=1), num_hidden=4)     # fullyconnected0
    if length > 3:
        layer = mx.sym.FullyConnected(layer, num_hidden=4, name="long")
    return mx.sym.SoftmaxOutput(layer, name="softmax"), ("data",), ("softmax_label",)


def described(length, samples=4):
    return ([DataDesc("data", (samples, length, 2))],
            [DataDesc("softmax_label", (samples,))])


def batch(length):
    data, label = described(length)
    return DataBatch([mx.nd.ones((4, length, 2)) * length], [mx.nd.array(labels(4, 4))],
                     bucket_key=length, provide_data=data, provide_label=label)


def ready(**kwargs):
    module = mx.mod.BucketingModule(generate, default_bucket_key=6, **kwargs)
    module.bind(*described(6))
    module.init_params()
    start(mx, module)
    module.init_optimizer(optimizer_params={"learning_rate": 0.1, "momentum": 0.9})
    return module


def values(module):
    return {name: array.asnumpy() for name, array in module.get_params()[0].items()}


def step(module, length):
    module.forward_backward(batch(length))
    module.update()


def test_names_begin_anew_in_each_bucket():
    module = ready()
    module.switch_bucket(3, *described(3))
    assert module.symbol.list_arguments() == [
        "data", "fullyconnected0_weight", "fullyconnected0_bias", "softmax_label"]
    assert module.data_shapes == [("data", (4, 3, 2))]
    assert module.output_shapes == [("softmax_output", (4, 4))] and module._curr_bucket_key == 3


def test_parameters_are_one_whatever_bucket_trained_them():
    module = ready()
    before = values(module)
    step(module, 6)
    step(module, 2)                     # this bucket has no `long`; what 6 made of it counts
    after = values(module)
    assert all((after[name] != before[name]).any() for name in before)
    group, default = module._curr_module._exec_group, module._buckets[6]._exec_group
    assert (group.execs[0].arg_dict["fullyconnected0_weight"].asnumpy()
            == after["fullyconnected0_weight"]).all()
    group.execs[0].grad_dict["fullyconnected0_bias"][:] = 77
    assert default.execs[0].grad_dict["fullyconnected0_bias"].asnumpy().tolist() == [77] * 4


def test_buckets_share_the_memory_of_inputs():
    module = ready()
    module.switch_bucket(3, *described(3))
    groups = [bucket._exec_group for bucket in module._buckets.values()]
    assert groups[0].shared_data_arrays is groups[1].shared_data_arrays
    assert sorted(groups[0].shared_data_arrays[0]) == ["data", "softmax_label"]
    for name in ("data", "softmax_label"):
        groups[0].execs[0].arg_dict[name][:] = 5
        assert (groups[1].execs[0].arg_dict[name].asnumpy() == 5).all()


def test_it_trains_as_a_module_of_one_bucket_does():
    module = ready()
    single = mx.mod.Module(generate_once()[0])
    single.bind(*described(6))
    single.init_params()
    single.set_params(*module.get_params())
    single.init_optimizer(optimizer_params={"learning_rate": 0.1, "momentum": 0.9})
    for length in (6, 6, 6):
        step(module, length)
        step(single, length)
    got, want = values(module), values(single)
    assert all((got[name] == want[name]).all() for name in want)


def generate_once():
    with mx.name.NameManager():
        return generate(6)


def test_prepare_keeps_the_current_bucket():
    module = ready()
    module.forward(batch(6))
    module.prepare(batch(3))
    assert module._curr_bucket_key == 6 and list(module._buckets) == [6, 3]
    assert module.get_outputs()[0].shape == (4, 4)


def test_binding_again_keeps_the_parameters():
    module = ready()
    for length in (6, 3):
        step(module, length)
    before = values(module)
    step(module, 3)
    after = values(module)
    module.bind(*described(6), for_training=False, force_rebind=True)
    module.forward(batch(3))
    kept = values(module)
    assert all((kept[name] == after[name]).all() for name in after)
    assert any((after[name] != before[name]).any() for name in after)


def test_a_monitor_sees_all_buckets():
    module = ready()
    monitor = mx.mon.Monitor(1, pattern=".*_output")
    module.install_monitor(monitor)
    monitor.tic()
    module.forward(batch(6))
    module.forward(batch(2))
    assert [name for _, name, _ in monitor.toc()].count("softmax_output") == 2


def test_files(tmp_path):
    module = ready()
    for length in (6, 3):
        step(module, length)
    prefix = str(tmp_path / "net")
    module.save_checkpoint(prefix, 7)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "net-0007.params", "net-3-symbol.json", "net-6-symbol.json", "net.buckets"]
    other = mx.mod.BucketingModule.load(prefix, 7, generate, 6)
    other.bind(*described(6))
    other.init_optimizer(optimizer_params={"learning_rate": 0.0})
    for length in (3, 6, 2):            # 2 was not saved
        for one in (module, other):
            one.forward(batch(length), is_train=False)
        assert (module.get_outputs()[0].asnumpy() == other.get_outputs()[0].asnumpy()).all()
    assert sorted(other._buckets) == [2, 3, 6]


def test_scoring_and_predicting():
    class Batches(mx.io.DataIter):
        lengths: list = []

        def reset(self):
            self.lengths = [6, 2, 3]

        def next(self):
            if not self.lengths:
                raise StopIteration
            return batch(self.lengths.pop(0))

    module = ready()
    outputs = module.predict(Batches())
    assert outputs.shape == (12, 4)
    (_, accuracy), = module.score(Batches(), "acc")
    assert accuracy == (outputs.asnumpy().argmax(1) == np.tile(labels(4, 4), 3)).mean()


@pytest.mark.parametrize(("call", "message"), [
    (lambda: mx.mod.BucketingModule(generate), "default_bucket_key must be given"),
    (lambda: mx.mod.BucketingModule(lambda key: 3, 6), "must return .symbol, data_names, label_"),
    (lambda: ready().bind(*described(6), shared_module=3, force_rebind=True), "must be None"),
    (lambda: mx.mod.BucketingModule(generate, 2).switch_bucket(6, None), "call bind"),
    (lambda: mx.mod.BucketingModule.load_dict(None, generate, 6, {}, {}), "sym_dict must be given"),
    (lambda: small_default().switch_bucket(6, *described(6)), "shared_module has no long_weight"),
])
def test_what_is_refused(call, message):
    with pytest.raises(MXNetError, match=message):
        call()


def small_default():
    module = mx.mod.BucketingModule(generate, 2)
    module.bind(*described(2))
    module.init_params()
    return module


def test_keys_that_a_file_cannot_hold(tmp_path):
    module = mx.mod.BucketingModule(lambda key: generate(key[0]), (6, 2))
    module.bind(*described(6))
    module.init_params()
    with pytest.raises(ValueError, match=r"must be integers, as the format has it; got \(6, 2\)"):
        module.save_checkpoint(tmp_path / "x", 0)
    assert list(tmp_path.iterdir()) == []


def test_names_that_programs_read():
    data = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=2, name="fc")
    module = mx.mod.BucketingModule(lambda key: (data, ["data"], None), default_bucket_key=1,
                                    fixed_param_names=["fc_bias"])
    assert module._fixed_param_names == module._curr_module._fixed_param_names == ["fc_bias"]
    assert module._state_names == []
