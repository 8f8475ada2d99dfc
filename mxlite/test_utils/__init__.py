"""`mx.test_utils`: comparing arrays, drawing random ones, checking gradients and generators."""

# `from mxnet.test_utils import *` gives modules, too, which tests written for MXNet use
import logging as logging
import os as os
import sys as sys

import numpy as np  # noqa: F401
import numpy.random as rnd  # noqa: F401
import numpy.testing as npt  # noqa: F401

import mxlite as mx  # noqa: F401

from ..device.context import Context  # noqa: F401
from ..device.context import current_context as current_context
from ..ndarray import array as array
from ..runtime import Features  # noqa: F401
from ..util import getenv, setenv, use_np  # noqa: F401
from .arrays import assign_each as assign_each
from .arrays import assign_each2 as assign_each2
from .arrays import collapse_sum_like as collapse_sum_like
from .arrays import create_2d_tensor as create_2d_tensor
from .arrays import create_vector as create_vector
from .arrays import get_identity_mat as get_identity_mat
from .arrays import get_identity_mat_batch as get_identity_mat_batch
from .arrays import new_matrix_with_real_eigvals_2d as new_matrix_with_real_eigvals_2d
from .arrays import new_matrix_with_real_eigvals_nd as new_matrix_with_real_eigvals_nd
from .arrays import new_orthonormal_matrix_2d as new_orthonormal_matrix_2d
from .arrays import new_sym_matrix_with_real_eigvals_2d as new_sym_matrix_with_real_eigvals_2d
from .arrays import new_sym_matrix_with_real_eigvals_nd as new_sym_matrix_with_real_eigvals_nd
from .arrays import np_reduce as np_reduce
from .compare import almost_equal as almost_equal
from .compare import assert_allclose as assert_allclose
from .compare import assert_almost_equal as assert_almost_equal
from .compare import assert_almost_equal_ignore_nan as assert_almost_equal_ignore_nan
from .compare import assert_almost_equal_with_err as assert_almost_equal_with_err
from .compare import assert_exception as assert_exception
from .compare import checkShapes as checkShapes
from .compare import compare_ndarray_tuple as compare_ndarray_tuple
from .compare import locationError as locationError
from .compare import same as same
from .compare import same_array as same_array
from .consistency import check_consistency as check_consistency
from .consistency import check_gluon_hybridize_consistency as check_gluon_hybridize_consistency
from .defaults import default_atols as default_atols
from .defaults import default_context as default_context
from .defaults import default_dtype as default_dtype
from .defaults import default_numeric_eps as default_numeric_eps
from .defaults import default_rtols as default_rtols
from .defaults import effective_dtype as effective_dtype
from .defaults import get_atol as get_atol
from .defaults import get_etol as get_etol
from .defaults import get_rtol as get_rtol
from .defaults import get_tolerance as get_tolerance
from .defaults import get_tols as get_tols
from .defaults import set_default_context as set_default_context
from .environment import discard_stderr as discard_stderr
from .environment import environment as environment
from .environment import get_im2rec_path as get_im2rec_path
from .environment import has_tvm_ops as has_tvm_ops
from .environment import is_aarch64_run as is_aarch64_run
from .environment import is_cd_run as is_cd_run
from .environment import is_op_runnable as is_op_runnable
from .environment import list_gpus as list_gpus
from .environment import retry as retry
from .files import DummyIter as DummyIter
from .files import download as download
from .files import download_model as download_model
from .files import get_bz2_data as get_bz2_data
from .files import get_cifar10 as get_cifar10
from .files import get_mnist as get_mnist
from .files import get_mnist_iterator as get_mnist_iterator
from .files import get_mnist_pkl as get_mnist_pkl
from .files import get_mnist_ubyte as get_mnist_ubyte
from .files import get_zip_data as get_zip_data
from .generators import chi_square_check as chi_square_check
from .generators import gen_buckets_probs_with_ppf as gen_buckets_probs_with_ppf
from .generators import mean_check as mean_check
from .generators import var_check as var_check
from .generators import verify_generator as verify_generator
from .numeric_gradient import check_numeric_gradient as check_numeric_gradient
from .numeric_gradient import numeric_grad as numeric_grad
from .optimizers import compare_optimizer as compare_optimizer
from .random_data import rand_coord_2d as rand_coord_2d
from .random_data import rand_ndarray as rand_ndarray
from .random_data import rand_shape_2d as rand_shape_2d
from .random_data import rand_shape_3d as rand_shape_3d
from .random_data import rand_shape_nd as rand_shape_nd
from .random_data import random_arrays as random_arrays
from .random_data import random_sample as random_sample
from .random_data import random_uniform_arrays as random_uniform_arrays
from .sparse import create_sparse_array as create_sparse_array
from .sparse import create_sparse_array_zd as create_sparse_array_zd
from .sparse import rand_sparse_ndarray as rand_sparse_ndarray
from .sparse import shuffle_csr_column_indices as shuffle_csr_column_indices
from .symbolic import check_speed as check_speed
from .symbolic import check_symbolic_backward as check_symbolic_backward
from .symbolic import check_symbolic_forward as check_symbolic_forward
from .symbolic import same_symbol_structure as same_symbol_structure
from .symbolic import simple_forward as simple_forward
