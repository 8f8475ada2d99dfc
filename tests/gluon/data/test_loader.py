"""DataLoader: its batches, by the calling thread, by threads, and by processes."""

import inspect

import numpy as np
import pytest
from loader_datasets import Counted, Drawn, DrawnGlobally, Mixed, Numbers, as_is

import mxlite as mx
from mxlite.base import MXNetError
from mxlite.gluon import data

pytestmark = pytest.mark.timeout(60)
HERE, THREADS, PROCESSES = {}, {"num_workers": 2}, {"num_workers": 2, "thread_pool": False}
WAYS = pytest.mark.parametrize("way", [HERE, THREADS, PROCESSES],
                               ids=["here", "threads", "processes"])


def test_the_signature_is_that_of_mxnet_but_for_threads():
    """Recorded from MXNet 1.9.1; there thread_pool is False."""
    expected = {"dataset": inspect.Parameter.empty, "batch_size": None, "shuffle": False,
                "sampler": None, "last_batch": None, "batch_sampler": None, "batchify_fn": None,
                "num_workers": 0, "pin_memory": False, "pin_device_id": 0, "prefetch": None,
                "thread_pool": True, "timeout": 120, "auto_reload": False}
    parameters = inspect.signature(data.DataLoader.__init__).parameters
    assert {name: parameters[name].default for name in list(parameters)[1:]} == expected
    assert list(parameters)[1:] == list(expected)


@WAYS
def test_batches_in_order(way):
    x = np.arange(22, dtype="float32").reshape(11, 2)
    loader = data.DataLoader(data.ArrayDataset(x, np.arange(11)), 4, **way)
    for _ in range(2):
        batches = list(loader)
        assert len(loader) == 3 and [len(label) for _, label in batches] == [4, 4, 3]
        assert np.concatenate([image.asnumpy() for image, _ in batches]).tolist() == x.tolist()
        assert batches[0][0].dtype == np.float32 and batches[0][1].dtype == np.int64


@WAYS
def test_what_is_drawn_depends_on_the_seed_only(way):
    """Not on the workers, nor on what else draws random numbers meanwhile."""
    def epochs(**options):
        mx.random.seed(9)
        loader = data.DataLoader(Drawn(10), 3, shuffle=True, **options)
        batches = []
        for _ in range(2):
            for order, drawn, host in loader:
                batches.append(np.concatenate([order.asnumpy(), drawn.asnumpy().ravel(),
                                               host.asnumpy()]))
                mx.random.numpy_generator().uniform(size=len(options))
        return np.concatenate(batches)

    batches = epochs(**way)
    assert np.array_equal(batches, epochs()) and np.array_equal(batches, epochs(num_workers=3))
    assert len(set(batches[20:])) > 40 and batches[:3].tolist() != batches[40:43].tolist()


def test_the_callers_stream_goes_on_behind_a_batch():
    def drawn(steps):
        mx.random.seed(5)
        batches = iter(data.DataLoader(Drawn(4), 2))
        for _ in range(steps):
            next(batches)
        return mx.nd.random.uniform(shape=(3,)).asnumpy().tolist()

    assert drawn(1) == drawn(2) != drawn(0)


def test_processes_draw_alike_from_the_generators_of_python_and_numpy():
    drawn = []
    for workers in (1, 2):
        mx.random.seed(4)
        loader = data.DataLoader(DrawnGlobally(8), 2, num_workers=workers, thread_pool=False,
                                 batchify_fn=as_is)
        drawn.append([sample[:2] for batch in loader for sample in batch])
    assert drawn[0] == drawn[1] and len({value for pair in drawn[0] for value in pair}) == 16


def test_arrays_come_out_of_processes_as_they_are():
    loader = data.DataLoader(Mixed(3), 2, batchify_fn=as_is, num_workers=1, thread_pool=False)
    for number, sample in enumerate(sample for batch in loader for sample in batch):
        assert type(sample["nd"]) is mx.nd.NDArray and sample["nd"].context == mx.cpu()
        assert np.array_equal(sample["nd"].asnumpy(), np.full((70, 70), number, "int32"))
        assert type(sample["np"]) is np.ndarray and sample["np"].dtype == np.float16
        assert (sample["np"] == number).all() and sample["again"] is sample["np"]
        assert sample["none"].shape == (0, 3) and sample["text"] == str(number)
        assert sample["bf16"]._dtype_name == "bfloat16" and sample["bf16"].sum() == 3 * number
        sample["np"] += 1                                  # it is memory of its own


@WAYS
def test_whole_batches_equal_batches_made_of_samples(way, rng):
    x, y = mx.nd.random.uniform(shape=(10, 3)), mx.nd.arange(10)
    dataset = data.ArrayDataset(x, y)
    fast = next(iter(data.DataLoader(dataset, 4, **way)))
    slow = data.default_batchify_fn([dataset[i] for i in range(4)])
    for one, two in zip(fast, slow, strict=True):
        assert one.dtype == two.dtype and (one == two).asnumpy().all()


@pytest.mark.parametrize(("dataset", "shape"), [
    (np.arange(6.).reshape(3, 2), (2, 2)), (mx.nd.ones((3, 2)), (2, 2)), (mx.nd.ones(3), (2, 1)),
    ([5, 6, 7], (2,))])
def test_arrays_are_datasets(dataset, shape):
    """As in MXNet 1.9.1, where an item of a one-dimensional array is an array of one element."""
    assert next(iter(data.DataLoader(dataset, 2))).shape == shape


def test_loader_shuffles_by_the_seed():
    dataset = data.ArrayDataset(np.arange(100))
    seen = []
    for _ in range(2):
        mx.random.seed(3)
        loader = data.DataLoader(dataset, 10, shuffle=True)
        seen.append([batch.asnumpy().tolist() for _ in range(2) for batch in loader])
    assert seen[0] == seen[1] and seen[0][:10] != seen[0][10:]
    assert sorted(np.concatenate(seen[0][:10])) == list(range(100))


@WAYS
def test_own_batchify_and_batch_sampler(way):
    loader = data.DataLoader(Numbers(4), batch_sampler=[[3, 1], np.array([0])], batchify_fn=tuple,
                             **way)
    assert list(loader) == [(3, 1), (0,)] and len(loader) == 2


def test_rollover_goes_on_in_the_next_epoch():
    loader = data.DataLoader(Numbers(5), 3, last_batch="rollover", num_workers=2)
    seen = [[batch.asnumpy().tolist() for batch in loader] for _ in range(2)]
    assert seen == [[[0, 1, 2]], [[3, 4, 0], [1, 2, 3]]]


def test_two_epochs_at_once():
    loader = data.DataLoader(Numbers(6), 2, num_workers=2)
    pairs = [(a.asnumpy().tolist(), b.asnumpy().tolist()) for a, b in
             zip(loader, loader, strict=True)]
    assert pairs == [([0, 1], [0, 1]), ([2, 3], [2, 3]), ([4, 5], [4, 5])]


def settled(dataset, loader):
    """How many samples were asked for, once the workers have nothing left to do."""
    crew = loader._crew
    for ticket in list(loader._iter._waiting if loader._iter is not None else []):
        ticket.result(30)
    if crew is not None:
        crew.close()
    return dataset.asked


@pytest.mark.parametrize(("prefetch", "ahead"), [(None, 2), (0, 0), (5, 5)])
def test_only_so_many_batches_are_made_ahead(prefetch, ahead):
    dataset = Counted(100)
    loader = data.DataLoader(dataset, 4, num_workers=1, prefetch=prefetch)
    loader.refresh()
    assert settled(dataset, loader) == 4 * ahead


@pytest.mark.parametrize(("reload", "before", "after"), [(False, 0, 4), (True, 2, 6)])
def test_auto_reload_refresh_and_clean(reload, before, after):
    """Samples are taken when the documentation of MXNet 1.9.1 says so: 2 * num_workers ahead."""
    dataset = Counted(4)
    loader = data.DataLoader(dataset, 1, num_workers=1, auto_reload=reload)
    assert (loader._iter is not None) == reload and settled(dataset, loader) == before
    dataset = Counted(4)
    loader = data.DataLoader(dataset, 1, num_workers=1, auto_reload=reload)
    assert len(list(loader)) == 4
    assert (loader._iter is not None) == reload and settled(dataset, loader) == after
    loader.clean()
    assert loader._iter is None
    assert [batch.asscalar() for batch in loader] == [0, 1, 2, 3]


def test_pinned_batches_meet_parameters_of_the_cpu(recwarn):
    dataset = data.ArrayDataset(mx.nd.ones((4, 2)), np.ones(4))
    image, label = next(iter(data.DataLoader(dataset, 2, pin_memory=True, num_workers=1)))
    assert image.context == label.context == mx.cpu_pinned()
    net = mx.gluon.nn.Dense(3, weight_initializer="ones")
    net.initialize()
    for _ in range(2):
        result = net(image)
        assert result.context == mx.cpu() and (result.asnumpy() == 2).all()
        net.hybridize()
    assert not recwarn.list


@pytest.mark.parametrize(("options", "message"), [
    ({}, "DataLoader: batch_size must be given unless batch_sampler is"),
    ({"batch_size": 2, "shuffle": True, "sampler": [1]}, "shuffle must not be given together with"),
    ({"batch_size": 2, "batch_sampler": [[1]]}, "must not be given together with batch_sampler"),
    ({"batch_size": 2, "num_workers": -1}, "num_workers must be an integer of at least 0; got -1"),
    ({"batch_size": 2, "prefetch": -1}, "prefetch must be an integer of at least 0; got -1"),
    ({"batch_size": 2, "timeout": 0}, "DataLoader: timeout must be positive; got 0"),
    ({"batch_size": 2, "shufle": True}, "unknown argument 'shufle'; did you mean 'shuffle'"),
    ({"batch_size": 2, "last_batch": "drop"}, "last_batch must be 'keep', .*; got 'drop'"),
])
def test_misuse_is_named(options, message):
    with pytest.raises(MXNetError, match=message):
        data.DataLoader(Numbers(3), **options)


def test_a_dataset_without_length_and_a_sampler_that_gives_no_lists():
    with pytest.raises(TypeError, match=r"dataset must have a length .*; got generator"):
        data.DataLoader((i for i in range(3)), 2)
    with pytest.raises(TypeError, match="must give lists of numbers of samples; batch 0 is 1"):
        list(data.DataLoader(Numbers(3), batch_sampler=[1, 2]))
