"""DataDesc and DataBatch; what is expected was read off MXNet 1.9.1."""

import copy
import pickle

import numpy as np
import pytest

import mxlite as mx
from mxlite.io import DataBatch, DataDesc


def test_a_description_is_the_pair_of_name_and_shape():
    desc = DataDesc("data", (2, 3))
    assert desc == ("data", (2, 3)) and tuple(desc) == ("data", (2, 3)) and len(desc) == 2
    assert (desc.name, desc.shape, desc.dtype, desc.layout) == ("data", (2, 3), np.float32, "NCHW")
    assert repr(desc) == str(desc) == "DataDesc[data,(2, 3),<class 'numpy.float32'>,NCHW]"


def test_shapes_that_are_arrays():
    assert DataDesc("data", np.array([2, 3])).shape == (2, 3)
    assert DataDesc("data", np.array(2)).shape == (2,)


@pytest.mark.parametrize("again", [copy.copy, lambda desc: pickle.loads(pickle.dumps(desc))])
def test_copies_keep_dtype_and_layout(again):
    desc = again(DataDesc("data", (2, 3), "int32", "NT"))
    assert (desc, desc.dtype, desc.layout) == (("data", (2, 3)), "int32", "NT")


@pytest.mark.parametrize("layout, axis", [(None, 0), ("NCHW", 0), ("TNC", 1), ("CHW", -1)])
def test_batch_axis(layout, axis):
    assert DataDesc.get_batch_axis(layout) == axis


def test_get_list():
    shapes = [("a", (1,)), ("b", (2,))]
    descs = DataDesc.get_list(shapes, [("b", "int64"), ("a", "int32")])
    assert descs == shapes and [desc.dtype for desc in descs] == ["int32", "int64"]
    assert [desc.dtype for desc in DataDesc.get_list(shapes, None)] == [np.float32] * 2
    with pytest.raises(KeyError, match=r"get_list: types must have 'b', as shapes has; it has 'a'"):
        DataDesc.get_list(shapes, [("a", "int32")])


def test_batch():
    batch = DataBatch([mx.nd.zeros((2, 3))], [mx.nd.zeros(2)], pad=1)
    assert str(batch) == "DataBatch: data shapes: [(2, 3)] label shapes: [(2,)]"
    assert list(vars(batch)) == ["data", "label", "pad", "index", "bucket_key", "provide_data",
                                 "provide_label"]
    assert (batch.pad, batch.index, batch.bucket_key, batch.provide_data) == (1, None, None, None)
    assert str(DataBatch((np.zeros(2),))) == "DataBatch: data shapes: [(2,)] label shapes: None"


@pytest.mark.parametrize("name, arguments", [("data", [mx.nd.zeros(2)]), ("data", [None]),
                                             ("label", [[], mx.nd.zeros(2)])])
def test_batch_takes_lists(name, arguments):
    got = type(arguments[-1]).__name__
    with pytest.raises(TypeError, match=f"DataBatch: {name} must be a list of NDArrays; got {got}"):
        DataBatch(*arguments)
