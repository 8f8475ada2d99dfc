"""mx.rtc: kernels of users."""

import numpy as np
import pytest

import mxlite as mx
from mxlite import autograd, nd

AXPY = r"""
extern "C" __global__ void axpy(const float *x, float *y, float alpha) {
  const int i = threadIdx.x + blockIdx.x * blockDim.x;
  y[i] += alpha * x[i];
}
"""
TEMPLATE = r"""
template <typename T> __global__ void axpy(const T *x, T *y, T alpha) {
  const int i = threadIdx.x + blockIdx.x * blockDim.x;
  y[i] += alpha * x[i] * SCALE;
}
"""
TYPES = r"""
extern "C" __global__ void put(double *y, char a, bool b, unsigned char c, long long d, int e) {
  extern __shared__ double kept[];
  kept[threadIdx.x] = a + 10 * b + 100 * c + 1000. * d + e;
  __syncthreads();
  y[threadIdx.x] = kept[blockDim.x - 1 - threadIdx.x] + threadIdx.x + 0.5 * blockIdx.y;
}
"""
SIGNATURE = "const float *x, float *y, float alpha"


@pytest.fixture(scope="module")
def axpy():
    return mx.rtc.CudaModule(AXPY).get_kernel("axpy", SIGNATURE)


@pytest.mark.gpus(2)
def test_a_kernel(axpy, delayed):
    for ctx in (mx.gpu(0), mx.gpu(1)):
        x, y = nd.array(range(10), ctx=ctx), nd.ones((10,), ctx=ctx)
        axpy.launch([x, y, 3.0], ctx, (2, 1, 1), (5, 1, 1))
        np.testing.assert_array_equal((y * 2).asnumpy(), 2 + 6 * np.arange(10))


@pytest.mark.parametrize("signature", ["const float *, float*, float",
                                       " const  float * x ,float *y,\tfloat alpha"])
def test_forms_of_a_signature(signature, gpu):
    x, y = nd.ones((4,), ctx=gpu), nd.ones((4,), ctx=gpu)
    mx.rtc.CudaModule(AXPY).get_kernel("axpy", signature).launch(
        [x, y, 2], gpu, [1, 1, 1], [4, 1, 1])
    assert y.asnumpy().tolist() == [3, 3, 3, 3]


def test_templates_and_options(gpu):
    module = mx.rtc.CudaModule(TEMPLATE, options=["-DSCALE=10"],
                               exports=["axpy<float>", "axpy<double>"])
    for name, dtype in (("float", "float32"), ("double", "float64")):
        x, y = nd.ones((4,), ctx=gpu, dtype=dtype), nd.zeros((4,), ctx=gpu, dtype=dtype)
        kernel = module.get_kernel(f"axpy<{name}>", f"const {name} *x, {name} *y, {name} alpha")
        kernel.launch([x, y, 1 / 3], gpu, (1, 1, 1), (4, 1, 1))
        np.testing.assert_array_equal(y.asnumpy(), np.dtype(dtype).type(1 / 3) * 10)


def test_types_and_shared_memory(gpu):
    kernel = mx.rtc.CudaModule(TYPES).get_kernel(
        "put", "double *y, char a, bool b, uint8_t c, int64_t d, int e")
    y = nd.zeros((8,), ctx=gpu, dtype="float64")
    for shared in (64, 100_000):
        kernel.launch([y, -3, True, 200, 2**40, -7], gpu, (1, 2, 1), (8, 1, 1), shared)
        expected = -3 + 10 + 20000 + 1000 * 2**40 - 7 + np.arange(8) + 0.5
        np.testing.assert_array_equal(y.asnumpy(), expected)


def test_what_is_written_is_noticed(axpy, gpu):
    x, y = nd.ones((4,), ctx=gpu), nd.ones((4,), ctx=gpu)
    x.attach_grad()
    with autograd.record():
        z = y.copy()
        w = x * z
    axpy.launch([x, y, 1.0], gpu, (1, 1, 1), (4, 1, 1))
    w.backward()
    assert x.grad.asnumpy().tolist() == [1, 1, 1, 1] and y.asnumpy().tolist() == [2, 2, 2, 2]


@pytest.mark.parametrize("call, message", [
    (lambda k, x: k.launch([x, x], mx.gpu(0), (1, 1, 1), (4, 1, 1)), "axpy: takes 3 argum.*got 2"),
    (lambda k, x: k.launch([x, x, x], mx.gpu(0), (1, 1, 1), (4, 1, 1)),
     "axpy: argument 2 must be a number; got an NDArray"),
    (lambda k, x: k.launch([x, 1, 2], mx.gpu(0), (1, 1, 1), (4, 1, 1)),
     "axpy: argument 1 must be an NDArray; got int"),
    (lambda k, x: k.launch([x, x.astype("float64"), 2], mx.gpu(0), (1, 1, 1), (4, 1, 1)),
     r"axpy: argument 1 must be float32 on gpu\(0\); got float64 on gpu\(0\)"),
    (lambda k, x: k.launch([x, x.as_in_context(mx.cpu()), 2], mx.gpu(0), (1, 1, 1), (4, 1, 1)),
     r"axpy: argument 1 must be float32 on gpu\(0\); got float32 on cpu\(0\)"),
    (lambda k, x: k.launch([x, x, 2], mx.cpu(), (1, 1, 1), (4, 1, 1)),
     r"axpy: ctx must be a GPU; got cpu\(0\)"),
    (lambda k, x: k.launch([x, x, 2], mx.gpu(0), (1, 1), (4, 1, 1)),
     r"axpy: grid_dims must be three lengths of at least 1; got \(1, 1\)"),
    (lambda k, x: k.launch([x, x, 2], mx.gpu(0), (1, 1, 1), (4, 0, 1)),
     r"axpy: block_dims must be three lengths of at least 1; got \(4, 0, 1\)"),
    (lambda k, x: k.launch([x, x, 2], mx.gpu(0), (1, 1, 1), (2000, 1, 1)),
     "cuLaunchKernel: CUDA_ERROR_INVALID_VALUE"),
    (lambda k, x: k._module.get_kernel("absent", ""), "CudaModule: there is no kernel 'absent'"),
    (lambda k, x: k._module.get_kernel("axpy", "float **x"), r"like .*; got 'float \*\*x' in it"),
    (lambda k, x: k._module.get_kernel("axpy", "complex *x"), "are 'float', .*; got 'complex'"),
    (lambda k, x: mx.rtc.CudaModule(b""), "source must be a str; got bytes"),
    (lambda k, x: mx.rtc.CudaModule("", options=[1]), r"options must be a list of str; got \[1\]"),
    (lambda k, x: mx.rtc.CudaModule("nonsense;"), r"kernels of CudaModule do not compile:\n[^$]*n"),
])
def test_errors(call, message, axpy, gpu):
    with pytest.raises((mx.MXNetError, TypeError, ValueError), match=message):
        call(axpy, nd.ones((4,), ctx=gpu))
