"""`gluon.loss`: losses, one value a sample."""

from .base import Loss as Loss
from .base import shaped_like as _reshape_like  # noqa: F401  the names in MXNet, which losses of
from .base import weighted as _apply_weighting  # noqa: F401  users and GluonCV call
from .classification import HingeLoss as HingeLoss
from .classification import KLDivLoss as KLDivLoss
from .classification import LogisticLoss as LogisticLoss
from .classification import SigmoidBCELoss as SigmoidBCELoss
from .classification import SigmoidBinaryCrossEntropyLoss as SigmoidBinaryCrossEntropyLoss
from .classification import SoftmaxCELoss as SoftmaxCELoss
from .classification import SoftmaxCrossEntropyLoss as SoftmaxCrossEntropyLoss
from .classification import SquaredHingeLoss as SquaredHingeLoss
from .ctc import CTCLoss as CTCLoss
from .metric_learning import CosineEmbeddingLoss as CosineEmbeddingLoss
from .metric_learning import SDMLLoss as SDMLLoss
from .metric_learning import TripletLoss as TripletLoss
from .regression import HuberLoss as HuberLoss
from .regression import L1Loss as L1Loss
from .regression import L2Loss as L2Loss
from .regression import PoissonNLLLoss as PoissonNLLLoss
