"""Which function writes which operator."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from ...ops.schema import REGISTRY

if TYPE_CHECKING:
    from .call import Call

Translation = Callable[["Call"], "str | list[str]"]
Given = TypeVar("Given", bound=Translation)
TRANSLATIONS: dict[str, Translation] = {}       # by the operator's name


def translation(*names: str) -> Callable[[Given], Given]:
    """The function below writes the operators of these names."""
    def enter(function: Given) -> Given:
        for name in names:
            TRANSLATIONS[REGISTRY[name].name] = function
        return function
    return enter


# operators that are only for training -> how many of their inputs count when predicting
INPUTS_READ = {"SoftmaxOutput": 1, "LinearRegressionOutput": 1, "LogisticRegressionOutput": 1,
               "MAERegressionOutput": 1, "SVMOutput": 1, "IdentityAttachKLSparseReg": 1}
