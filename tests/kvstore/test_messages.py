"""What stores refuse, and what they say."""

import numpy as np
import pytest

import mxlite as mx
from mxlite.base import MXNetError


@pytest.fixture
def store():
    store = mx.kv.create()
    store.init([1, 2], [mx.nd.zeros((2, 3))] * 2)
    store.init(3, mx.nd.ones((2, 3)).tostype("row_sparse"))
    return store


A, S, I = mx.nd.zeros((2, 3)), mx.nd.zeros((2, 3)).tostype("row_sparse"), mx.nd.array([1])


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda kv: kv.init(1, A), ValueError, "init: key 1 is there already; init or broadcast it on"),
    (lambda kv: kv.broadcast([4, 1], [A, A], [A, A]), ValueError, "broadcast: key 1 is there alre"),
    (lambda kv: kv.init(4, [A, A]), ValueError, "init: key 4 must have one array; got 2"),
    (lambda kv: kv.push(4, A), KeyError, "push: there is no key 4; init it first"),
    (lambda kv: kv.pull(4, A), KeyError, "pull: there is no key 4; init it first"),
    (lambda kv: kv.pushpull([1, 4], [A, A]), KeyError, "pushpull: there is no key 4"),
    (lambda kv: kv.pull("1", A), TypeError, "keys must be all int or all str; got '1' wh"),
    (lambda kv: kv.init(["a", "b"], [A, A]), TypeError, "got 'a' where others are int"),
    (lambda kv: kv.pull(1.0, A), TypeError, "pull: a key must be an int or a str; got 1.0"),
    (lambda kv: kv.pull(True, A), TypeError, "a key must be an int or a str; got True"),
    (lambda kv: kv.push([1, 2], [A]), ValueError, "value must be a list as long as .* 2; got 1"),
    (lambda kv: kv.push([1, 2], A), ValueError, "as long as that of the keys, 2; got NDArray"),
    (lambda kv: kv.push(1, np.zeros(3)), TypeError, "value must be an NDArray .* got ndarray"),
    (lambda kv: kv.push(1, []), ValueError, "value must have an array for each key; got none"),
    (lambda kv: kv.pull(1), TypeError, "out must be an NDArray or a list of them .* got NoneType"),
    (lambda kv: kv.push(1, [A, A.T]), ValueError, r"shape \(2, 3\); got \(3, 2\)"),
    (lambda kv: kv.pull(1, A.T), ValueError, r"pull: key 1 has an array of shape \(2, 3\); got"),
    (lambda kv: kv.push(1, A.tostype("csr")), TypeError, "must be dense or row_sparse; got 'csr'"),
    (lambda kv: kv.row_sparse_pull(3, A, row_ids=I), TypeError, "out for key 3 must be row_sparse"),
    (lambda kv: kv.row_sparse_pull(1, S, row_ids=I), TypeError, "what is stored for key 1 must be"),
    (lambda kv: kv.row_sparse_pull(3, S), TypeError, "row_ids must be an NDArray .* got NoneType"),
    (lambda kv: kv.row_sparse_pull(3, [S] * 3, row_ids=[I] * 2), ValueError, "of 3 arrays; got 2"),
    (lambda kv: kv.row_sparse_pull(3, S, row_ids=I * 2), ValueError, r"in \[0, 1\]; got 2"),
    (lambda kv: kv.row_sparse_pull(3, S, row_ids=-I), ValueError, r"in \[0, 1\]; got -1"),
    (lambda kv: kv.is_capable("sparse"), ValueError, "must be 'optimizer', .*; got 'sparse'"),
    (lambda kv: kv.set_optimizer("sgd"), TypeError, "an Optimizer must be given; got str"),
    (lambda kv: kv._set_updater(3), TypeError, "_set_updater: updater must be a function; got 3"),
    (lambda kv: kv.save_optimizer_states("x"), MXNetError, "save_.*has no optimizer; call set_opt"),
    (lambda kv: kv.load_optimizer_states("x"), MXNetError, "load_.*has no optimizer; call set_opt"),
])
def test_misuse_is_named(store, call, error, message):
    with pytest.raises(error, match=message) as caught:
        call(store)
    assert isinstance(caught.value, MXNetError)


def test_a_refused_push_changes_nothing(store):
    with pytest.raises(ValueError, match="key 2 has an array of shape"):
        store.push([1, 2], [A + 1, A.T])
    out = mx.nd.ones((2, 3))
    store.pull(1, out)
    assert (out.asnumpy() == 0).all()


def test_a_damaged_file_of_states_is_named(store, tmp_path):
    path = tmp_path / "kv.states"
    path.write_bytes(b"nothing of the kind")
    store.set_optimizer(mx.optimizer.SGD())
    with pytest.raises(MXNetError, match=r"kv\.states: these are no states of an optimizer"):
        store.load_optimizer_states(path)


@pytest.mark.parametrize(("name", "error", "message"), [
    (3, TypeError, "name must be a string; got int"),
    ("devise", ValueError, "the name must be 'local', .* got 'devise'; did you mean 'device'"),
    ("dist_asinc", ValueError, "got .dist_asinc.; did you mean .dist_async"),
    ("horovod", NotImplementedError, "there is no 'horovod' here; 'device' sums .*'dist_sync'"),
    ("byteps", NotImplementedError, "there is no 'byteps' here; 'device' sums over the contexts"),
])
def test_names_that_are_refused(name, error, message):
    with pytest.raises(error, match=message):
        mx.kv.create(name)


def test_stores_are_made_by_create():
    with pytest.raises(ValueError, match=r"mx\.kv\.create makes stores; got 'locl'"):
        mx.kv.KVStore("locl")
    with pytest.raises(NotImplementedError, match="no process is a parameter server here"):
        mx.kv.KVStoreServer(mx.kv.create())
