"""`gluon.contrib.cnn`: convolutions whose taps are moved by offsets."""

from .conv_layers import DeformableConvolution as DeformableConvolution
from .conv_layers import ModulatedDeformableConvolution as ModulatedDeformableConvolution
