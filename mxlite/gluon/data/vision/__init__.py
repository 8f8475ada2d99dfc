"""`gluon.data.vision`: image datasets."""

from .datasets import MNIST as MNIST
from .datasets import FashionMNIST as FashionMNIST
