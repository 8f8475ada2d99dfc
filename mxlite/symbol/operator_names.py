"""What the operators are called in MXNet's files."""

from __future__ import annotations

from ..ops.schema import REGISTRY, Op

# Names that only files have: a prefix before a name of ours.
_PREFIXED = {
    "_sparse_": """ElementWiseSum Embedding FullyConnected LinearRegressionOutput
        LogisticRegressionOutput MAERegressionOutput _contrib_round_ste _contrib_sign_ste abs
        adam_update add_n arccos arccosh arcsin
        arcsinh arctan arctanh broadcast_add broadcast_div broadcast_minus broadcast_mul
        broadcast_plus broadcast_sub cast_storage cbrt ceil clip concat cos cosh degrees dot
        elemwise_add elemwise_div elemwise_mul elemwise_sub exp expm1 fix floor ftrl_update gamma
        gammaln log log10 log1p log2 make_loss mean negative norm radians relu rint round rsqrt
        sgd_mom_update sgd_update sigmoid sign sin sinh slice sqrt square stop_gradient sum tan tanh
        trunc where zeros_like""",
    "_np_": "repeat",
    "_npi": """_copyto _full _hypot_scalar _linspace _maximum_scalar _minimum_scalar
        _rnn_param_concat _scatter_set_nd _slice_assign _slice_assign_scalar""",
    "_npi_": """argsort cast clip expand_dims gather_nd random_randint shuffle slice sort swapaxes
        take tile""",
    "_npx_": """_image_adjust_lighting _image_crop _image_flip_left_right _image_flip_top_bottom
        _image_normalize _image_random_brightness _image_random_color_jitter _image_random_contrast
        _image_random_flip_left_right _image_random_flip_top_bottom _image_random_hue
        _image_random_lighting _image_random_saturation _image_resize _image_to_tensor batch_dot
        batch_norm cast convolution erf erfinv gamma gammaln gather_nd log_softmax one_hot pick
        pooling reshape_like shape_array slice smooth_l1 softmax topk""",
}
_OLD_NAMES = {prefix + name: name for prefix, names in _PREFIXED.items() for name in names.split()}
_OLD_NAMES |= {
    "Custom": "_custom",
    "_npi_Custom": "_custom",
    "_npi_det": "_linalg_det",
    "_npi_histogram": "_histogram",
    "_npi_inv": "_linalg_inverse",
    "_npi_maximum": "broadcast_maximum",
    "_npi_minimum": "broadcast_minimum",
    "_npi_slogdet": "_linalg_slogdet",
    "_npi_split": "_split_v2",
    "_npx_activation": "Activation",
    "_npx_arange_like": "_contrib_arange_like",
    "_npx_batch_flatten": "Flatten",
    "_npx_deconvolution": "Deconvolution",
    "_npx_dropout": "Dropout",
    "_npx_embedding": "Embedding",
    "_npx_fully_connected": "FullyConnected",
    "_npx_layer_norm": "LayerNorm",
    "_npx_leaky_relu": "LeakyReLU",
    "_npx_multibox_detection": "_contrib_MultiBoxDetection",
    "_npx_multibox_prior": "_contrib_MultiBoxPrior",
    "_npx_multibox_target": "_contrib_MultiBoxTarget",
    "_npx_rnn": "RNN",
    "_npx_roi_pooling": "ROIPooling",
    "_npx_sequence_mask": "SequenceMask",
    "_npi_boolean_mask": "_contrib_boolean_mask",
}


def named(name: str) -> type[Op] | None:
    """The operator of this name in a file, of any version of MXNet; None: there is none here."""
    return REGISTRY.get(_OLD_NAMES.get(name, name))


def name_of(op: type[Op]) -> str:
    """The name that MXNet 1.9.1 writes for it; its own where MXNet has no such operator."""
    return op.graph_name or op.name
