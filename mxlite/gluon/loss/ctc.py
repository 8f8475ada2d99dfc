"""CTCLoss: the loss of sequences of labels that are not aligned with the predictions."""

from __future__ import annotations

from typing import Any

from ...base import AssertedValueError
from .base import Loss, weighted


class CTCLoss(Loss):
    """-log of the probability of the labels, whatever their alignment with the predictions.

    layout: of pred, 'NTC' or 'TNC'; label_layout: 'NT' or 'TN'. The last class of pred is the
    blank; classes count from 0, and -1 pads labels without lengths. Raises MXNetValueError for
    other layouts.
    """

    def __init__(self, layout: str = "NTC", label_layout: str = "NT",
                 weight: float | None = None, **kwargs: Any) -> None:
        for name, value, choices in (("layout", layout, ("NTC", "TNC")),
                                     ("label_layout", label_layout, ("NT", "TN"))):
            if value not in choices:
                raise AssertedValueError(
                    f"CTCLoss: {name} must be {choices[0]!r} or {choices[1]!r}; got {value!r}")
        super().__init__(weight, label_layout.index("N"), **kwargs)
        self._layout = layout
        self._label_layout = label_layout

    def hybrid_forward(self, F: Any, pred: Any, label: Any, pred_lengths: Any = None,
                       label_lengths: Any = None, sample_weight: Any = None) -> Any:
        """pred (N, T, C) scores before softmax, label (N, L), lengths (N,) -> (N,)."""
        if self._layout == "NTC":
            pred = F.swapaxes(pred, dim1=0, dim2=1)
        if self._label_layout == "TN":
            label = F.swapaxes(label, dim1=0, dim2=1)
        loss = F.CTCLoss(pred, label, pred_lengths, label_lengths,
                         use_data_lengths=pred_lengths is not None,
                         use_label_lengths=label_lengths is not None, blank_label="last")
        return weighted(F, loss, self._weight, sample_weight)
