"""The functions `dgl_*` in graphs: how many edges they give is known when the graph has run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..base import Shape
from ..ndarray import NDArray
from ..ndarray.sparse import neighbors
from ..ops.inference import PartialShapes
from ..ops.schema import Op, param, register, required


class _OfMatrices(Op):
    """Base: a matrix or several, and vectors; the outputs are made in Python."""

    in_python = True
    num_args: int = required("number of arrays", low=2)

    def infer_shape(self, *shapes: Any) -> list[Any]:
        raise NotImplementedError

    def check_count(self, count: int) -> None:
        super().check_count(count)
        if count != self.num_args:
            raise self.value_error("num_args", f"the number of arrays, {count}", self.num_args)

    def fill_shapes(self, inputs: PartialShapes,
                    outputs: PartialShapes) -> tuple[PartialShapes, PartialShapes]:
        if any(shape is None for shape in inputs):
            return inputs, [None] * self.num_outputs
        return inputs, self.infer_shape(*inputs)

    def settings(self) -> dict[str, Any]:
        """The parameters of the function."""
        return {name: getattr(self, name) for name in self.params}

    def run_in_python(self, arrays: Sequence[NDArray], ctx: Any,
                      kept: dict[Any, Any] | None = None) -> list[NDArray]:
        function = getattr(neighbors, self.name.removeprefix("_contrib_"))
        results = function(*arrays, **self.settings())
        return [results] if isinstance(results, NDArray) else list(results)


class _Sample(_OfMatrices):
    """Base of the samples."""

    num_others: int             # arrays before the vectors of seeds
    num_hops: int = param(1, "layers that are walked")
    num_neighbor: int = param(2, "most neighbours of a vertex", low=1)
    max_num_vertices: int = param(100, "most vertices of a sample", low=1)

    @property
    def num_outputs(self) -> int:  # type: ignore[override]
        return (2 + self.num_others) * (self.num_args - self.num_others)

    def infer_shape(self, *shapes: Any) -> list[Any]:
        most, count = self.max_num_vertices, self.num_args - self.num_others
        vectors = [(most,)] * (self.num_others * count)
        return [(most + 1,)] * count + [(most, shapes[0][1])] * count + vectors

    def infer_dtype(self, *dtypes: str) -> list[str]:
        kinds = [dtypes[-1], dtypes[0], *dtypes[1:self.num_others], dtypes[-1]]
        return [dtype for dtype in kinds for _ in range(self.num_args - self.num_others)]

    def fill_dtypes(self, inputs: Any, outputs: Any) -> Any:
        return inputs, outputs


@register("_contrib_dgl_csr_neighbor_uniform_sample", inputs="*data")
class UniformSample(_Sample):
    """Samples of neighbours: see mx.nd.contrib.dgl_csr_neighbor_uniform_sample."""

    num_others = 1


@register("_contrib_dgl_csr_neighbor_non_uniform_sample", inputs="*data")
class NonUniformSample(_Sample):
    """Weighted samples: see mx.nd.contrib.dgl_csr_neighbor_non_uniform_sample."""

    num_others = 2


class _Mapped(_OfMatrices):
    """Base of what gives its matrices once more, with the old numbers of edges."""

    return_mapping: bool = required("give the old numbers of the edges, too")
    num_matrices: int

    @property
    def num_outputs(self) -> int:  # type: ignore[override]
        return self.num_matrices * (1 + self.return_mapping)

    def infer_dtype(self, *dtypes: str) -> list[str]:
        return [dtypes[0]] * self.num_outputs

    def fill_dtypes(self, inputs: Any, outputs: Any) -> Any:
        return inputs, [inputs[0]] * self.num_outputs


@register("_contrib_dgl_subgraph", inputs="*data")
class Subgraph(_Mapped):
    """The edges between vertices: see mx.nd.contrib.dgl_subgraph."""

    @property
    def num_matrices(self) -> int:  # type: ignore[override]
        return self.num_args - 1

    def variable_names(self, count: int) -> list[str]:
        return ["graph", *[f"varray{i}" for i in range(count - 1)]]

    def infer_shape(self, *shapes: Any) -> list[Any]:
        return [(*vector, *vector) for vector in shapes[1:]] * (1 + self.return_mapping)


@register("_contrib_dgl_graph_compact", inputs="*graph_data")
class GraphCompact(_Mapped):
    """Samples without empty rows: see mx.nd.contrib.dgl_graph_compact."""

    graph_sizes: Shape = required("the number of vertices of each graph")

    @property
    def num_matrices(self) -> int:  # type: ignore[override]
        return self.num_args // 2

    def variable_names(self, count: int) -> list[str]:
        return [f"{kind}{i}" for kind in ("graph", "varray") for i in range(count // 2)]

    def infer_shape(self, *shapes: Any) -> list[Any]:
        return [(size, size) for size in self.graph_sizes] * (1 + self.return_mapping)
