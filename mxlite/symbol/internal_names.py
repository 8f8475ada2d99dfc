"""What monitors and hooks call the inputs and outputs of operators in a graph."""

from __future__ import annotations

from .graph import Entry, Node

# operators whose only input is called data; where MXNet has no name for it, it says input0
NAMED = {"MakeLoss", "SwapAxis", "squeeze", "reverse", "tile", "repeat", "SliceChannel",
         "_split_v2", "Pad", "diag", "depth_to_space", "space_to_depth", "moments", "SequenceMask",
         "SequenceLast", "SequenceReverse", "softmax", "log_softmax", "Dropout", "Pooling",
         "LeakyReLU", "L2Normalization", "LRN", "_contrib_index_array", "_unravel_index",
         "_ravel_multi_index", "GridGenerator", "_contrib_MultiBoxPrior"}


def named_inputs(node: Node) -> list[tuple[str, Entry]]:
    """The inputs by the names that monitors get: "fc1_weight", "tanh0_input0", "concat0_arg1"."""
    assert node.op is not None
    names = node.input_names()
    if node.operator.is_variadic:
        names = node.operator.variable_names(len(names))
    elif names == ["data"] and node.op.name not in NAMED:
        names = ["input0"]
    return [(f"{node.name}_{name}", source)
            for name, source in zip(names, node.inputs, strict=False)]


def named_outputs(node: Node, hidden: bool) -> list[tuple[str, Entry]]:
    """The outputs by name; hidden: also those that cannot be seen, if they have names."""
    names = node.operator.output_names()
    count = node.num_outputs
    if hidden and node.operator.named_outputs:
        count = max(count, min(len(names), node.operator.num_outputs))
    return [(f"{node.name}_{names[i]}", Entry(node, i)) for i in range(count)]
