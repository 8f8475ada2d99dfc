"""Every operator as a function of arrays. Written by tools/gen_stubs.py: do not edit."""

from collections.abc import Sequence
from typing import Any

from ..context import Context
from .ndarray import NDArray

_Ints = int | Sequence[int]

def Activation(data: NDArray, act_type: str, *,
               out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """An activation by name; the shape stays. softmax, over the last axis, is mxlite's addition."""

def BatchNorm(data: NDArray, gamma: NDArray, beta: NDArray, moving_mean: NDArray,
              moving_var: NDArray, eps: float = 0.001, momentum: float = 0.9,
              fix_gamma: bool = True, use_global_stats: bool = False,
              output_mean_var: bool = False, axis: int = 1, cudnn_off: bool = False,
              min_calib_range: float | None = None, max_calib_range: float | None = None, *,
              out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> Any:
    """out = (data - mean) / sqrt(var + eps) * gamma + beta, with one mean, ... per channel (C,)."""

def BatchNorm_v1(data: NDArray, gamma: NDArray, beta: NDArray, moving_mean: NDArray,
                 moving_var: NDArray, eps: float = 0.001, momentum: float = 0.9,
                 fix_gamma: bool = True, use_global_stats: bool = False,
                 output_mean_var: bool = False, *,
                 out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> Any:
    """BatchNorm over axis 1, as it was first; with output_mean_var also mean and variance."""

def BilinearSampler(data: NDArray, grid: NDArray, cudnn_off: bool | None = None, *,
                    out: NDArray | Sequence[NDArray] | None = None,
                    name: str | None = None) -> NDArray:
    """data (N, C, H, W) read at the places of grid (N, 2, OH, OW) -> (N, C, OH, OW)."""

def BlockGrad(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
              name: str | None = None) -> NDArray:
    """A copy of data through which no gradient flows."""

def CTCLoss(data: NDArray, label: NDArray, data_lengths: NDArray | None = None,
            label_lengths: NDArray | None = None, use_data_lengths: bool = False,
            use_label_lengths: bool = False, blank_label: str = 'first', *,
            out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """-log of the probability of the labels under data, whatever their alignment: (N,)."""

def Cast(data: NDArray, dtype: Any, *, out: NDArray | Sequence[NDArray] | None = None,
         name: str | None = None) -> NDArray:
    """data in another dtype. Floats become integers by dropping the fraction, bools by != 0."""

def Concat(*data: NDArray | Sequence[NDArray], dim: int = 1,
           out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """The arrays joined along axis `dim`; their other axes are equal."""

def Convolution(data: NDArray, weight: NDArray, bias: NDArray | None = None,
                kernel: _Ints | str = ..., stride: _Ints | str = (),
                dilate: _Ints | str = (), pad: _Ints | str = (), num_filter: int = ...,
                num_group: int = 1, workspace: int = 1024, no_bias: bool = False,
                cudnn_tune: str | None = None, cudnn_off: bool = False,
                layout: str | None = None, *,
                out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """data (N, C, *size), weight (F, C / num_group, *kernel), bias (F) -> (N, F, *out)."""

def Convolution_v1(data: NDArray, weight: NDArray, bias: NDArray | None = None,
                   kernel: _Ints | str = ..., stride: _Ints | str = (),
                   dilate: _Ints | str = (), pad: _Ints | str = (),
                   num_filter: int = ..., num_group: int = 1, workspace: int = 1024,
                   no_bias: bool = False, cudnn_tune: str | None = None,
                   cudnn_off: bool = False, layout: str | None = None, *,
                   out: NDArray | Sequence[NDArray] | None = None,
                   name: str | None = None) -> NDArray:
    """The same as Convolution."""

def Correlation(data1: NDArray, data2: NDArray, kernel_size: int = 1,
                max_displacement: int = 1, stride1: int = 1, stride2: int = 1,
                pad_size: int = 0, is_multiply: bool = True, *,
                out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """Means of products of patches: data1, data2 (N, C, H, W) -> (N, moves^2, OH, OW)."""

def Crop(*data: NDArray | Sequence[NDArray], offset: _Ints | str = (0, 0),
         h_w: _Ints | str = (0, 0), center_crop: bool = False,
         out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """The rectangle of data (N, C, H, W) with height and width h_w that begins at offset."""

def Deconvolution(data: NDArray, weight: NDArray, bias: NDArray | None = None,
                  kernel: _Ints | str = ..., stride: _Ints | str = (),
                  dilate: _Ints | str = (), pad: _Ints | str = (),
                  adj: _Ints | str = (), target_shape: _Ints | str = (),
                  num_filter: int = ..., num_group: int = 1, workspace: int = 512,
                  no_bias: bool = True, cudnn_tune: str | None = None,
                  cudnn_off: bool = False, layout: str | None = None, *,
                  out: NDArray | Sequence[NDArray] | None = None,
                  name: str | None = None) -> NDArray:
    """data (N, C, *size), weight (C, num_filter / num_group, *kernel), bias (num_filter)."""

def Dropout(data: NDArray, p: float = 0.5, mode: str = 'training',
            axes: _Ints | str = (), cudnn_off: bool | None = False, *,
            out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """out = data * mask, mask 0 with probability p and 1 / (1 - p) otherwise."""

def ElementWiseSum(*args: NDArray | Sequence[NDArray],
                   out: NDArray | Sequence[NDArray] | None = None,
                   name: str | None = None) -> NDArray:
    """The sum of arrays of one shape: add_n(a, b, c) = a + b + c."""

def Embedding(data: NDArray, weight: NDArray, input_dim: int, output_dim: int,
              dtype: Any = 'float32', sparse_grad: bool = False, *,
              out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """The rows of weight (input_dim, output_dim) at data: shape data.shape + (output_dim,)."""

def Flatten(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
            name: str | None = None) -> NDArray:
    """data (N, ...) -> (N, the rest joined)."""

def FullyConnected(data: NDArray, weight: NDArray, bias: NDArray | None = None,
                   num_hidden: int = ..., no_bias: bool = False, flatten: bool = True,
                   *, out: NDArray | Sequence[NDArray] | None = None,
                   name: str | None = None) -> NDArray:
    """data @ weight.T + bias: data (N, I), weight (num_hidden, I), bias (num_hidden)."""

def GridGenerator(data: NDArray, transform_type: str,
                  target_shape: _Ints | str = (0, 0), *,
                  out: NDArray | Sequence[NDArray] | None = None,
                  name: str | None = None) -> NDArray:
    """Places for BilinearSampler: (N, 2, H, W), x and y from -1 to 1."""

def GroupNorm(data: NDArray, gamma: NDArray, beta: NDArray, num_groups: int = 1,
              eps: float = 1e-05, output_mean_var: bool = False, *,
              out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> Any:
    """out = (data - mean) / sqrt(var + eps) * gamma + beta, for each group of each instance."""

def IdentityAttachKLSparseReg(data: NDArray, moving_avg: NDArray,
                              sparseness_target: float = 0.1, penalty: float = 0.001,
                              momentum: float = 0.9, *,
                              out: NDArray | Sequence[NDArray] | None = None,
                              name: str | None = None) -> NDArray:
    """data (N, C, *), whose gradient gets a penalty for the divergence of its means from a target."""

def InstanceNorm(data: NDArray, gamma: NDArray, beta: NDArray, eps: float = 0.001, *,
                 out: NDArray | Sequence[NDArray] | None = None,
                 name: str | None = None) -> NDArray:
    """out = (data - mean) / sqrt(var + eps) * gamma + beta, for each channel of each instance."""

def L2Normalization(data: NDArray, eps: float = 1e-10, mode: str = 'instance', *,
                    out: NDArray | Sequence[NDArray] | None = None,
                    name: str | None = None) -> NDArray:
    """out = data / sqrt(sum(data^2) + eps), shape and dtype stay."""

def LRN(data: NDArray, alpha: float = 0.0001, beta: float = 0.75, knorm: float = 2.0,
        nsize: int = ..., *, out: NDArray | Sequence[NDArray] | None = None,
        name: str | None = None) -> NDArray:
    """data / norm ** beta, norm = knorm + alpha / nsize * sum of data ** 2 over nsize channels."""

def LayerNorm(data: NDArray, gamma: NDArray, beta: NDArray, axis: int = -1,
              eps: float = 1e-05, output_mean_var: bool = False, *,
              out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> Any:
    """out = (data - mean) / sqrt(var + eps) * gamma + beta, mean and var along `axis`."""

def LeakyReLU(data: NDArray, gamma: NDArray | None = None, act_type: str = 'leaky',
              slope: float = 0.25, lower_bound: float = 0.125, upper_bound: float = 0.334,
              *, out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> Any:
    """A rectifier that lets something through below 0, by name; shape and dtype stay."""

def LinearRegressionOutput(data: NDArray, label: NDArray, grad_scale: float = 1.0, *,
                           out: NDArray | Sequence[NDArray] | None = None,
                           name: str | None = None) -> NDArray:
    """data, with the gradient of half the squared error, whatever dy is: (data - label)."""

def LogisticRegressionOutput(data: NDArray, label: NDArray, grad_scale: float = 1.0, *,
                             out: NDArray | Sequence[NDArray] | None = None,
                             name: str | None = None) -> NDArray:
    """sigmoid(data), with the gradient of the cross entropy: (out - label)."""

def MAERegressionOutput(data: NDArray, label: NDArray, grad_scale: float = 1.0, *,
                        out: NDArray | Sequence[NDArray] | None = None,
                        name: str | None = None) -> NDArray:
    """data, with the gradient of the absolute error: 1 where data > label, else -1."""

def MakeLoss(data: NDArray, grad_scale: float = 1.0, valid_thresh: float = 0.0,
             normalization: str = 'null', *,
             out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """A copy of data whose gradient is grad_scale, whatever arrives from above."""

def Pad(data: NDArray, mode: str, pad_width: _Ints | str, constant_value: float = 0.0,
        *, out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """data with pad_width[2i] items before and pad_width[2i + 1] behind axis i."""

def Pooling(data: NDArray, kernel: _Ints | str = (), pool_type: str = 'max',
            global_pool: bool = False, cudnn_off: bool = False,
            pooling_convention: str = 'valid', stride: _Ints | str = (),
            pad: _Ints | str = (), p_value: int | None = None,
            count_include_pad: bool | None = None, layout: str | None = None, *,
            out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """Pooling over the last 1, 2 or 3 axes: data (N, C, *size) -> (N, C, *out)."""

def Pooling_v1(data: NDArray, kernel: _Ints | str = (), pool_type: str = 'max',
               global_pool: bool = False, pooling_convention: str = 'valid',
               stride: _Ints | str = (), pad: _Ints | str = (), *,
               out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """Pooling over the last two axes of data (N, C, H, W), as it was first."""

def RNN(data: NDArray, parameters: NDArray, state: NDArray,
        state_cell: NDArray | None = None, sequence_length: NDArray | None = None,
        state_size: int = ..., num_layers: int = ..., bidirectional: bool = False,
        mode: str = ..., p: float = 0.0, state_outputs: bool = False,
        projection_size: int | None = None, lstm_state_clip_min: float | None = None,
        lstm_state_clip_max: float | None = None, lstm_state_clip_nan: bool = False,
        use_sequence_length: bool = False, *,
        out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> Any:
    """Recurrent layers on data (T, N, C): T steps of N sequences -> (T, N, D * state_size)."""

def ROIPooling(data: NDArray, rois: NDArray, pooled_size: _Ints | str,
               spatial_scale: float, *, out: NDArray | Sequence[NDArray] | None = None,
               name: str | None = None) -> NDArray:
    """Max pooling of regions: data (N, C, H, W), rois (R, 5) -> (R, C, *pooled_size)."""

def Reshape(data: NDArray, shape: _Ints | str = (), reverse: bool = False,
            target_shape: _Ints | str = (), keep_highest: bool = False, *,
            out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """data with another shape; a copy, where the method x.reshape(shape) is a view."""

def SVMOutput(data: NDArray, label: NDArray, margin: float = 1.0,
              regularization_coefficient: float = 1.0, use_linear: bool = False, *,
              out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """data (*, K) with the gradient of hinge losses against `label` (*), whatever dy is."""

def SequenceLast(data: NDArray, sequence_length: NDArray | None = None,
                 use_sequence_length: bool = False, axis: int = 0, *,
                 out: NDArray | Sequence[NDArray] | None = None,
                 name: str | None = None) -> NDArray:
    """The last item of each sequence: (N, ...); zeros of one without items. Lengths must be in"""

def SequenceMask(data: NDArray, sequence_length: NDArray | None = None,
                 use_sequence_length: bool = False, value: float = 0.0, axis: int = 0,
                 *, out: NDArray | Sequence[NDArray] | None = None,
                 name: str | None = None) -> NDArray:
    """data with the items of each sequence from its length on replaced by value."""

def SequenceReverse(data: NDArray, sequence_length: NDArray | None = None,
                    use_sequence_length: bool = False, axis: int = 0, *,
                    out: NDArray | Sequence[NDArray] | None = None,
                    name: str | None = None) -> NDArray:
    """data with each sequence in reverse order up to its length."""

def SliceChannel(data: NDArray, num_outputs: int, axis: int = 1, squeeze_axis: bool = False,
                 *, out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> Any:
    """data cut into num_outputs equal parts along axis; squeeze_axis leaves the axis out."""

def Softmax(data: NDArray, label: NDArray, grad_scale: float = 1.0,
            ignore_label: float = -1.0, multi_output: bool = False,
            use_ignore: bool = False, preserve_shape: bool = False,
            normalization: str = 'null', out_grad: bool = False,
            smooth_alpha: float = 0.0, *,
            out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """softmax(data) with the gradient of the cross entropy to `label`, whatever dy is:"""

def SoftmaxActivation(data: NDArray, mode: str = 'instance', *,
                      out: NDArray | Sequence[NDArray] | None = None,
                      name: str | None = None) -> NDArray:
    """softmax over the last axis, or in mode 'channel' over the channels, axis 1."""

def SoftmaxOutput(data: NDArray, label: NDArray, grad_scale: float = 1.0,
                  ignore_label: float = -1.0, multi_output: bool = False,
                  use_ignore: bool = False, preserve_shape: bool = False,
                  normalization: str = 'null', out_grad: bool = False,
                  smooth_alpha: float = 0.0, *,
                  out: NDArray | Sequence[NDArray] | None = None,
                  name: str | None = None) -> NDArray:
    """softmax(data) with the gradient of the cross entropy to `label`, whatever dy is:"""

def SpatialTransformer(data: NDArray, loc: NDArray, target_shape: _Ints | str = (0, 0),
                       transform_type: str = ..., sampler_type: str = ...,
                       cudnn_off: bool | None = None, *,
                       out: NDArray | Sequence[NDArray] | None = None,
                       name: str | None = None) -> NDArray:
    """data (N, C, H, W) read at places that matrices loc (N, 6) give -> (N, C, *target_shape)."""

def SwapAxis(data: NDArray, dim1: int = 0, dim2: int = 0, *,
             out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """data with axes dim1 and dim2 exchanged."""

def UpSampling(*data: NDArray | Sequence[NDArray], scale: int, num_filter: int = 0,
               sample_type: str = ..., multi_input_mode: str = 'concat',
               workspace: int = 512, out: NDArray | Sequence[NDArray] | None = None,
               name: str | None = None) -> NDArray:
    """Images (N, C, H, W) enlarged to (N, C, scale * H, scale * W)."""

def abs(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
        name: str | None = None) -> NDArray:
    """abs(x) = |x|, element by element; shape and dtype stay."""

def adam_update(weight: NDArray, grad: NDArray, mean: NDArray, var: NDArray, lr: float,
                beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-08,
                wd: float = 0.0, rescale_grad: float = 1.0, clip_gradient: float = -1.0,
                lazy_update: bool = True, *,
                out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """With g = clip(rescale_grad * grad + wd * weight):"""

def add_n(*args: NDArray | Sequence[NDArray],
          out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """The sum of arrays of one shape: add_n(a, b, c) = a + b + c."""

def all_finite(data: NDArray, init_output: bool = True, *,
               out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """float32 (1,): 1 if all values of data are finite, else 0."""

def amp_cast(data: NDArray, dtype: Any, *,
             out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """data of float16, bfloat16 or float32 in another of them; other dtypes stay as they are."""

def amp_multicast(*data: NDArray | Sequence[NDArray], num_outputs: int,
                  cast_narrow: bool = False, out: NDArray | Sequence[NDArray] | None = None,
                  name: str | None = None) -> Any:
    """Each array of float16, bfloat16 or float32 in the widest dtype of these that there is among"""

def arccos(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
           name: str | None = None) -> NDArray:
    """arccos(x) = arccos x, element by element; shape and dtype stay."""

def arccosh(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
            name: str | None = None) -> NDArray:
    """arccosh(x) = arcosh x, element by element; shape and dtype stay."""

def arcsin(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
           name: str | None = None) -> NDArray:
    """arcsin(x) = arcsin x, element by element; shape and dtype stay."""

def arcsinh(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
            name: str | None = None) -> NDArray:
    """arcsinh(x) = arsinh x, element by element; shape and dtype stay."""

def arctan(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
           name: str | None = None) -> NDArray:
    """arctan(x) = arctan x, element by element; shape and dtype stay."""

def arctanh(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
            name: str | None = None) -> NDArray:
    """arctanh(x) = artanh x, element by element; shape and dtype stay."""

def argmax(data: NDArray, axis: int | None = None, keepdims: bool = False, *,
           out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """Index of the first largest element along an axis."""

def argmax_channel(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
                   name: str | None = None) -> NDArray:
    """Index of the first largest element along axis 1: data (N, C, *) -> (N, *)."""

def argmin(data: NDArray, axis: int | None = None, keepdims: bool = False, *,
           out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """Index of the first smallest element along an axis."""

def argsort(data: NDArray, axis: int | None = -1, is_ascend: bool = True,
            dtype: Any = 'float32', *, out: NDArray | Sequence[NDArray] | None = None,
            name: str | None = None) -> NDArray:
    """Where the items along axis come from in sorted order; axis None: of the flattened data."""

def batch_dot(lhs: NDArray, rhs: NDArray, transpose_a: bool = False,
              transpose_b: bool = False, forward_stype: str | None = None, *,
              out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """lhs[b] (M, K) @ rhs[b] (K, N) for all b: (*batch, M, K), (*batch, K, N) -> (*batch, M, N)."""

def batch_norm(data: NDArray, gamma: NDArray, beta: NDArray, moving_mean: NDArray,
               moving_var: NDArray, eps: float = 0.001, momentum: float = 0.9,
               fix_gamma: bool = True, use_global_stats: bool = False,
               output_mean_var: bool = False, axis: int = 1, cudnn_off: bool = False,
               min_calib_range: float | None = None, max_calib_range: float | None = None,
               *, out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> Any:
    """out = (data - mean) / sqrt(var + eps) * gamma + beta, with one mean, ... per channel (C,)."""

def batch_take(a: NDArray, indices: NDArray, *,
               out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """y[i] = a[i, indices[i]] for a (N, K), indices (N,); indices outside are clipped."""

def broadcast_add(lhs: NDArray, rhs: NDArray, *,
                  out: NDArray | Sequence[NDArray] | None = None,
                  name: str | None = None) -> NDArray:
    """lhs + rhs, element by element, shapes broadcast: lhs (2, 1), rhs (3,) -> (2, 3)."""

def broadcast_axes(data: NDArray, axis: _Ints | str = (), size: _Ints | str = (), *,
                   out: NDArray | Sequence[NDArray] | None = None,
                   name: str | None = None) -> NDArray:
    """data with each of `axis`, of length 1, repeated `size` times."""

def broadcast_axis(data: NDArray, axis: _Ints | str = (), size: _Ints | str = (), *,
                   out: NDArray | Sequence[NDArray] | None = None,
                   name: str | None = None) -> NDArray:
    """data with each of `axis`, of length 1, repeated `size` times."""

def broadcast_div(lhs: NDArray, rhs: NDArray, *,
                  out: NDArray | Sequence[NDArray] | None = None,
                  name: str | None = None) -> NDArray:
    """lhs / rhs, element by element, shapes broadcast: lhs (2, 1), rhs (3,) -> (2, 3)."""

def broadcast_equal(lhs: NDArray, rhs: NDArray, *,
                    out: NDArray | Sequence[NDArray] | None = None,
                    name: str | None = None) -> NDArray:
    """1 where lhs = rhs, else 0, element by element, shapes broadcast: lhs (2, 1), rhs (3,) -> (2, 3)."""

def broadcast_floor_div(lhs: NDArray, rhs: NDArray, *,
                        out: NDArray | Sequence[NDArray] | None = None,
                        name: str | None = None) -> NDArray:
    """lhs / rhs rounded down, as Python's //, element by element, shapes broadcast: lhs (2, 1), rhs (3,) -> (2, 3)."""

def broadcast_greater(lhs: NDArray, rhs: NDArray, *,
                      out: NDArray | Sequence[NDArray] | None = None,
                      name: str | None = None) -> NDArray:
    """1 where lhs > rhs, else 0, element by element, shapes broadcast: lhs (2, 1), rhs (3,) -> (2, 3)."""

def broadcast_greater_equal(lhs: NDArray, rhs: NDArray, *,
                            out: NDArray | Sequence[NDArray] | None = None,
                            name: str | None = None) -> NDArray:
    """1 where lhs >= rhs, else 0, element by element, shapes broadcast: lhs (2, 1), rhs (3,) -> (2, 3)."""

def broadcast_hypot(lhs: NDArray, rhs: NDArray, *,
                    out: NDArray | Sequence[NDArray] | None = None,
                    name: str | None = None) -> NDArray:
    """sqrt(lhs^2 + rhs^2), element by element, shapes broadcast: lhs (2, 1), rhs (3,) -> (2, 3)."""

def broadcast_lesser(lhs: NDArray, rhs: NDArray, *,
                     out: NDArray | Sequence[NDArray] | None = None,
                     name: str | None = None) -> NDArray:
    """1 where lhs < rhs, else 0, element by element, shapes broadcast: lhs (2, 1), rhs (3,) -> (2, 3)."""

def broadcast_lesser_equal(lhs: NDArray, rhs: NDArray, *,
                           out: NDArray | Sequence[NDArray] | None = None,
                           name: str | None = None) -> NDArray:
    """1 where lhs <= rhs, else 0, element by element, shapes broadcast: lhs (2, 1), rhs (3,) -> (2, 3)."""

def broadcast_like(lhs: NDArray, rhs: NDArray, lhs_axes: _Ints | str | None = None,
                   rhs_axes: _Ints | str | None = None, *,
                   out: NDArray | Sequence[NDArray] | None = None,
                   name: str | None = None) -> NDArray:
    """lhs with its axes of length 1 repeated as in rhs; lhs_axes[i] follows rhs_axes[i]."""

def broadcast_logical_and(lhs: NDArray, rhs: NDArray, *,
                          out: NDArray | Sequence[NDArray] | None = None,
                          name: str | None = None) -> NDArray:
    """1 where both are not 0, else 0, element by element, shapes broadcast: lhs (2, 1), rhs (3,) -> (2, 3)."""

def broadcast_logical_or(lhs: NDArray, rhs: NDArray, *,
                         out: NDArray | Sequence[NDArray] | None = None,
                         name: str | None = None) -> NDArray:
    """1 where one is not 0, else 0, element by element, shapes broadcast: lhs (2, 1), rhs (3,) -> (2, 3)."""

def broadcast_logical_xor(lhs: NDArray, rhs: NDArray, *,
                          out: NDArray | Sequence[NDArray] | None = None,
                          name: str | None = None) -> NDArray:
    """1 where just one is not 0, else 0, element by element, shapes broadcast: lhs (2, 1), rhs (3,) -> (2, 3)."""

def broadcast_maximum(lhs: NDArray, rhs: NDArray, *,
                      out: NDArray | Sequence[NDArray] | None = None,
                      name: str | None = None) -> NDArray:
    """the larger one, element by element, shapes broadcast: lhs (2, 1), rhs (3,) -> (2, 3)."""

def broadcast_minimum(lhs: NDArray, rhs: NDArray, *,
                      out: NDArray | Sequence[NDArray] | None = None,
                      name: str | None = None) -> NDArray:
    """the smaller one, element by element, shapes broadcast: lhs (2, 1), rhs (3,) -> (2, 3)."""

def broadcast_minus(lhs: NDArray, rhs: NDArray, *,
                    out: NDArray | Sequence[NDArray] | None = None,
                    name: str | None = None) -> NDArray:
    """lhs - rhs, element by element, shapes broadcast: lhs (2, 1), rhs (3,) -> (2, 3)."""

def broadcast_mod(lhs: NDArray, rhs: NDArray, *,
                  out: NDArray | Sequence[NDArray] | None = None,
                  name: str | None = None) -> NDArray:
    """the remainder of lhs / rhs, with the sign of rhs, element by element, shapes broadcast: lhs (2, 1), rhs (3,) -> (2, 3)."""

def broadcast_mul(lhs: NDArray, rhs: NDArray, *,
                  out: NDArray | Sequence[NDArray] | None = None,
                  name: str | None = None) -> NDArray:
    """lhs * rhs, element by element, shapes broadcast: lhs (2, 1), rhs (3,) -> (2, 3)."""

def broadcast_not_equal(lhs: NDArray, rhs: NDArray, *,
                        out: NDArray | Sequence[NDArray] | None = None,
                        name: str | None = None) -> NDArray:
    """1 where lhs and rhs differ, else 0, element by element, shapes broadcast: lhs (2, 1), rhs (3,) -> (2, 3)."""

def broadcast_plus(lhs: NDArray, rhs: NDArray, *,
                   out: NDArray | Sequence[NDArray] | None = None,
                   name: str | None = None) -> NDArray:
    """lhs + rhs, element by element, shapes broadcast: lhs (2, 1), rhs (3,) -> (2, 3)."""

def broadcast_power(lhs: NDArray, rhs: NDArray, *,
                    out: NDArray | Sequence[NDArray] | None = None,
                    name: str | None = None) -> NDArray:
    """lhs to the power of rhs, element by element, shapes broadcast: lhs (2, 1), rhs (3,) -> (2, 3)."""

def broadcast_sub(lhs: NDArray, rhs: NDArray, *,
                  out: NDArray | Sequence[NDArray] | None = None,
                  name: str | None = None) -> NDArray:
    """lhs - rhs, element by element, shapes broadcast: lhs (2, 1), rhs (3,) -> (2, 3)."""

def broadcast_to(data: NDArray, shape: _Ints | str = (), *,
                 out: NDArray | Sequence[NDArray] | None = None,
                 name: str | None = None) -> NDArray:
    """data with its axes of length 1 repeated to `shape`; 0 in shape keeps data's length."""

def cast(data: NDArray, dtype: Any, *, out: NDArray | Sequence[NDArray] | None = None,
         name: str | None = None) -> NDArray:
    """data in another dtype. Floats become integers by dropping the fraction, bools by != 0."""

def cast_storage(data: NDArray, stype: str, *,
                 out: NDArray | Sequence[NDArray] | None = None,
                 name: str | None = None) -> NDArray:
    """data in another storage type: default, row_sparse or csr; from default to any, and back."""

def cbrt(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
         name: str | None = None) -> NDArray:
    """cbrt(x) = x^(1/3), element by element; shape and dtype stay."""

def ceil(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
         name: str | None = None) -> NDArray:
    """ceil(x) = the least integer not below x, element by element; shape and dtype stay."""

def choose_element_0index(data: NDArray, index: NDArray, axis: int = -1,
                          keepdims: bool = False, mode: str = 'clip', *,
                          out: NDArray | Sequence[NDArray] | None = None,
                          name: str | None = None) -> NDArray:
    """One item of each vector along axis: y[i] = data[i, index[i]]; index has the other axes."""

def clip(data: NDArray, a_min: float = ..., a_max: float = ..., *,
         out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """data with values below a_min raised to it and values above a_max lowered to it."""

def col2im(data: NDArray, output_size: _Ints | str, kernel: _Ints | str,
           stride: _Ints | str = (), dilate: _Ints | str = (), pad: _Ints | str = (), *,
           out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """data (N, C * prod(kernel), W) -> (N, C, *output_size): columns added up where they came from."""

def concat(*data: NDArray | Sequence[NDArray], dim: int = 1,
           out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """The arrays joined along axis `dim`; their other axes are equal."""

def convolution(data: NDArray, weight: NDArray, bias: NDArray | None = None,
                kernel: _Ints | str = ..., stride: _Ints | str = (),
                dilate: _Ints | str = (), pad: _Ints | str = (), num_filter: int = ...,
                num_group: int = 1, workspace: int = 1024, no_bias: bool = False,
                cudnn_tune: str | None = None, cudnn_off: bool = False,
                layout: str | None = None, *,
                out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """data (N, C, *size), weight (F, C / num_group, *kernel), bias (F) -> (N, F, *out)."""

def cos(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
        name: str | None = None) -> NDArray:
    """cos(x) = cos x, x in radians, element by element; shape and dtype stay."""

def cosh(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
         name: str | None = None) -> NDArray:
    """cosh(x) = cosh x, element by element; shape and dtype stay."""

def crop(data: NDArray, begin: int | Sequence[int | None] | None,
         end: int | Sequence[int | None] | None,
         step: int | Sequence[int | None] | None = (), *,
         out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """data[begin[0]:end[0]:step[0], begin[1]:end[1]:step[1], ...]."""

def ctc_loss(data: NDArray, label: NDArray, data_lengths: NDArray | None = None,
             label_lengths: NDArray | None = None, use_data_lengths: bool = False,
             use_label_lengths: bool = False, blank_label: str = 'first', *,
             out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """-log of the probability of the labels under data, whatever their alignment: (N,)."""

def cumsum(a: NDArray, axis: int | None = None, dtype: Any = None, *,
           out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """The sums of the items of `a` up to each one along axis; axis None: of the flattened `a`."""

def degrees(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
            name: str | None = None) -> NDArray:
    """degrees(x) = 180 x / pi, element by element; shape and dtype stay."""

def depth_to_space(data: NDArray, block_size: int, *,
                   out: NDArray | Sequence[NDArray] | None = None,
                   name: str | None = None) -> NDArray:
    """data (N, b*b*C, H, W) -> (N, C, H*b, W*b): channels spread over blocks of pixels."""

def diag(data: NDArray, k: int = 0, axis1: int = 0, axis2: int = 1, *,
         out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """The k-th diagonal over axis1 and axis2 as the last axis; of a vector: the matrix with it."""

def digamma(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
            name: str | None = None) -> NDArray:
    """digamma(x) = the derivative of ln gamma(x), element by element; shape and dtype stay."""

def dot(lhs: NDArray, rhs: NDArray, transpose_a: bool = False,
        transpose_b: bool = False, forward_stype: str | None = None, *,
        out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """The last axis of lhs (..., K) with the first of rhs (K, ...), summed over."""

def elemwise_add(lhs: NDArray, rhs: NDArray, *,
                 out: NDArray | Sequence[NDArray] | None = None,
                 name: str | None = None) -> NDArray:
    """lhs + rhs, element by element, for arrays of one shape."""

def elemwise_div(lhs: NDArray, rhs: NDArray, *,
                 out: NDArray | Sequence[NDArray] | None = None,
                 name: str | None = None) -> NDArray:
    """lhs / rhs, element by element, for arrays of one shape."""

def elemwise_mul(lhs: NDArray, rhs: NDArray, *,
                 out: NDArray | Sequence[NDArray] | None = None,
                 name: str | None = None) -> NDArray:
    """lhs * rhs, element by element, for arrays of one shape."""

def elemwise_sub(lhs: NDArray, rhs: NDArray, *,
                 out: NDArray | Sequence[NDArray] | None = None,
                 name: str | None = None) -> NDArray:
    """lhs - rhs, element by element, for arrays of one shape."""

def erf(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
        name: str | None = None) -> NDArray:
    """erf(x) = the error function, element by element; shape and dtype stay."""

def erfinv(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
           name: str | None = None) -> NDArray:
    """erfinv(x) = the inverse of the error function, element by element; shape and dtype stay."""

def exp(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
        name: str | None = None) -> NDArray:
    """exp(x) = e^x, element by element; shape and dtype stay."""

def expand_dims(data: NDArray, axis: int, *,
                out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """data with a new axis of length 1 at `axis`."""

def expm1(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
          name: str | None = None) -> NDArray:
    """expm1(x) = e^x - 1, element by element; shape and dtype stay."""

def fill_element_0index(lhs: NDArray, mhs: NDArray, rhs: NDArray, *,
                        out: NDArray | Sequence[NDArray] | None = None,
                        name: str | None = None) -> NDArray:
    """lhs (N, K) with lhs[i, rhs[i]] replaced by mhs[i]; mhs and rhs (N,)."""

def fix(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
        name: str | None = None) -> NDArray:
    """fix(x) = x rounded towards 0, element by element; shape and dtype stay."""

def flatten(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
            name: str | None = None) -> NDArray:
    """data (N, ...) -> (N, the rest joined)."""

def flip(data: NDArray, axis: _Ints | str, *,
         out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """data with the items along `axis` in reverse order."""

def floor(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
          name: str | None = None) -> NDArray:
    """floor(x) = the greatest integer not above x, element by element; shape and dtype stay."""

def ftml_update(weight: NDArray, grad: NDArray, d: NDArray, v: NDArray, z: NDArray,
                lr: float, beta1: float = 0.6, beta2: float = 0.999,
                epsilon: float = 1e-08, t: float = ..., wd: float = 0.0,
                rescale_grad: float = 1.0, clip_grad: float = -1.0, *,
                out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """With g = clip(rescale_grad * grad + wd * weight), b1 = 1 - beta1^t, b2 = 1 - beta2^t:"""

def ftrl_update(weight: NDArray, grad: NDArray, z: NDArray, n: NDArray, lr: float,
                lamda1: float = 0.01, beta: float = 1.0, wd: float = 0.0,
                rescale_grad: float = 1.0, clip_gradient: float = -1.0, *,
                out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """z += g - (sqrt(n + g^2) - sqrt(n)) * weight / lr; n += g^2;"""

def gamma(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
          name: str | None = None) -> NDArray:
    """gamma(x) = the gamma function, element by element; shape and dtype stay."""

def gammaln(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
            name: str | None = None) -> NDArray:
    """gammaln(x) = ln |gamma(x)|, element by element; shape and dtype stay."""

def gather_nd(data: NDArray, indices: NDArray, *,
              out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """y[...] = data[indices[0, ...], ..., indices[D - 1, ...]]: (..., the rest of data's axes)."""

def hard_sigmoid(data: NDArray, alpha: float = 0.2, beta: float = 0.5, *,
                 out: NDArray | Sequence[NDArray] | None = None,
                 name: str | None = None) -> NDArray:
    """min(max(alpha x + beta, 0), 1)."""

def identity(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
             name: str | None = None) -> NDArray:
    """A copy of data."""

def im2col(data: NDArray, kernel: _Ints | str, stride: _Ints | str = (),
           dilate: _Ints | str = (), pad: _Ints | str = (), *,
           out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """data (N, C, *size) -> (N, C * prod(kernel), W): the W windows, each as a column."""

def isfinite(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
             name: str | None = None) -> NDArray:
    """isfinite(x) = 1 where x is finite, else 0, element by element; shape and dtype stay."""

def isinf(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
          name: str | None = None) -> NDArray:
    """isinf(x) = 1 where x is infinite, else 0, element by element; shape and dtype stay."""

def isnan(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
          name: str | None = None) -> NDArray:
    """isnan(x) = 1 where x is not a number, else 0, element by element; shape and dtype stay."""

def khatri_rao(*args: NDArray | Sequence[NDArray],
               out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """The outer products of the columns: (M1, N), (M2, N), ... -> (M1 M2 ..., N)."""

def lamb_update_phase1(weight: NDArray, grad: NDArray, mean: NDArray, var: NDArray,
                       beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-06,
                       t: float = ..., bias_correction: bool = True, wd: float = ...,
                       rescale_grad: float = 1.0, clip_gradient: float = -1.0, *,
                       out: NDArray | Sequence[NDArray] | None = None,
                       name: str | None = None) -> NDArray:
    """The step that LAMB scales: mean = beta1 * mean + (1 - beta1) * g;"""

def lamb_update_phase2(weight: NDArray, g: NDArray, r1: NDArray, r2: NDArray, lr: float,
                       lower_bound: float = -1.0, upper_bound: float = -1.0, *,
                       out: NDArray | Sequence[NDArray] | None = None,
                       name: str | None = None) -> NDArray:
    """out = weight - lr * ratio * g: ratio is r1 / r2, or 1 where one of them is 0."""

def linalg_det(A: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
               name: str | None = None) -> NDArray:
    """The determinant of each matrix: (*batch, n, n) -> (*batch)."""

def linalg_extractdiag(A: NDArray, offset: int = 0, *,
                       out: NDArray | Sequence[NDArray] | None = None,
                       name: str | None = None) -> NDArray:
    """A diagonal of each matrix: (*batch, n, n) -> (*batch, n - |offset|)."""

def linalg_extracttrian(A: NDArray, offset: int = 0, lower: bool = True, *,
                        out: NDArray | Sequence[NDArray] | None = None,
                        name: str | None = None) -> NDArray:
    """A triangle of each matrix, row by row: (*batch, n, n) -> (*batch, m (m + 1) / 2)."""

def linalg_gelqf(A: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
                 name: str | None = None) -> list[NDArray]:
    """Q and L with A = L @ Q: (*batch, m, n), m <= n -> (*batch, m, n), (*batch, m, m)."""

def linalg_gemm(A: NDArray, B: NDArray, C: NDArray, transpose_a: bool = False,
                transpose_b: bool = False, alpha: float = 1.0, beta: float = 1.0,
                axis: int = -2, *, out: NDArray | Sequence[NDArray] | None = None,
                name: str | None = None) -> NDArray:
    """alpha op(A) @ op(B) + beta C, matrix by matrix."""

def linalg_gemm2(A: NDArray, B: NDArray, transpose_a: bool = False,
                 transpose_b: bool = False, alpha: float = 1.0, axis: int = -2, *,
                 out: NDArray | Sequence[NDArray] | None = None,
                 name: str | None = None) -> NDArray:
    """alpha op(A) @ op(B), matrix by matrix: (*batch, M, K), (*batch, K, N) -> (*batch, M, N)."""

def linalg_inverse(A: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
                   name: str | None = None) -> NDArray:
    """The inverse of square matrices. Raises where one is singular."""

def linalg_makediag(A: NDArray, offset: int = 0, *,
                    out: NDArray | Sequence[NDArray] | None = None,
                    name: str | None = None) -> NDArray:
    """Matrices of zeros with A on a diagonal: (*batch, n) -> (*batch, m, m), m = n + |offset|."""

def linalg_maketrian(A: NDArray, offset: int = 0, lower: bool = True, *,
                     out: NDArray | Sequence[NDArray] | None = None,
                     name: str | None = None) -> NDArray:
    """Triangular matrices of what extracttrian takes out of them; zeros elsewhere."""

def linalg_potrf(A: NDArray, lower: bool = True, *,
                 out: NDArray | Sequence[NDArray] | None = None,
                 name: str | None = None) -> NDArray:
    """The Cholesky factor L of symmetric, positive definite matrices: L @ L^T = A."""

def linalg_potri(A: NDArray, lower: bool = True, *,
                 out: NDArray | Sequence[NDArray] | None = None,
                 name: str | None = None) -> NDArray:
    """(A @ A^T)^-1 for lower triangular A: the inverse of the matrix that potrf made A of."""

def linalg_slogdet(A: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
                   name: str | None = None) -> list[NDArray]:
    """The sign of each determinant, and the logarithm of its size: (*batch, n, n) -> (*batch)."""

def linalg_sumlogdiag(A: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
                      name: str | None = None) -> NDArray:
    """The sum of the logarithms of each matrix's diagonal: (*batch, n, n) -> (*batch)."""

def linalg_syrk(A: NDArray, transpose: bool = False, alpha: float = 1.0, *,
                out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """alpha A @ A^T, or alpha A^T @ A with transpose, matrix by matrix."""

def linalg_trmm(A: NDArray, B: NDArray, transpose: bool = False,
                rightside: bool = False, lower: bool = True, alpha: float = 1.0, *,
                out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """alpha op(A) @ B, or alpha B @ op(A) if rightside; A (*batch, n, n) is triangular."""

def linalg_trsm(A: NDArray, B: NDArray, transpose: bool = False,
                rightside: bool = False, lower: bool = True, alpha: float = 1.0, *,
                out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """X with op(A) @ X = alpha B, or X @ op(A) = alpha B if rightside; A is triangular."""

def log(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
        name: str | None = None) -> NDArray:
    """log(x) = ln x, element by element; shape and dtype stay."""

def log10(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
          name: str | None = None) -> NDArray:
    """log10(x) = log10 x, element by element; shape and dtype stay."""

def log1p(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
          name: str | None = None) -> NDArray:
    """log1p(x) = ln(1 + x), element by element; shape and dtype stay."""

def log2(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
         name: str | None = None) -> NDArray:
    """log2(x) = log2 x, element by element; shape and dtype stay."""

def log_sigmoid(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
                name: str | None = None) -> NDArray:
    """log_sigmoid(x) = -ln(1 + e^-x), element by element; shape and dtype stay."""

def log_softmax(data: NDArray, axis: int = -1, temperature: float | None = None,
                dtype: Any = None, use_length: bool = False, *,
                out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """The logarithm of softmax(data / temperature) along `axis`."""

def logical_not(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
                name: str | None = None) -> NDArray:
    """logical_not(x) = 1 where x is 0, else 0, element by element; shape and dtype stay."""

def make_loss(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
              name: str | None = None) -> NDArray:
    """A copy of data whose gradient is ones, whatever arrives from above."""

def max(data: NDArray, axis: _Ints | None = None, keepdims: bool = False,
        exclude: bool = False, *, out: NDArray | Sequence[NDArray] | None = None,
        name: str | None = None) -> NDArray:
    """Largest element over axes."""

def max_axis(data: NDArray, axis: _Ints | None = None, keepdims: bool = False,
             exclude: bool = False, *, out: NDArray | Sequence[NDArray] | None = None,
             name: str | None = None) -> NDArray:
    """Largest element over axes."""

def mean(data: NDArray, axis: _Ints | None = None, keepdims: bool = False,
         exclude: bool = False, *, out: NDArray | Sequence[NDArray] | None = None,
         name: str | None = None) -> NDArray:
    """Mean over axes; integers are divided towards 0."""

def min(data: NDArray, axis: _Ints | None = None, keepdims: bool = False,
        exclude: bool = False, *, out: NDArray | Sequence[NDArray] | None = None,
        name: str | None = None) -> NDArray:
    """Smallest element over axes."""

def min_axis(data: NDArray, axis: _Ints | None = None, keepdims: bool = False,
             exclude: bool = False, *, out: NDArray | Sequence[NDArray] | None = None,
             name: str | None = None) -> NDArray:
    """Smallest element over axes."""

def mish(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
         name: str | None = None) -> NDArray:
    """mish(x) = x tanh(ln(1 + e^x)), element by element; shape and dtype stay."""

def moments(data: NDArray, axes: _Ints | str | None = None,
            keepdims: bool = False, *,
            out: NDArray | Sequence[NDArray] | None = None,
            name: str | None = None) -> list[NDArray]:
    """Mean and biased variance over axes, as two outputs."""

def mp_lamb_update_phase1(weight: NDArray, grad: NDArray, mean: NDArray, var: NDArray,
                          weight32: NDArray, beta1: float = 0.9, beta2: float = 0.999,
                          epsilon: float = 1e-06, t: float = ...,
                          bias_correction: bool = True, wd: float = ...,
                          rescale_grad: float = 1.0, clip_gradient: float = -1.0, *,
                          out: NDArray | Sequence[NDArray] | None = None,
                          name: str | None = None) -> NDArray:
    """lamb_update_phase1 of weight32; out is float32."""

def mp_lamb_update_phase2(weight: NDArray, g: NDArray, r1: NDArray, r2: NDArray,
                          weight32: NDArray, lr: float, lower_bound: float = -1.0,
                          upper_bound: float = -1.0, *,
                          out: NDArray | Sequence[NDArray] | None = None,
                          name: str | None = None) -> NDArray:
    """lamb_update_phase2 of weight32, which becomes the new weight; out is its value in 16 bits."""

def mp_nag_mom_update(weight: NDArray, grad: NDArray, mom: NDArray, weight32: NDArray,
                      lr: float, momentum: float = 0.0, wd: float = 0.0,
                      rescale_grad: float = 1.0, clip_gradient: float = -1.0, *,
                      out: NDArray | Sequence[NDArray] | None = None,
                      name: str | None = None) -> NDArray:
    """nag_mom_update of weight32; out is its value in 16 bits."""

def mp_sgd_mom_update(weight: NDArray, grad: NDArray, mom: NDArray, weight32: NDArray,
                      lr: float, momentum: float = 0.0, wd: float = 0.0,
                      rescale_grad: float = 1.0, clip_gradient: float = -1.0,
                      lazy_update: bool = True, *,
                      out: NDArray | Sequence[NDArray] | None = None,
                      name: str | None = None) -> NDArray:
    """sgd_mom_update of weight32; out is its value in 16 bits."""

def mp_sgd_update(weight: NDArray, grad: NDArray, weight32: NDArray, lr: float,
                  wd: float = 0.0, rescale_grad: float = 1.0,
                  clip_gradient: float = -1.0, lazy_update: bool = True, *,
                  out: NDArray | Sequence[NDArray] | None = None,
                  name: str | None = None) -> NDArray:
    """sgd_update of weight32; out is its value in 16 bits."""

def multi_all_finite(*data: NDArray | Sequence[NDArray], num_arrays: int | None = None,
                     init_output: bool = True,
                     out: NDArray | Sequence[NDArray] | None = None,
                     name: str | None = None) -> NDArray:
    """all_finite of several arrays of one dtype together."""

def multi_lars(lrs: NDArray, weights_sum_sq: NDArray, grads_sum_sq: NDArray,
               wds: NDArray, eta: float, eps: float, rescale_grad: float = 1.0, *,
               out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """Learning rates by layer, float32 (n,): with w and g the roots of the sums of squares,"""

def multi_mp_sgd_mom_update(*data: NDArray | Sequence[NDArray],
                            lrs: float | Sequence[float] | str,
                            wds: float | Sequence[float] | str, momentum: float = 0.0,
                            rescale_grad: float = 1.0, clip_gradient: float = -1.0,
                            num_weights: int = 1,
                            out: NDArray | Sequence[NDArray] | None = None,
                            name: str | None = None) -> Any:
    """mp_sgd_mom_update of num_weights weights: weight grad mom weight32 each."""

def multi_mp_sgd_update(*data: NDArray | Sequence[NDArray],
                        lrs: float | Sequence[float] | str,
                        wds: float | Sequence[float] | str, rescale_grad: float = 1.0,
                        clip_gradient: float = -1.0, num_weights: int = 1,
                        out: NDArray | Sequence[NDArray] | None = None,
                        name: str | None = None) -> Any:
    """mp_sgd_update of num_weights weights: weight grad weight32 each."""

def multi_sgd_mom_update(*data: NDArray | Sequence[NDArray],
                         lrs: float | Sequence[float] | str,
                         wds: float | Sequence[float] | str, momentum: float = 0.0,
                         rescale_grad: float = 1.0, clip_gradient: float = -1.0,
                         num_weights: int = 1,
                         out: NDArray | Sequence[NDArray] | None = None,
                         name: str | None = None) -> Any:
    """sgd_mom_update of num_weights weights: weight grad mom each."""

def multi_sgd_update(*data: NDArray | Sequence[NDArray], lrs: float | Sequence[float] | str,
                     wds: float | Sequence[float] | str, rescale_grad: float = 1.0,
                     clip_gradient: float = -1.0, num_weights: int = 1,
                     out: NDArray | Sequence[NDArray] | None = None,
                     name: str | None = None) -> Any:
    """sgd_update of num_weights weights: weight grad each."""

def multi_sum_sq(*data: NDArray | Sequence[NDArray], num_arrays: int | None = None,
                 out: NDArray | Sequence[NDArray] | None = None,
                 name: str | None = None) -> NDArray:
    """The sums of squares of arrays of one dtype: float32 (number of arrays,)."""

def nag_mom_update(weight: NDArray, grad: NDArray, mom: NDArray, lr: float,
                   momentum: float = 0.0, wd: float = 0.0, rescale_grad: float = 1.0,
                   clip_gradient: float = -1.0, *,
                   out: NDArray | Sequence[NDArray] | None = None,
                   name: str | None = None) -> NDArray:
    """Nesterov: m = momentum * mom - lr * (g + wd * weight);"""

def nanprod(data: NDArray, axis: _Ints | None = None, keepdims: bool = False,
            exclude: bool = False, *, out: NDArray | Sequence[NDArray] | None = None,
            name: str | None = None) -> NDArray:
    """Product over axes of what is not NaN."""

def nansum(data: NDArray, axis: _Ints | None = None, keepdims: bool = False,
           exclude: bool = False, *, out: NDArray | Sequence[NDArray] | None = None,
           name: str | None = None) -> NDArray:
    """Sum over axes of what is not NaN."""

def negative(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
             name: str | None = None) -> NDArray:
    """negative(x) = -x, element by element; shape and dtype stay."""

def norm(data: NDArray, ord: int = 2, axis: _Ints | None = None, out_dtype: Any = None,
         keepdims: bool = False, *, out: NDArray | Sequence[NDArray] | None = None,
         name: str | None = None) -> NDArray:
    """ord 1: sum of absolute values over axes; ord 2: square root of the sum of squares."""

def normal(loc: float = 0.0, scale: float = 1.0, shape: _Ints | str = (),
           ctx: Context | str | None = None, dtype: Any = None, *,
           out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """Normally distributed numbers of mean `loc` and standard deviation `scale`."""

def one_hot(indices: NDArray, depth: int, on_value: float = 1.0, off_value: float = 0.0,
            dtype: Any = 'float32', *, out: NDArray | Sequence[NDArray] | None = None,
            name: str | None = None) -> NDArray:
    """Vectors of length depth: on_value at the index, off_value elsewhere; shape (..., depth)."""

def ones_like(data: NDArray, *, dtype: Any = None,
              out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """Ones of the shape and dtype of data."""

def pad(data: NDArray, mode: str, pad_width: _Ints | str, constant_value: float = 0.0,
        *, out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """data with pad_width[2i] items before and pad_width[2i + 1] behind axis i."""

def pick(data: NDArray, index: NDArray, axis: int = -1, keepdims: bool = False,
         mode: str = 'clip', *, out: NDArray | Sequence[NDArray] | None = None,
         name: str | None = None) -> NDArray:
    """One item of each vector along axis: y[i] = data[i, index[i]]; index has the other axes."""

def pooling(data: NDArray, kernel: _Ints | str = (), pool_type: str = 'max',
            global_pool: bool = False, cudnn_off: bool = False,
            pooling_convention: str = 'valid', stride: _Ints | str = (),
            pad: _Ints | str = (), p_value: int | None = None,
            count_include_pad: bool | None = None, layout: str | None = None, *,
            out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """Pooling over the last 1, 2 or 3 axes: data (N, C, *size) -> (N, C, *out)."""

def preloaded_multi_mp_sgd_mom_update(*data: NDArray | Sequence[NDArray],
                                      momentum: float = 0.0, rescale_grad: float = 1.0,
                                      clip_gradient: float = -1.0, num_weights: int = 1,
                                      out: NDArray | Sequence[NDArray] | None = None,
                                      name: str | None = None) -> Any:
    """mp_sgd_mom_update of num_weights weights: weight grad mom weight32 each, then lrs and wds."""

def preloaded_multi_mp_sgd_update(*data: NDArray | Sequence[NDArray],
                                  rescale_grad: float = 1.0, clip_gradient: float = -1.0,
                                  num_weights: int = 1,
                                  out: NDArray | Sequence[NDArray] | None = None,
                                  name: str | None = None) -> Any:
    """mp_sgd_update of num_weights weights: weight grad weight32 each, then lrs and wds."""

def preloaded_multi_sgd_mom_update(*data: NDArray | Sequence[NDArray],
                                   momentum: float = 0.0, rescale_grad: float = 1.0,
                                   clip_gradient: float = -1.0, num_weights: int = 1,
                                   out: NDArray | Sequence[NDArray] | None = None,
                                   name: str | None = None) -> Any:
    """sgd_mom_update of num_weights weights: weight grad mom each, then lrs and wds."""

def preloaded_multi_sgd_update(*data: NDArray | Sequence[NDArray],
                               rescale_grad: float = 1.0, clip_gradient: float = -1.0,
                               num_weights: int = 1,
                               out: NDArray | Sequence[NDArray] | None = None,
                               name: str | None = None) -> Any:
    """sgd_update of num_weights weights: weight grad each, then lrs and wds."""

def prod(data: NDArray, axis: _Ints | None = None, keepdims: bool = False,
         exclude: bool = False, *, out: NDArray | Sequence[NDArray] | None = None,
         name: str | None = None) -> NDArray:
    """Product over axes. Its gradient is y / x, so NaN where x is 0, as in MXNet."""

def radians(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
            name: str | None = None) -> NDArray:
    """radians(x) = pi x / 180, element by element; shape and dtype stay."""

def random_exponential(lam: float = 1.0, shape: _Ints | str = (),
                       ctx: Context | str | None = None, dtype: Any = None, *,
                       out: NDArray | Sequence[NDArray] | None = None,
                       name: str | None = None) -> NDArray:
    """Exponentially distributed numbers of rate `lam`: their mean is 1 / lam."""

def random_gamma(alpha: float = 1.0, beta: float = 1.0, shape: _Ints | str = (),
                 ctx: Context | str | None = None, dtype: Any = None, *,
                 out: NDArray | Sequence[NDArray] | None = None,
                 name: str | None = None) -> NDArray:
    """Gamma distributed numbers of shape parameter `alpha` and scale `beta`."""

def random_generalized_negative_binomial(mu: float = 1.0, alpha: float = 1.0,
                                         shape: _Ints | str = (),
                                         ctx: Context | str | None = None,
                                         dtype: Any = None, *,
                                         out: NDArray | Sequence[NDArray] | None = None,
                                         name: str | None = None) -> NDArray:
    """Counts of mean `mu` and variance mu + alpha * mu^2."""

def random_negative_binomial(k: float = 1.0, p: float = 1.0, shape: _Ints | str = (),
                             ctx: Context | str | None = None, dtype: Any = None, *,
                             out: NDArray | Sequence[NDArray] | None = None,
                             name: str | None = None) -> NDArray:
    """Counts of failures before `k` successes of probability `p`."""

def random_normal(loc: float = 0.0, scale: float = 1.0, shape: _Ints | str = (),
                  ctx: Context | str | None = None, dtype: Any = None, *,
                  out: NDArray | Sequence[NDArray] | None = None,
                  name: str | None = None) -> NDArray:
    """Normally distributed numbers of mean `loc` and standard deviation `scale`."""

def random_pdf_dirichlet(sample: NDArray, alpha: NDArray, is_log: bool = False, *,
                         out: NDArray | Sequence[NDArray] | None = None,
                         name: str | None = None) -> NDArray:
    """The Dirichlet density: sample (*S, *shape, K), alpha (*S, K) -> (*S, *shape)."""

def random_pdf_exponential(sample: NDArray, lam: NDArray, is_log: bool = False, *,
                           out: NDArray | Sequence[NDArray] | None = None,
                           name: str | None = None) -> NDArray:
    """The exponential density of rate lam."""

def random_pdf_gamma(sample: NDArray, alpha: NDArray, beta: NDArray,
                     is_log: bool = False, *,
                     out: NDArray | Sequence[NDArray] | None = None,
                     name: str | None = None) -> NDArray:
    """The gamma density of shape alpha and rate beta (samples of random.gamma have scale beta)."""

def random_pdf_generalized_negative_binomial(sample: NDArray, mu: NDArray,
                                             alpha: NDArray, is_log: bool = False, *,
                                             out: NDArray | Sequence[NDArray] | None = None,
                                             name: str | None = None) -> NDArray:
    """The probability of counts of mean mu and variance mu + alpha * mu^2."""

def random_pdf_negative_binomial(sample: NDArray, k: NDArray, p: NDArray,
                                 is_log: bool = False, *,
                                 out: NDArray | Sequence[NDArray] | None = None,
                                 name: str | None = None) -> NDArray:
    """The probability of counts of failures before k successes of probability p."""

def random_pdf_normal(sample: NDArray, mu: NDArray, sigma: NDArray,
                      is_log: bool = False, *,
                      out: NDArray | Sequence[NDArray] | None = None,
                      name: str | None = None) -> NDArray:
    """The normal density of mean mu and standard deviation sigma."""

def random_pdf_poisson(sample: NDArray, lam: NDArray, is_log: bool = False, *,
                       out: NDArray | Sequence[NDArray] | None = None,
                       name: str | None = None) -> NDArray:
    """The probability of counts of mean lam."""

def random_pdf_uniform(sample: NDArray, low: NDArray, high: NDArray,
                       is_log: bool = False, *,
                       out: NDArray | Sequence[NDArray] | None = None,
                       name: str | None = None) -> NDArray:
    """1 / (high - low), wherever the sample lies."""

def random_poisson(lam: float = 1.0, shape: _Ints | str = (),
                   ctx: Context | str | None = None, dtype: Any = None, *,
                   out: NDArray | Sequence[NDArray] | None = None,
                   name: str | None = None) -> NDArray:
    """Poisson distributed counts of mean `lam`."""

def random_randint(low: float, high: float, shape: _Ints | str = (),
                   ctx: Context | str | None = None, dtype: Any = None, *,
                   out: NDArray | Sequence[NDArray] | None = None,
                   name: str | None = None) -> NDArray:
    """Integers spread evenly over low, ..., high - 1."""

def random_uniform(low: float = 0.0, high: float = 1.0, shape: _Ints | str = (),
                   ctx: Context | str | None = None, dtype: Any = None, *,
                   out: NDArray | Sequence[NDArray] | None = None,
                   name: str | None = None) -> NDArray:
    """Numbers spread evenly over [low, high)."""

def ravel_multi_index(data: NDArray, shape: _Ints | str, *,
                      out: NDArray | Sequence[NDArray] | None = None,
                      name: str | None = None) -> NDArray:
    """The numbers, in a flattened array of `shape`, of the places data (D, N): (N,)."""

def rcbrt(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
          name: str | None = None) -> NDArray:
    """rcbrt(x) = x^(-1/3), element by element; shape and dtype stay."""

def reciprocal(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
               name: str | None = None) -> NDArray:
    """reciprocal(x) = 1 / x, element by element; shape and dtype stay."""

def relu(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
         name: str | None = None) -> NDArray:
    """relu(x) = max(x, 0), element by element; shape and dtype stay."""

def repeat(data: NDArray, repeats: int, axis: int | None = None, *,
           out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """Every item along axis `repeats` times in a row; axis None: of the flattened data."""

def reset_arrays(*data: NDArray | Sequence[NDArray],
                 num_arrays: int | None = None,
                 out: NDArray | Sequence[NDArray] | None = None,
                 name: str | None = None) -> list[NDArray]:
    """Set all values of the arrays, of any dtypes, to 0. It has no output."""

def reshape(data: NDArray, shape: _Ints | str = (), reverse: bool = False,
            target_shape: _Ints | str = (), keep_highest: bool = False, *,
            out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """data with another shape; a copy, where the method x.reshape(shape) is a view."""

def reshape_like(lhs: NDArray, rhs: NDArray, lhs_begin: int | None = None,
                 lhs_end: int | None = None, rhs_begin: int | None = None,
                 rhs_end: int | None = None, *,
                 out: NDArray | Sequence[NDArray] | None = None,
                 name: str | None = None) -> NDArray:
    """lhs shaped like rhs, or with its axes lhs_begin:lhs_end shaped like those of rhs."""

def reverse(data: NDArray, axis: _Ints | str, *,
            out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """data with the items along `axis` in reverse order."""

def rint(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
         name: str | None = None) -> NDArray:
    """rint(x) = the nearest integer, halves downwards, element by element; shape and dtype stay."""

def rmsprop_update(weight: NDArray, grad: NDArray, n: NDArray, lr: float,
                   gamma1: float = 0.95, epsilon: float = 1e-08, wd: float = 0.0,
                   rescale_grad: float = 1.0, clip_gradient: float = -1.0,
                   clip_weights: float = -1.0, *,
                   out: NDArray | Sequence[NDArray] | None = None,
                   name: str | None = None) -> NDArray:
    """With g = clip(rescale_grad * grad + wd * weight): n = (1 - gamma1) * g^2 + gamma1 * n;"""

def rmspropalex_update(weight: NDArray, grad: NDArray, n: NDArray, g: NDArray,
                       delta: NDArray, lr: float, gamma1: float = 0.95,
                       gamma2: float = 0.9, epsilon: float = 1e-08, wd: float = 0.0,
                       rescale_grad: float = 1.0, clip_gradient: float = -1.0,
                       clip_weights: float = -1.0, *,
                       out: NDArray | Sequence[NDArray] | None = None,
                       name: str | None = None) -> NDArray:
    """Graves' RMSProp, with s = clip(rescale_grad * grad + wd * weight):"""

def round(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
          name: str | None = None) -> NDArray:
    """round(x) = the nearest integer, halves away from 0, element by element; shape and dtype stay."""

def rsqrt(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
          name: str | None = None) -> NDArray:
    """rsqrt(x) = x^(-1/2), element by element; shape and dtype stay."""

def sample_exponential(lam: NDArray, shape: _Ints | str = (), dtype: Any = None, *,
                       out: NDArray | Sequence[NDArray] | None = None,
                       name: str | None = None) -> NDArray:
    """Exponentially distributed numbers, for an array of rates (*S) -> (*S, *shape)."""

def sample_gamma(alpha: NDArray, beta: NDArray, shape: _Ints | str = (),
                 dtype: Any = None, *, out: NDArray | Sequence[NDArray] | None = None,
                 name: str | None = None) -> NDArray:
    """Gamma distributed numbers, for arrays of shapes and scales (*S) -> (*S, *shape)."""

def sample_generalized_negative_binomial(mu: NDArray, alpha: NDArray,
                                         shape: _Ints | str = (), dtype: Any = None, *,
                                         out: NDArray | Sequence[NDArray] | None = None,
                                         name: str | None = None) -> NDArray:
    """Counts of means mu and variances mu + alpha * mu^2, arrays (*S) -> (*S, *shape)."""

def sample_multinomial(data: NDArray, shape: _Ints | str = (), get_prob: bool = False,
                       dtype: Any = 'int32', *,
                       out: NDArray | Sequence[NDArray] | None = None,
                       name: str | None = None) -> Any:
    """Class numbers drawn by the probabilities in data's last axis: (*S, K) -> (*S, *shape)."""

def sample_negative_binomial(k: NDArray, p: NDArray, shape: _Ints | str = (),
                             dtype: Any = None, *,
                             out: NDArray | Sequence[NDArray] | None = None,
                             name: str | None = None) -> NDArray:
    """Counts of failures before k successes of probability p, arrays (*S) -> (*S, *shape)."""

def sample_normal(mu: NDArray, sigma: NDArray, shape: _Ints | str = (),
                  dtype: Any = None, *, out: NDArray | Sequence[NDArray] | None = None,
                  name: str | None = None) -> NDArray:
    """Normally distributed numbers, for arrays of means and deviations (*S) -> (*S, *shape)."""

def sample_poisson(lam: NDArray, shape: _Ints | str = (), dtype: Any = None, *,
                   out: NDArray | Sequence[NDArray] | None = None,
                   name: str | None = None) -> NDArray:
    """Poisson distributed counts, for an array of means (*S) -> (*S, *shape)."""

def sample_uniform(low: NDArray, high: NDArray, shape: _Ints | str = (),
                   dtype: Any = None, *, out: NDArray | Sequence[NDArray] | None = None,
                   name: str | None = None) -> NDArray:
    """Numbers spread evenly over [low, high), for arrays of bounds (*S) -> (*S, *shape)."""

def scatter_nd(data: NDArray, indices: NDArray, shape: _Ints | str, *,
               out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """Zeros of `shape` with data at the places of indices; of several for one, the last counts."""

def sgd_mom_update(weight: NDArray, grad: NDArray, mom: NDArray, lr: float,
                   momentum: float = 0.0, wd: float = 0.0, rescale_grad: float = 1.0,
                   clip_gradient: float = -1.0, lazy_update: bool = True, *,
                   out: NDArray | Sequence[NDArray] | None = None,
                   name: str | None = None) -> NDArray:
    """mom = momentum * mom - lr * (g + wd * weight); out = weight + mom."""

def sgd_update(weight: NDArray, grad: NDArray, lr: float, wd: float = 0.0,
               rescale_grad: float = 1.0, clip_gradient: float = -1.0,
               lazy_update: bool = True, *,
               out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """out = weight - lr * (g + wd * weight)."""

def shape_array(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
                name: str | None = None) -> NDArray:
    """The lengths of data's axes, as int64."""

def shuffle(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
            name: str | None = None) -> NDArray:
    """The rows of data, along its first axis, in a random order."""

def sigmoid(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
            name: str | None = None) -> NDArray:
    """sigmoid(x) = 1 / (1 + e^-x), element by element; shape and dtype stay."""

def sign(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
         name: str | None = None) -> NDArray:
    """sign(x) = -1, 0 or 1, element by element; shape and dtype stay."""

def signsgd_update(weight: NDArray, grad: NDArray, lr: float, wd: float = 0.0,
                   rescale_grad: float = 1.0, clip_gradient: float = -1.0, *,
                   out: NDArray | Sequence[NDArray] | None = None,
                   name: str | None = None) -> NDArray:
    """out = (1 - lr * wd) * weight - lr * sign(grad)."""

def signum_update(weight: NDArray, grad: NDArray, mom: NDArray, lr: float,
                  momentum: float = 0.0, wd: float = 0.0, rescale_grad: float = 1.0,
                  clip_gradient: float = -1.0, wd_lh: float = 0.0, *,
                  out: NDArray | Sequence[NDArray] | None = None,
                  name: str | None = None) -> NDArray:
    """mom = momentum * mom - (1 - momentum) * (g + wd * weight);"""

def sin(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
        name: str | None = None) -> NDArray:
    """sin(x) = sin x, x in radians, element by element; shape and dtype stay."""

def sinh(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
         name: str | None = None) -> NDArray:
    """sinh(x) = sinh x, element by element; shape and dtype stay."""

def size_array(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
               name: str | None = None) -> NDArray:
    """The number of items of data, as int64, shape (1,)."""

def slice(data: NDArray, begin: int | Sequence[int | None] | None,
          end: int | Sequence[int | None] | None,
          step: int | Sequence[int | None] | None = (), *,
          out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """data[begin[0]:end[0]:step[0], begin[1]:end[1]:step[1], ...]."""

def slice_axis(data: NDArray, axis: int, begin: int, end: int | None, *,
               out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """data[begin:end] along one axis."""

def slice_like(data: NDArray, shape_like: NDArray, axes: _Ints | str = (), *,
               out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """data cut to the lengths of shape_like: on `axes`, or on all; from the start of each axis."""

def smooth_l1(data: NDArray, scalar: float = 1.0, *,
              out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """(scalar x)^2 / 2 where |x| < 1 / scalar^2, else |x| - 1 / (2 scalar^2)."""

def softmax(data: NDArray, length: NDArray | None = None, axis: int = -1,
            temperature: float | None = None, dtype: Any = None,
            use_length: bool = False, *, out: NDArray | Sequence[NDArray] | None = None,
            name: str | None = None) -> NDArray:
    """exp(data / temperature) along `axis`, divided by its sum; 0 beyond `length`."""

def softmax_cross_entropy(data: NDArray, label: NDArray, *,
                          out: NDArray | Sequence[NDArray] | None = None,
                          name: str | None = None) -> NDArray:
    """The sum of -log(softmax(data))[label]: data (N, K), label (N,) class numbers -> (1,)."""

def softmin(data: NDArray, axis: int = -1, temperature: float | None = None,
            dtype: Any = None, use_length: bool = False, *,
            out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """softmax(-data / temperature) along `axis`."""

def softrelu(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
             name: str | None = None) -> NDArray:
    """softrelu(x) = ln(1 + e^x), element by element; shape and dtype stay."""

def softsign(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
             name: str | None = None) -> NDArray:
    """softsign(x) = x / (1 + |x|), element by element; shape and dtype stay."""

def sort(data: NDArray, axis: int | None = -1, is_ascend: bool = True, *,
         out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """The items along axis in order; axis None: of the flattened data."""

def space_to_depth(data: NDArray, block_size: int, *,
                   out: NDArray | Sequence[NDArray] | None = None,
                   name: str | None = None) -> NDArray:
    """data (N, C, H*b, W*b) -> (N, b*b*C, H, W): blocks of pixels gathered into channels."""

def split(data: NDArray, num_outputs: int, axis: int = 1, squeeze_axis: bool = False, *,
          out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> Any:
    """data cut into num_outputs equal parts along axis; squeeze_axis leaves the axis out."""

def sqrt(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
         name: str | None = None) -> NDArray:
    """sqrt(x) = x^(1/2), element by element; shape and dtype stay."""

def square(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
           name: str | None = None) -> NDArray:
    """square(x) = x^2, element by element; shape and dtype stay."""

def squeeze(data: NDArray, axis: _Ints | str | None = None, *,
            out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """data without its axes of length 1, or without those named; at least 1 axis is left."""

def stack(*data: NDArray | Sequence[NDArray], axis: int = 0,
          out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """Arrays of one shape joined along a new axis."""

def stop_gradient(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
                  name: str | None = None) -> NDArray:
    """A copy of data through which no gradient flows."""

def sum(data: NDArray, axis: _Ints | None = None, keepdims: bool = False,
        exclude: bool = False, *, out: NDArray | Sequence[NDArray] | None = None,
        name: str | None = None) -> NDArray:
    """Sum over axes. Floats are added up in float64, integers in their own dtype, wrapping."""

def sum_axis(data: NDArray, axis: _Ints | None = None, keepdims: bool = False,
             exclude: bool = False, *, out: NDArray | Sequence[NDArray] | None = None,
             name: str | None = None) -> NDArray:
    """Sum over axes. Floats are added up in float64, integers in their own dtype, wrapping."""

def swapaxes(data: NDArray, dim1: int = 0, dim2: int = 0, *,
             out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """data with axes dim1 and dim2 exchanged."""

def take(a: NDArray, indices: NDArray, axis: int = 0, mode: str = 'clip', *,
         out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """The items of a at indices along axis: shape a[:axis] + indices + a[axis + 1:]."""

def tan(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
        name: str | None = None) -> NDArray:
    """tan(x) = tan x, x in radians, element by element; shape and dtype stay."""

def tanh(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
         name: str | None = None) -> NDArray:
    """tanh(x) = tanh x, element by element; shape and dtype stay."""

def tile(data: NDArray, reps: _Ints | str, *,
         out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """data repeated reps[i] times along axis i; the shorter of the two shapes is led by ones."""

def topk(data: NDArray, axis: int | None = -1, k: int = 1, ret_typ: str = 'indices',
         is_ascend: bool = False, dtype: Any = 'float32', *,
         out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> Any:
    """The k largest items along axis: their indices, values, both, or a mask of them."""

def transpose(data: NDArray, axes: _Ints | str = (), *,
              out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """y.shape[i] = data.shape[axes[i]]; axes () reverses them all."""

def trunc(data: NDArray, *, out: NDArray | Sequence[NDArray] | None = None,
          name: str | None = None) -> NDArray:
    """trunc(x) = x without its fraction, element by element; shape and dtype stay."""

def uniform(low: float = 0.0, high: float = 1.0, shape: _Ints | str = (),
            ctx: Context | str | None = None, dtype: Any = None, *,
            out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """Numbers spread evenly over [low, high)."""

def unravel_index(data: NDArray, shape: _Ints | str, *,
                  out: NDArray | Sequence[NDArray] | None = None,
                  name: str | None = None) -> NDArray:
    """The places of the numbers data (...) in an array of `shape`: (len(shape), ...)."""

def where(condition: NDArray, x: NDArray, y: NDArray, *,
          out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """x where condition is not 0, else y; condition has x's shape, or is (n,) and chooses rows."""

def zeros_like(data: NDArray, *, dtype: Any = None,
               out: NDArray | Sequence[NDArray] | None = None, name: str | None = None) -> NDArray:
    """Zeros of the shape and dtype of data."""
