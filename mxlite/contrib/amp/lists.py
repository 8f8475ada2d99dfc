"""What operators compute in while the precision is mixed: MXNet's lists of operators.

Each name stands for the operator under all its names. Operators that are in none of them compute
in the dtype of what they are given.
"""

# in the target dtype
LOW = "Convolution Deconvolution FullyConnected RNN"

# in float32: their results, or sums on the way to them, need its range or its digits
FLOAT32 = """
    CTCLoss Convolution_v1 GroupNorm IdentityAttachKLSparseReg InstanceNorm L2Normalization LRN
    LayerNorm LinearRegressionOutput LogisticRegressionOutput MAERegressionOutput MakeLoss SVMOutput
    SoftmaxActivation SoftmaxOutput _contrib_DeformableConvolution _contrib_DeformablePSROIPooling
    _contrib_MultiBoxDetection _contrib_MultiBoxPrior _contrib_MultiBoxTarget _contrib_SyncBatchNorm
    _contrib_count_sketch _contrib_fft _contrib_hawkesll _custom _hypot _hypot_scalar _linalg_det
    _linalg_extractdiag _linalg_extracttrian _linalg_gelqf _linalg_gemm _linalg_gemm2
    _linalg_inverse _linalg_makediag _linalg_maketrian _linalg_potrf _linalg_potri _linalg_slogdet
    _linalg_sumlogdiag _linalg_syevd _linalg_syrk _linalg_trmm _linalg_trsm _power _power_scalar
    _rdiv_scalar _rpower_scalar _square_sum arccos arcsin arctanh argsort broadcast_hypot
    broadcast_power cosh erfinv exp expm1 gamma gammaln khatri_rao log log10 log1p log2 log_softmax
    make_loss mean moments nanprod nansum norm prod rcbrt reciprocal rsqrt sinh smooth_l1 softmax
    softmax_cross_entropy softmin square sum tan topk
"""

# in float32 where the parameter has one of these values
CONDITIONAL = [("Activation", "act_type", ["softrelu"]), ("LeakyReLU", "act_type", ["elu", "selu"])]

# in the widest dtype among their inputs
WIDEST = """
    Concat Correlation _contrib_MultiProposal _contrib_PSROIPooling _contrib_Proposal
    _contrib_ROIAlign _contrib_box_iou _contrib_box_nms _contrib_dgl_adjacency _contrib_edge_id
    _contrib_interleaved_matmul_encdec_qk _contrib_interleaved_matmul_encdec_valatt
    _contrib_interleaved_matmul_selfatt_qk _contrib_interleaved_matmul_selfatt_valatt _equal
    _greater _greater_equal _lesser _lesser_equal _logical_and _logical_or _logical_xor _maximum
    _minimum _mod _not_equal _random_pdf_dirichlet _random_pdf_exponential _random_pdf_gamma
    _random_pdf_generalized_negative_binomial _random_pdf_negative_binomial _random_pdf_normal
    _random_pdf_poisson _random_pdf_uniform _scatter_elemwise_div add_n batch_dot broadcast_add
    broadcast_div broadcast_equal broadcast_greater broadcast_greater_equal broadcast_lesser
    broadcast_lesser_equal broadcast_logical_and broadcast_logical_or broadcast_logical_xor
    broadcast_maximum broadcast_minimum broadcast_mod broadcast_mul broadcast_not_equal
    broadcast_sub dot elemwise_add elemwise_div elemwise_mul elemwise_sub stack where
"""

# those that make gradients of their own, which do not know of a scaled loss
LOSSES = "SoftmaxOutput LinearRegressionOutput LogisticRegressionOutput MAERegressionOutput"
