"""Programs: operators that consist of other calls, run over memory planned once."""

import threading

import numpy as np
import pytest

from mxlite import autograd, nd, random
from mxlite.device import core, memory
from mxlite.ndarray.function import OpFunction
from mxlite.ops import schema
from mxlite.ops.trace import composed

X = np.linspace(-2, 2, 24, dtype="f4").reshape(4, 6)


@pytest.fixture
def make(register):
    """A function: make(f, inputs="data", ...) registers an operator whose prepare composes f, and
    returns it as a function of arrays."""
    def enter(function, inputs="data", outputs=None, **attributes):
        name = f"_test_program{len(schema.REGISTRY)}"

        class Composed(schema.Op):
            uses_train = True

            def infer_shape(self, *shapes):
                return outputs(*shapes) if outputs else [shapes[0]]

            def infer_dtype(self, *dtypes):
                return [dtypes[0]] * len(self.infer_shape(*[(1, 1)] * len(dtypes)))

            def prepare(self, specs, out, train):
                return composed(function, specs, train)

        for key, value in attributes.items():
            setattr(Composed, key, value)
        register(name, inputs=inputs)(Composed)
        return OpFunction(Composed, name)

    return enter


def program_of(function, *arrays):
    """The Program that these arrays are run with."""
    return function.op.make({}).prepared([array._spec for array in arrays])


def test_the_steps_give_what_single_calls_give_to_the_last_bit(make):
    def chain(F, x):
        y = F.tanh(x) * 3 + F.exp(x)
        return F.softmax(F.dot(y, x, transpose_b=True))

    x = nd.array(X)
    function = make(chain, outputs=lambda s: [(s[0], s[0])])
    y = nd.tanh(x) * 3 + nd.exp(x)
    want = nd.softmax(nd.dot(y, x, transpose_b=True))
    assert function(x).asnumpy().tobytes() == want.asnumpy().tobytes()


def test_pointwise_steps_work_in_place_in_one_temporary_array(make):
    def chain(F, x):
        for _ in range(10):
            x = F.sin(x)
        return x

    function = make(chain)
    x = nd.array(X)
    program = program_of(function, x)
    assert program.is_program and program.num_steps == 10
    assert program.arena_size == -(-X.nbytes // 64) * 64
    assert program.describe().splitlines()[2] == "sin: arena+0 -> arena+0"
    want = X
    for _ in range(10):
        want = np.sin(want)
    np.testing.assert_allclose(function(x).asnumpy(), want, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(x.asnumpy(), X)


def test_memory_is_used_again_once_nothing_reads_it(make):
    def chain(F, x):
        for _ in range(8):
            x = F.transpose(x)              # not in place: two temporary arrays alternate
        return x

    x = nd.array(X[:, :4])
    function = make(chain)
    assert program_of(function, x).arena_size == 2 * 4 * 4 * 4
    np.testing.assert_array_equal(function(x).asnumpy(), X[:, :4])


def test_an_array_read_later_is_not_overwritten(make):
    def chain(F, x):
        a = F.exp(x)
        b = F.sin(a)
        return F.elemwise_add(F.cos(b), a)  # a is still needed while b and cos(b) are made

    want = np.cos(np.sin(np.exp(X))) + np.exp(X)
    np.testing.assert_allclose(make(chain)(nd.array(X)).asnumpy(), want, rtol=1e-5)


def test_views_need_no_memory_of_their_own_but_for_what_is_given_back(make):
    def views(F, x):
        y = F.exp(x)
        return [x.reshape((24,)), y.reshape((6, 4)), F._slice_leading(y, begin=1, end=3), x]

    function = make(views, outputs=lambda s: [(24,), (6, 4), (2, 6), s])
    x = nd.array(X)
    flat, turned, rows, same = function(x)
    assert same._shares_memory(x) and not flat._shares_memory(x)
    assert not turned._shares_memory(rows)
    np.testing.assert_array_equal(flat.asnumpy(), X.ravel())
    np.testing.assert_allclose(turned.asnumpy(), np.exp(X).reshape(6, 4), rtol=1e-6)
    np.testing.assert_array_equal(rows.asnumpy(), turned.asnumpy().reshape(4, 6)[1:3])
    assert len(program_of(function, x).buffers) == 1


def test_a_result_that_is_read_again_and_given_twice(make):
    def twice(F, x):
        y = F.exp(x)
        return [y, F.sin(y), y]

    function = make(twice, outputs=lambda s: [s, s, s])
    first, second, third = function(nd.array(X))
    np.testing.assert_allclose(second.asnumpy(), np.sin(first.asnumpy()), rtol=1e-6)
    np.testing.assert_array_equal(first.asnumpy(), third.asnumpy())


def test_steps_on_the_host_run_between_kernels(make):
    def moments(F, x):
        mean, variance = F.moments(F.exp(x), axes=(1,))
        return F.broadcast_add(mean * 2, variance)

    function = make(moments, outputs=lambda s: [(s[0],)])
    y = np.exp(X.astype("f8"))
    np.testing.assert_allclose(function(nd.array(X)).asnumpy(), 2 * y.mean(1) + y.var(1), rtol=1e-5)


def test_inputs_that_a_step_writes_to_are_written(make):
    def update(F, weight, grad, mom):
        return F.sgd_mom_update(F.elemwise_add(weight, weight), grad, mom, lr=0.5, momentum=0.5)

    function = make(update, inputs="weight grad mom!")
    weight, grad, mom = [nd.array(X * n) for n in (1, 2, 3)]
    result = function(weight, grad, mom)
    want = 0.5 * 3 * X.astype("f8") - 0.5 * 2 * X
    np.testing.assert_allclose(mom.asnumpy(), want, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(result.asnumpy(), 2 * X + want, rtol=1e-6, atol=1e-6)
    np.testing.assert_array_equal(weight.asnumpy(), X)


def test_a_program_can_be_a_step_of_another(make):
    inner = make(lambda F, x: [F.exp(x), x.reshape(x.shape)], outputs=lambda s: [s, s])

    def outer(F, x):
        y, same = getattr(F, inner.__name__)(F.sin(x))
        return F.elemwise_mul(y, same)

    want = np.exp(np.sin(X)) * np.sin(X)
    np.testing.assert_allclose(make(outer)(nd.array(X)).asnumpy(), want, rtol=1e-5, atol=1e-6)


def test_random_steps_draw_anew_in_each_run(make):
    function = make(lambda F, x: F.Dropout(x * 1.0, p=0.5))
    x = nd.ones((100,))
    random.seed(3)
    with autograd.train_mode():
        first, second = function(x).asnumpy(), function(x).asnumpy()
        random.seed(3)
        again = function(x).asnumpy()
    assert set(first) == {0.0, 2.0} and (first != second).any()
    np.testing.assert_array_equal(first, again)


def test_an_error_in_a_step_names_its_operator(make):
    function = make(lambda F, x, i: F.take(F.exp(x), i, mode="raise"), inputs="data indices",
                    outputs=lambda s, i: [(*i, *s[1:])])
    with pytest.raises(IndexError, match=r"take: indices must be from 0 to 3; got 4 at \(1,\)"):
        function(nd.array(X), nd.array([0, 4]))
    np.testing.assert_allclose(function(nd.array(X), nd.array([3, 0])).asnumpy(), np.exp(X[[3, 0]]),
                               rtol=1e-6)


def test_no_memory_for_temporary_arrays_names_the_operator(make):
    function = make(lambda F, x: F.sum(F.broadcast_to(x, shape=(1 << 20, 1 << 25))),
                    outputs=lambda s: [(1,)])
    with pytest.raises(MemoryError, match=r"_test_program.*: no memory for its work space, 1407"):
        function(nd.ones((1, 1)))


def test_threads_run_one_program_at_the_same_time(make):
    def work(F, x):
        for _ in range(4):
            x = F.softmax(F.dot(x, x, transpose_b=True) * 0.1)
        return x

    function = make(work)
    rng = np.random.default_rng(1)
    arrays = [nd.array(rng.standard_normal((64, 64))) for _ in range(8)]
    wants = [function(array).asnumpy() for array in arrays]
    wrong = []

    def run(array, want):
        for _ in range(20):
            if function(array).asnumpy().tobytes() != want.tobytes():
                wrong.append(array)

    threads = [threading.Thread(target=run, args=pair) for pair in zip(arrays, wants, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_out_of_a_program_may_be_its_input(make):
    function = make(lambda F, x: F.dot(F.exp(x), x))
    x = nd.array(np.eye(3))
    want = np.exp(np.eye(3)) @ np.eye(3)
    assert function(x, out=x) is x
    np.testing.assert_allclose(x.asnumpy(), want, rtol=1e-6)


def test_programs_run_on_other_devices(make, toy):
    function = make(lambda F, x: F.dot(F.exp(x) * 2, x, transpose_b=True),
                    outputs=lambda s: [(s[0], s[0])])
    x = nd.array(X, ctx=toy)
    np.testing.assert_allclose(function(x).asnumpy(), 2 * np.exp(X) @ X.T, rtol=1e-5)
    assert len(memory.device_of(toy).live) == 1


def test_scalars_of_a_gradient_are_computed_at_the_run():
    x = nd.array([1, 2, 4])
    x.attach_grad()
    for scalar in (3.0, 0.5, -2.0):             # one prepared call, one program
        with autograd.record():
            y = x ** scalar + scalar ** x + scalar / x
        y.backward()
        power = np.array([1, 2, 4.0])
        with np.errstate(invalid="ignore"):
            want = scalar * power ** (scalar - 1) - scalar / power ** 2
            want = want + scalar ** power * np.log(scalar if scalar > 0 else np.nan)
        np.testing.assert_allclose(x.grad.asnumpy(), want, rtol=1e-5)


def test_a_prepared_call_cannot_be_given_twice(make):
    call = core.prepared_view()

    class Kept:
        def resolve(self, op, ctx):
            return call

    function = make(None, prepare=lambda self, specs, out, train: Kept())
    function(nd.ones((2,)))
    with pytest.raises(RuntimeError, match="prepare must return a new call each time"):
        function(nd.ones((3,)))
