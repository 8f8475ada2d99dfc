"""UpSampling, Crop, AdaptiveAvgPooling2D, BilinearResize2D beyond the samples."""

import numpy as np
import pytest
from samples.resample import bilinear, resize

import mxlite as mx

nd = mx.nd
contrib = mx.nd.contrib
X = nd.arange(24).reshape((1, 1, 4, 6))


def refuses(call, message):
    with pytest.raises(mx.MXNetError, match=message):
        call()


@pytest.mark.parametrize("dtype, tolerance", [("float16", 2e-3), ("float32", 2e-6),
                                              ("float64", 1e-13)])
@pytest.mark.parametrize("size", [(1, 1), (37, 5), (20, 33), (80, 64)], ids=str)
@pytest.mark.parametrize("way", ["average", "corners", "areas"])
def test_sizes_up_and_down(rng, way, size, dtype, tolerance):
    x = rng.uniform(-1, 1, (3, 5, 20, 33)).astype(dtype)
    array = nd.array(x, dtype=dtype)
    array.attach_grad()
    with mx.autograd.record():
        if way == "average":
            y = contrib.AdaptiveAvgPooling2D(array, output_size=size)
        else:
            y = contrib.BilinearResize2D(array, height=size[0], width=size[1],
                                         align_corners=way == "corners")
    wide = x.astype("float64")
    want = wide if way != "average" and size == (20, 33) else resize(wide, *size, way)
    np.testing.assert_allclose(y.asnumpy().astype("float64"), want, rtol=0, atol=tolerance)
    dy = rng.uniform(-1, 1, y.shape).astype(dtype)
    y.backward(nd.array(dy, dtype=dtype))       # <dx, x> = <dy, y>
    along = np.sum(array.grad.asnumpy().astype("float64") * wide)
    size = np.abs(dy.astype("float64")).sum() + 1
    assert abs(along - np.sum(dy.astype("float64") * want)) <= 4 * tolerance * size


def test_one_column_of_pixels():
    y = contrib.BilinearResize2D(nd.array([[[[1.0], [3.0]]]]), height=3, width=2)
    assert y.asnumpy().tolist() == [[[[1, 1], [2, 2], [3, 3]]]]


def test_infinity_stays_where_it_is():
    x = nd.array([[[[np.inf, 1.0, 2.0], [3.0, 4.0, 5.0]]]])
    y = contrib.AdaptiveAvgPooling2D(x, output_size=(1, 3)).asnumpy()
    assert np.isinf(y[0, 0, 0, 0]) and y[0, 0, 0, 1:].tolist() == [2.5, 3.5]


@pytest.mark.parametrize("params, size", [       # as MXNet infers them for (7, 8)
    ({"scale_height": 2, "scale_width": 0.5}, (14, 4)),
    ({"scale_height": 2, "scale_width": 0.5, "mode": "odd_scale"}, (13, 4)),
    ({"mode": "to_even_down"}, (6, 8)), ({"mode": "to_even_up"}, (8, 8)),
    ({"mode": "to_odd_down"}, (7, 7)), ({"mode": "to_odd_up"}, (7, 9)),
    ({"scale_width": 0.5, "height": 3}, (3, 4)),        # MXNet then ignores scale_width
    ({"scale_height": 0.29, "width": 2}, (2, 2)),
])
def test_sizes(params, size):
    x = np.random.default_rng(0).standard_normal((1, 2, 7, 8))
    y = contrib.BilinearResize2D(nd.array(x, dtype="float64"), **params)
    assert y.shape[2:] == size
    np.testing.assert_allclose(y.asnumpy(), bilinear(x, height=size[0], width=size[1]), 1e-12)


def test_scales_are_float32_as_in_mxnet():
    """0.29 * 100 is 28.999... in float64."""
    y = contrib.BilinearResize2D(nd.ones((1, 1, 100, 1)), scale_height=0.29, scale_width=1)
    assert y.shape == (1, 1, 29, 1)


def test_like_has_no_gradient_but_zeros():
    x, like = nd.ones((1, 1, 2, 2)), nd.ones((2, 3, 3, 3), dtype="int32").astype("float32")
    x.attach_grad()
    like.attach_grad()
    with mx.autograd.record():
        y = contrib.BilinearResize2D(x, like, mode="like")
    y.backward(nd.arange(9).reshape((1, 1, 3, 3)))
    assert x.grad.asnumpy().ravel().tolist() == [3, 6, 12, 15]         # recorded from MXNet
    assert not like.grad.asnumpy().any()


def test_errors_of_resizing():
    A, B = contrib.AdaptiveAvgPooling2D, contrib.BilinearResize2D
    refuses(lambda: A(X, output_size=(1, 2, 3)), "output_size must be one or two integers of at")
    refuses(lambda: A(X, output_size=0), "output_size must be one or two integers of at least 1")
    refuses(lambda: A(nd.ones((1, 4, 4))), r"data must have shape of 4 axes, NCHW; got \(1, 4, 4\)")
    refuses(lambda: A(nd.ones((1, 1, 0, 4))), "data must have shape without empty spatial axes")
    refuses(lambda: A(X.astype("int32")), "data must have dtype of floating point; got int32")
    refuses(lambda: B(X, mode="odd_scale"), "scale_height must be given for mode 'odd_scale'")
    refuses(lambda: B(X, mode="like"), "missing input 'like', which it takes with mode=like")
    refuses(lambda: B(X, X), "input 'like' is only taken with mode=like; got mode=size")
    refuses(lambda: B(X, nd.ones((3, 3)), mode="like"), "like must have shape of 4 axes, NCHW")
    refuses(lambda: B(X, scale_height=0.1, scale_width=1), "height and width must be such that")
    refuses(lambda: B(nd.ones((1, 1, 1, 1)), mode="to_even_down"), r"mode must be .*; got \(0, 0\)")


# UpSampling and Crop ----------------------------------------------------------------------------

def test_upsampling_repeats_pixels():
    y = nd.UpSampling(X, scale=2, sample_type="nearest", num_args=1).asnumpy()
    assert (y == X.asnumpy().repeat(2, 2).repeat(2, 3)).all()


def test_gradients_of_several_images_as_recorded_from_mxnet():
    images = [nd.ones((1, 1, 2, 2)), nd.ones((1, 1, 4, 4))]
    for image in images:
        image.attach_grad()
    with mx.autograd.record():
        y = nd.UpSampling(*images, scale=4, sample_type="nearest")
    y.backward(nd.arange(128).reshape(y.shape))
    assert images[0].grad.asnumpy().ravel().tolist() == [216, 280, 728, 792]
    assert images[1].grad.asnumpy().ravel().tolist() == [
        274, 282, 290, 298, 338, 346, 354, 362, 402, 410, 418, 426, 466, 474, 482, 490]


def test_the_weight_of_bilinear_upsampling_is_made_and_interpolates():
    net = mx.sym.UpSampling(mx.sym.var("d"), scale=2, sample_type="bilinear", num_filter=2,
                            name="up")
    assert net.list_arguments() == ["d", "up_weight"]
    assert net.infer_shape(d=(1, 2, 4, 5))[:2] == ([(1, 2, 4, 5), (2, 1, 4, 4)], [(1, 2, 8, 10)])
    assert net.attr_dict()["up_weight"]["__init__"] == '["bilinear", {}]'
    module = mx.mod.Module(net, ["d"], None)
    module.bind([("d", (1, 2, 4, 5))], for_training=False)
    module.init_params()
    ramp = np.broadcast_to(np.arange(5.0), (1, 2, 4, 5))
    module.forward(mx.io.DataBatch([nd.array(ramp)]))
    row = module.get_outputs()[0].asnumpy()[0, 0, 4]
    np.testing.assert_allclose(row[1:-1], np.arange(0.25, 4, 0.5), rtol=1e-6)


def test_variables_of_arrays_that_num_args_counts():
    a = mx.sym.var("a")
    assert mx.sym.Concat(a, num_args=3, name="c").list_arguments() == ["a", "c_arg1", "c_arg2"]
    assert mx.sym.Crop(a, num_args=2, name="c").list_arguments() == ["a", "c_arg1"]
    nearest = mx.sym.UpSampling(num_args=2, scale=2, sample_type="nearest", name="u")
    assert nearest.list_arguments() == ["u_arg0", "u_arg1"]
    finite = mx.sym.multi_all_finite(a, num_arrays=2, name="f")
    assert finite.list_arguments() == ["a", "f_array_1"]


def test_crop_takes_any_dtype_and_the_middle():
    x = X.astype("int32")
    y = nd.Crop(x, nd.ones((1, 5, 2, 3)), center_crop=True, offset=(9, 9))
    assert y.dtype == np.int32 and y.asnumpy().tolist() == [[[[7, 8, 9], [13, 14, 15]]]]


def test_errors_of_upsampling_and_crop():
    U = nd.UpSampling
    near = {"scale": 2, "sample_type": "nearest"}
    refuses(lambda: U(X, nd.ones((1, 2, 2, 3)), multi_input_mode="sum", **near),
            r"UpSampling: arg1 must have shape \(1, 1, h, w\) for multi_input_mode 'sum'; got")
    refuses(lambda: U(X, nd.ones((1, 2, 3, 3)), **near),
            r"arg1 must have shape \(1, C, h, w\), of which \(8, 12\) is a multiple; got \(1, 2, 3")
    refuses(lambda: U(X, nd.ones((1, 2, 8, 3)), **near), "arg1 must have shape")
    refuses(lambda: U(X, nd.ones((2, 2, 2, 3)), **near), "arg1 must have shape")
    refuses(lambda: U(nd.ones((1, 4, 6)), **near), "arg0 must have shape of 4 axes, NCHW")
    refuses(lambda: U(X, scale=0, sample_type="nearest"), "scale must be at least 1; got 0")
    bilinear = {"scale": 2, "sample_type": "bilinear"}
    refuses(lambda: U(X, num_filter=1, **bilinear), "the number of arrays must be 2, data and wei")
    refuses(lambda: U(X, nd.ones((1, 1, 4, 4)), **bilinear), "num_filter must be 1, the channels o")
    refuses(lambda: U(X, nd.ones((1, 1, 3, 3)), num_filter=1, **bilinear),
            r"weight must have shape \(1, 1, 4, 4\) for data .*; got \(1, 1, 3, 3\)")
    refuses(lambda: U(nd.ones((1, 1, 0, 4)), nd.ones((1, 1, 4, 4)), num_filter=1, **bilinear),
            "data must have shape without empty spatial axes")
    refuses(lambda: nd.Crop(X, h_w=(2, 3), offset=(3, 0)),
            r"Crop: offset and size must be within the image of \(4, 6\); got \(\(3, 0\), \(2")
    refuses(lambda: nd.Crop(X), "h_w must be given, at least 1, where there is no second array")
    refuses(lambda: nd.Crop(X, h_w=(2,)), "h_w must be 2 integers of at least 0")
    refuses(lambda: nd.Crop(X, X, X), "the number of arrays must be 1 or 2; got 3")
    refuses(lambda: nd.Crop(nd.ones((3, 3)), h_w=(1, 1)), "arg0 must have shape of 4 axes, NCHW")
