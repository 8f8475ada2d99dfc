"""A keyword that a constructor does not take is named, with the near one; all others pass."""

import copy
import dataclasses
import inspect
import pickle

import pytest

import mxlite as mx
from mxlite import gluon
from mxlite.arguments import NamesArguments
from mxlite.base import MXNetTypeError
from mxlite.image.augmenter import PixelAugmenter

MODULES = [mx.image, mx.io, mx.metric, mx.recordio, gluon.data.batchify,
           gluon.data.vision.transforms]          # which are imported when they are asked for


def descendants(klass):
    for each in klass.__subclasses__():
        yield each
        yield from descendants(each)


CLASSES = sorted({klass for klass in descendants(NamesArguments)
                  if klass.__module__.startswith("mxlite.") and klass.__name__[0] != "_"},
                 key=lambda klass: (klass.__name__, klass.__module__))
# Bases that keep any keyword, as in MXNet.
OPEN = {mx.init.Initializer, mx.metric.EvalMetric, mx.image.Augmenter, mx.image.DetAugmenter,
        PixelAugmenter}
# What those need that look at their arguments before they pass the others on.
NEEDED = {"ImageIter": (1, (3, 4, 4)), "ImageDetIter": (1, (3, 4, 4)),
          "RandomSizedCropAug": ((4, 4), 1, (1, 1))}


def test_the_bases_are_there():
    names = {klass.__name__ for klass in CLASSES}
    assert len(CLASSES) > 150 and names >= {
        "Xavier", "FactorScheduler", "Accuracy", "SGD", "Dense", "L2Loss", "Parameter", "Trainer",
        "Resize", "ResizeAug", "ArrayDataset", "BatchSampler", "DataLoader", "NDArrayIter", "Pad",
        "MXRecordIO"}


@pytest.mark.parametrize("klass", [each for each in CLASSES if each not in OPEN],
                         ids=lambda klass: klass.__name__)
def test_every_class_names_an_unknown_keyword(klass):
    parameters = list(inspect.signature(klass.__init__).parameters.values())
    needed = NEEDED.get(klass.__name__) or [
        1 for each in parameters[1:]
        if each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD]
    with pytest.raises(MXNetTypeError, match=f"{klass.__name__}: unknown argument 'xyzzy'"):
        klass(*needed, xyzzy=1)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: mx.init.Xavier(magnitud=2), "Xavier: unknown argument 'magnitud'; did you mean 'magn"),
    (lambda: mx.lr_scheduler.FactorScheduler(1, facto=1), "did you mean 'factor'"),
    (lambda: mx.metric.Accuracy(axs=1), "Accuracy: unknown argument 'axs'; did you mean 'axis'"),
    (lambda: gluon.Trainer([], "sgd", kvstor=None), "did you mean 'kvstore'"),
    (lambda: gluon.data.ArrayDataset(a=1), "ArrayDataset: unknown argument 'a'; it takes none"),
    (lambda: gluon.data.Dataset(a=1), "Dataset: unknown argument 'a'; it takes none"),
    (lambda: gluon.data.Dataset(1), "Dataset: takes no arguments; got 1"),
    (lambda: mx.optimizer.create("sgd", momentun=1), "SGD: unknown argument 'momentun'"),
    (lambda: mx.metric.create("mse", nam="x"), "MSE: unknown argument 'nam'; did you mean 'name'"),
    (lambda: gluon.nn.Dense(), "missing 1 required positional argument: 'units'"),
])
def test_messages(call, message):
    with pytest.raises(TypeError, match=message):
        call()


def test_classes_of_users():
    class Collects(gluon.data.Dataset):
        def __init__(self, size, **options):
            self.size, self.options = size, options

    class Makes(mx.init.Initializer):
        def __new__(cls, given):
            made = super().__new__(cls)
            made.given = given
            return made

        def __init__(self, given):
            super().__init__()

    class Rows(gluon.data.Dataset, tuple):
        __slots__ = ()

    @dataclasses.dataclass
    class Record(gluon.data.Dataset):
        first: int
        second: int = 2

    assert Collects(3, any=1).options == {"any": 1}
    assert Makes(given=5).given == 5
    assert tuple.__len__(Rows([1, 2])) == 2
    assert Record(1, second=3).second == 3
    with pytest.raises(MXNetTypeError, match=r"Record: unknown argument 'secnd'.*'second'"):
        Record(1, secnd=3)


def test_copies_and_pickles():
    scheduler = mx.lr_scheduler.FactorScheduler(step=3, factor=0.5)
    for other in (copy.copy(scheduler), copy.deepcopy(scheduler),
                  pickle.loads(pickle.dumps(scheduler))):
        assert vars(other) == vars(scheduler)


def test_signatures_are_those_of_init():
    assert str(inspect.signature(mx.init.Xavier)).startswith("(rnd_type")
    assert list(inspect.signature(gluon.data.SimpleDataset).parameters) == ["data"]
