"""Calls of operators that are no samples (tests/samples) and in no other list, as texts, for the
list of operators that run on a GPU (tools/gpu_operators.py). `names` are the names in them."""

import numpy as onp

import mxlite as mx
from mxlite import autograd, gluon, nd, np, npx

DISTRIBUTIONS = {"uniform": 2, "normal": 2, "exponential": 1, "gamma": 2, "poisson": 1,
                 "negative_binomial": 2, "generalized_negative_binomial": 2}
UPDATES = {"adam": 2, "ftrl": 2, "nag_mom": 1, "rmsprop": 1, "rmspropalex": 3, "signsgd": 0,
           "signum": 1, "sgd": 0, "sgd_mom": 1}
MIXED = {"mp_sgd": 1, "mp_sgd_mom": 2, "mp_nag_mom": 2}
WITH_FLOATS = """equal not_equal greater greater_equal less less_equal minimum maximum hypot
    subtract copysign fmax fmin fmod ldexp arctan2 mod add multiply true_divide power""".split()
LOGICAL = "logical_and logical_or logical_xor".split()
WITH_INTEGERS = "bitwise_and bitwise_or bitwise_xor lcm".split()

RANDOM = [text for name, count in DISTRIBUTIONS.items() for text in (
    f"nd.random_{name}(shape=3)", f"inner._random_{name}_like(x)",
    f"nd.sample_{name}({', '.join(['half_of'] * count)})")] + """
nd.random.randint(0, 5, 3)
nd.random.multinomial(half_of)
nd.shuffle(x)
inner._sample_unique_zipfian(range_max=10, shape=(1, 5))
np.random.uniform(size=3)
np.random.normal(size=3)
np.random.randint(5, size=3)
np.random.gamma(1.0, size=3)
np.random.uniform(a, a + 1)
inner._npi_checked(x, what="x")
inner._npi_places_of(half_of, half_of)
nd.image.random_flip_left_right(image)
nd.image.random_flip_top_bottom(image)
nd.image.random_brightness(image, min_factor=0.5, max_factor=1)
nd.image.random_contrast(image, min_factor=0.5, max_factor=1)
nd.image.random_saturation(image, min_factor=0.5, max_factor=1)
nd.image.random_hue(image, min_factor=0.5, max_factor=1)
nd.image.random_color_jitter(image, 0.1, 0.1, 0.1, 0.1)
nd.image.random_lighting(image)
""".strip().splitlines()

OPTIMIZERS = [f"nd.{name}_update(x, y{', nd.ones(3)' * states}, lr=0.1)"
              for name, states in UPDATES.items()] + [
    f"nd.{name}_update(half, half{', nd.ones(3)' * states}, lr=0.1)"
    for name, states in MIXED.items()] + """
nd.contrib.group_adagrad_update(m, m, m[:, :1], lr=0.1)
inner._sparse_adagrad_update(x, y, nd.ones(3), lr=0.1)
""".strip().splitlines()

ARRAYS = """
m.__setitem__((slice(1), slice(2)), 5)
m.__setitem__((slice(1), slice(2)), nd.ones((1, 2)))
inner._slice_assign(m, nd.ones((2, 2)), begin=(0, 0), end=(2, 2))
inner._slice_assign_scalar(m, begin=(0, 0), end=(2, 2), scalar=3)
inner._scatter_set_nd(m, nd.ones(1), nd.zeros((2, 1)), shape=(3, 4))
m.copyto(mx.cpu()).as_in_context(mx.gpu(0))
inner._copyto(m)
inner._identity_with_attr_like_rhs(m, m)
inner._backward_gather_nd(nd.ones(1), nd.zeros((2, 1)), shape=(3, 4))
nd.reshape(m, shape=(4, 3))
inner._rnn_param_concat(x, y, dim=0)
inner._scatter_plus_scalar(m, scalar=1)
inner._scatter_minus_scalar(m, scalar=1)
inner._scatter_elemwise_div(m, m)
inner._square_sum(m, axis=1)
hybrid(lambda F, x: F.cast_storage(x, stype="default"), m)
hybrid(lambda F, x: F.contrib.SparseEmbedding(x, F.ones((3, 4)), input_dim=3, output_dim=4), x)
nd.sparse.retain(m.tostype("row_sparse"), nd.ones(2))
nd.contrib.getnnz(m.tostype("csr"))
nd.contrib.edge_id(m.tostype("csr"), nd.ones(2), nd.ones(2))
nd.contrib.dgl_adjacency(m.tostype("csr"))
m.reshape((4, 3))
second_of_pooling()
nd.LeakyReLU(x, act_type="rrelu")
independent()
nd.np._internal.boolean_mask_assign_scalar(a, a > 1, value=3.0)
nd.np._internal.boolean_mask_assign_tensor(a, a > 1, np.ones(4))
inner._zeros_of_storage(m, stype="default")
inner._npi_broadcast_over(m, m)
nd.image.flip_left_right(image)
nd.image.flip_top_bottom(image)
nd.image.crop(image, x=0, y=0, width=2, height=2)
nd.image.resize(image, size=2)
nd.image.adjust_lighting(image, alpha=(0.1, 0.1, 0.1))
nd.image.to_tensor(image)
slope(lambda x: nd.image.normalize(x, mean=(0.1, 0.2, 0.3), std=(1, 2, 3)), nd.ones((3, 2, 2)))
slope(lambda x: nd.image.random_flip_left_right(x), image)
slope(lambda x: nd.image.random_brightness(x, min_factor=0.5, max_factor=1), image)
""".strip().splitlines()

NUMPY = [f"np.{name}({args})" for name in WITH_FLOATS for args in ("a, 2.0", "2.0, a", "a, a")] + [
    f"np.{name}({args})" for name in WITH_INTEGERS for args in ("i, 2", "2, i", "i, i")] + [
    f"np.{name}({args})" for name in LOGICAL for args in ("a, 2.0", "a, a")] + """
inner._npi_basic_index(m,key='1')
np.arccos(s) np.arcsin(s) np.arctanh(s) np.arccosh(s+2) np.diag(k) np.diag(s) np.diagflat(s)
np.diagonal(k) np.trace(k) np.tril(a) np.triu(a) np.diff(a) np.sort(a) np.argsort(a)
np.take(a,np.array([0,1])) np.linalg.det(k) np.linalg.slogdet(k) np.linalg.norm(a) np.linalg.eigh(k)
np.linalg.svd(k) np.linalg.solve(k,s) np.linalg.tensorinv(k,1) np.linalg.tensorsolve(k,s)
np.polyval(s,a) np.percentile(a,50) np.where(a>1,1.0,2.0) np.where(a>1,a,2.0) np.where(a>1,1.0,a)
np.hanning(4) np.hamming(4) np.blackman(4) np.logspace(0,1,3) np.indices((2,2)) a[1] a[:,1:] a//2
2//a a//a npx.constraint_check(np.array([True])) npx.reshape(a,(-1,)) inner._npi_cast_like(x,x)
inner._npi_wide(nd.ones(2,dtype='int32'))""".split()

CALLS = RANDOM + OPTIMIZERS + ARRAYS + NUMPY


def slope(function, x):
    """A call and its gradient."""
    x.attach_grad()
    with autograd.record():
        y = function(x)
    y.backward()


def hybrid(function, *inputs):
    """A call of a hybridized block."""
    block = gluon.nn.HybridLambda(function)
    block.hybridize()
    return block(*inputs)


def second_of_pooling():
    """A second derivative of Pooling."""
    x = nd.ones((1, 1, 4, 4))
    x.attach_grad()
    with autograd.record():
        y = nd.Pooling(x, kernel=(2, 2))
        slope = autograd.grad(y * y, x, create_graph=True)[0]
        slope = slope * slope
    slope.backward()


def independent():
    """A second derivative for a variable that the first does not depend on."""
    x = nd.ones(3)
    x.attach_grad()
    with autograd.record():
        slope = autograd.grad(x * nd.ones(3), x, create_graph=True)[0]
    slope.backward()


def names():
    """What the texts name, on the current context."""
    return {
        "nd": nd, "np": np, "npx": npx, "mx": mx, "inner": nd._internal, "slope": slope,
        "hybrid": hybrid, "second_of_pooling": second_of_pooling, "independent": independent,
        "x": nd.ones(3), "y": nd.ones(3), "half": nd.ones(3, dtype="float16"),
        "half_of": nd.full(3, 0.5), "m": nd.ones((3, 4)), "image": nd.ones((4, 5, 3)),
        "a": np.array(onp.arange(6).reshape(2, 3), dtype="float32"), "s": np.array([0.1, 0.5]),
        "i": np.array([3, 5], dtype="int32"), "k": np.array([[2.0, 1], [1, 3]])}
