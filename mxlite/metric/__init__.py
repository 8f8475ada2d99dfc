"""`mx.metric`: running measures of how good predictions are."""

from .base import CompositeEvalMetric as CompositeEvalMetric
from .base import EvalMetric as EvalMetric
from .base import alias as alias
from .base import check_label_shapes as check_label_shapes
from .base import create as create
from .base import register as register
from .binary import F1 as F1
from .binary import MCC as MCC
from .classification import PCC as PCC
from .classification import Accuracy as Accuracy
from .classification import CrossEntropy as CrossEntropy
from .classification import NegativeLogLikelihood as NegativeLogLikelihood
from .classification import Perplexity as Perplexity
from .classification import TopKAccuracy as TopKAccuracy
from .custom import Caffe as Caffe
from .custom import CustomMetric as CustomMetric
from .custom import Loss as Loss
from .custom import Torch as Torch
from .custom import np as np
from .regression import MAE as MAE
from .regression import MSE as MSE
from .regression import RMSE as RMSE
from .regression import PearsonCorrelation as PearsonCorrelation
