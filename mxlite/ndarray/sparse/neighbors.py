"""Graphs as csr matrices of the numbers of their edges: parts of them, and samples of neighbours.

Row u holds, at column v, the number of the edge from u to v. MXNet keeps these functions for DGL.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...base import MXNetIndexError, MXNetTypeError, MXNetValueError
from ...device.rng import numpy_generator
from ..array import wrap_numpy
from ..ndarray import NDArray
from .making import from_parts, write
from .parts import Values

Choice = Callable[[Values], Values]     # columns of a row -> the places of those that are taken


class Sample(NamedTuple):
    """Vertices, ascending, with the layer in which each was found, and edges: (row, columns, ids)
    of each vertex that was asked for its neighbours."""

    vertices: Values
    layers: Values
    edges: dict[int, tuple[Values, Values]]


def dgl_csr_neighbor_uniform_sample(*data: NDArray, num_args: int | None = None, num_hops: int = 1,
                                    num_neighbor: int = 2, max_num_vertices: int = 100,
                                    out: Any = None, name: str | None = None) -> list[NDArray]:
    """Samples of a graph around seeds: at most num_neighbor neighbours of a vertex, all as likely.

    data: the graph, a csr matrix (n, n), then vectors of seeds; num_args: how many arrays. From
    the seeds, num_hops layers are walked. Returns, for S vectors, 3 S arrays: vertices
    (max_num_vertices + 1,), ascending, their number last; csr matrices (max_num_vertices, n), row i
    with the edges taken from vertex i; layers (max_num_vertices,), 0 of seeds. What is not used
    is 0. Warns where max_num_vertices ends the walk. mx.random.seed makes samples repeat.
    Raises MXNetValueError, MXNetTypeError, MXNetIndexError for other arrays, counts and seeds.
    """
    what = "dgl_csr_neighbor_uniform_sample"
    graph, seeds = _graph_and_vectors(what, data, num_args, 1)
    choose = _uniform(_at_least(what, "num_neighbor", num_neighbor, 1))
    samples = [_sampled(what, graph, each, choose, num_hops, max_num_vertices) for each in seeds]
    return _given(what, out, [
        *_vertices(samples, seeds, max_num_vertices), *_matrices(samples, graph, max_num_vertices),
        *_layers(samples, seeds, max_num_vertices)])


def dgl_csr_neighbor_non_uniform_sample(*data: NDArray, num_args: int | None = None,
                                        num_hops: int = 1, num_neighbor: int = 2,
                                        max_num_vertices: int = 100, out: Any = None,
                                        name: str | None = None) -> list[NDArray]:
    """Samples of a graph around seeds, where some vertices are more likely than others.

    data: the graph, a csr matrix (n, n), weights (n,) of its vertices, then vectors of seeds.
    As dgl_csr_neighbor_uniform_sample, but returns 4 S arrays: between matrices and layers there
    are the weights of the vertices, (max_num_vertices,).
    """
    what = "dgl_csr_neighbor_non_uniform_sample"
    graph, (weights, *seeds) = _graph_and_vectors(what, data, num_args, 2)
    values = weights._values()
    if values.shape != graph.shape[:1]:
        raise MXNetValueError(f"{what}: probability must have shape {graph.shape[:1]}, one weight "
                              f"a vertex; got {values.shape}")
    if not (values >= 0).all():
        raise MXNetValueError(f"{what}: probability must hold no negative numbers and no NaN")
    choose = _weighted(_at_least(what, "num_neighbor", num_neighbor, 1), values)
    samples = [_sampled(what, graph, each, choose, num_hops, max_num_vertices) for each in seeds]
    chances = [_vector(values[sample.vertices], max_num_vertices, weights) for sample in samples]
    return _given(what, out, [
        *_vertices(samples, seeds, max_num_vertices), *_matrices(samples, graph, max_num_vertices),
        *chances, *_layers(samples, seeds, max_num_vertices)])


def dgl_subgraph(*data: NDArray, return_mapping: bool, num_args: int | None = None,
                 out: Any = None, name: str | None = None) -> Any:
    """The edges of a graph between given vertices, as csr matrices (k, k) of new edge numbers.

    data: the graph, a csr matrix, then ascending vectors (k,) of vertices. With return_mapping the
    same matrices follow once more, with the numbers that the edges have in the graph. One matrix,
    or a list of them. Raises MXNetIndexError for vertices that there are not.
    """
    what = "dgl_subgraph"
    graph, vectors = _graph_and_vectors(what, data, num_args, 1)
    new, old = [], []
    for vector in vectors:
        vertices = vector._values().astype(np.int64)
        if np.any(np.diff(vertices) < 0):
            raise MXNetValueError(f"{what}: vertices must be ascending; got {vertices.tolist()}")
        _check_vertices(what, graph, vertices)
        number = np.full(graph.shape[1], -1)
        number[vertices] = np.arange(len(vertices))
        ids, columns, indptr = graph._host_parts
        rows = [slice(indptr[vertex], indptr[vertex + 1]) for vertex in vertices]
        kept = [number[columns[row]] >= 0 for row in rows]
        ends = np.concatenate([[0], np.cumsum([each.sum() for each in kept])])
        found = _joined([number[columns[row]][keep]
                         for row, keep in zip(rows, kept, strict=True)], np.int64)
        edges = _joined([ids[row][keep] for row, keep in zip(rows, kept, strict=True)], ids.dtype)
        shape = (len(vertices),) * 2
        new.append(_csr(graph, shape, np.arange(len(found)), found, ends))
        old.append(_csr(graph, shape, edges, found, ends))
    return _one_or_more(what, out, [*new, *old] if return_mapping else new)


def dgl_graph_compact(*graph_data: NDArray, return_mapping: bool, graph_sizes: Any,
                      num_args: int | None = None, out: Any = None,
                      name: str | None = None) -> Any:
    """Samples without their empty rows and columns: csr matrices (k, k) of new edge numbers.

    graph_data: the matrices of samples, then their vectors of vertices; graph_sizes: the number k
    of vertices of each, which is the last item of its vector. With return_mapping the same
    matrices follow once more, with the numbers that the edges had. One matrix, or a list of them.
    """
    what = "dgl_graph_compact"
    arrays = _arrays(what, graph_data, num_args)
    count = len(arrays) // 2
    sizes = [int(graph_sizes)] if np.ndim(graph_sizes) == 0 else [int(k) for k in graph_sizes]
    if not count or len(arrays) % 2 or len(sizes) != count:
        raise MXNetValueError(f"{what}: there must be a matrix, a vector and a size for each "
                              f"graph; got {len(arrays)} arrays and {len(sizes)} sizes")
    new, old = [], []
    for graph, vector, size in zip(arrays[:count], arrays[count:], sizes, strict=True):
        _check_storage(what, graph, [vector])
        vertices = vector._values().astype(np.int64)
        if vertices.shape != (graph.shape[0] + 1,):
            raise MXNetValueError(f"{what}: a vector of vertices must have shape "
                                  f"({graph.shape[0] + 1},), one more than rows; "
                                  f"got {vertices.shape}")
        if vertices[-1] != size:
            raise MXNetValueError(f"{what}: graph_sizes must hold {vertices[-1]}, the number of "
                                  f"vertices at the end of their vector; got {size}")
        ids, columns, indptr = graph._host_parts
        number = np.full(graph.shape[1], -1)
        number[vertices[:size]] = np.arange(size)
        ends = indptr[:size + 1].copy()
        found = number[columns[:ends[-1]]]
        if np.any(found < 0):
            raise MXNetIndexError(f"{what}: edges must lead to vertices of the sample; got one to "
                                  f"{columns[int(np.argmin(found))]}")
        new.append(_csr(graph, (size, size), np.arange(len(found)), found, ends))
        old.append(_csr(graph, (size, size), ids[:len(found)].copy(), found, ends))
    return _one_or_more(what, out, [*new, *old] if return_mapping else new)


# Sampling -----------------------------------------------------------------------------------------

def _uniform(most: int) -> Choice:
    def choose(columns: Values) -> Values:
        if len(columns) <= most:
            return np.arange(len(columns))
        return np.sort(numpy_generator().choice(len(columns), most, replace=False))

    return choose


def _weighted(most: int, weights: Values) -> Choice:
    def choose(columns: Values) -> Values:
        if len(columns) <= most:
            return np.arange(len(columns))
        # The largest of u^(1 / weight) are a sample without replacement, one after another.
        chances = weights[columns].astype(np.float64)
        with np.errstate(divide="ignore"):
            keys = np.log(numpy_generator().random(len(columns))) / chances
        return np.sort(np.argsort(-keys, kind="stable")[:most])

    return choose


def _sampled(what: str, graph: Any, seeds: NDArray, choose: Choice, num_hops: int,
             most: int) -> Sample:
    """Walk from the seeds, layer by layer, until there are `most` vertices."""
    ids, columns, indptr = graph._host_parts
    found = dict.fromkeys(seeds._values().astype(np.int64).tolist(), 0)     # vertex -> layer
    _check_vertices(what, graph, np.array([*found], dtype=np.int64))
    if seeds.size > most:
        raise MXNetValueError(f"{what}: max_num_vertices must be at least the number of seeds, "
                              f"{seeds.size}; got {most}")
    queue, at, edges = [*found], 0, {}
    while at < len(queue) and len(found) < most:
        vertex = queue[at]
        at += 1
        if found[vertex] >= num_hops:
            continue
        row = slice(indptr[vertex], indptr[vertex + 1])
        taken = choose(columns[row])
        edges[vertex] = columns[row][taken], ids[row][taken]
        for neighbour in edges[vertex][0].tolist():
            if len(found) < most and neighbour not in found:
                found[neighbour] = found[vertex] + 1
                queue.append(neighbour)
    if any(found[vertex] < num_hops for vertex in queue[at:]):
        warnings.warn(f"{what}: max_num_vertices={most} is reached before all layers are walked; "
                      "take fewer seeds or neighbours", RuntimeWarning, stacklevel=3)
    vertices = np.array(sorted(found), dtype=np.int64)
    layers = np.array([found[vertex] for vertex in vertices.tolist()], dtype=np.int64)
    return Sample(vertices, layers, edges)


# Results ------------------------------------------------------------------------------------------

def _vertices(samples: Sequence[Sample], seeds: Sequence[NDArray], most: int) -> list[NDArray]:
    arrays = []
    for sample, like in zip(samples, seeds, strict=True):
        values = np.zeros(most + 1, np.int64)
        values[:len(sample.vertices)] = sample.vertices
        values[-1] = len(sample.vertices)
        arrays.append(_vector(values, most + 1, like))
    return arrays


def _layers(samples: Sequence[Sample], seeds: Sequence[NDArray], most: int) -> list[NDArray]:
    return [_vector(sample.layers, most, like) for sample, like in zip(samples, seeds, strict=True)]


def _matrices(samples: Sequence[Sample], graph: Any, most: int) -> list[NDArray]:
    matrices = []
    none = np.zeros(0, np.int64), np.zeros(0, graph._host_parts[0].dtype)
    for sample in samples:
        rows = [sample.edges.get(vertex, none) for vertex in sample.vertices.tolist()]
        ends = np.zeros(most + 1, np.int64)
        ends[1:len(rows) + 1] = np.cumsum([len(columns) for columns, _ in rows])
        ends[len(rows) + 1:] = ends[len(rows)]
        matrices.append(_csr(graph, (most, graph.shape[1]),
                             _joined([ids for _, ids in rows], none[1].dtype),
                             _joined([columns for columns, _ in rows], np.int64), ends))
    return matrices


def _joined(parts: Sequence[Values], dtype: Any) -> Values:
    return np.concatenate(parts) if parts else np.zeros(0, dtype)


def _csr(graph: Any, shape: tuple[int, int], ids: Values, columns: Values, ends: Values) -> NDArray:
    dtype = graph._host_parts[0].dtype
    matrix: NDArray = from_parts("csr", shape, (ids.astype(dtype), columns.copy(), ends.copy()),
                                 graph.ctx, graph._dtype_name)
    return matrix


def _vector(values: Values, length: int, like: NDArray) -> NDArray:
    """The values, and zeros, as an array of the dtype of `like`."""
    padded = np.zeros(length, like.dtype)
    padded[:len(values)] = values
    return wrap_numpy(padded, like.ctx, like._dtype_name)


def _given(what: str, out: Any, results: list[NDArray]) -> list[NDArray]:
    if out is None:
        return results
    targets = list(out) if isinstance(out, (list, tuple)) else [out]
    if [target.shape for target in targets] != [result.shape for result in results]:
        raise MXNetValueError(f"{what}: out must hold arrays of shapes "
                              f"{[result.shape for result in results]}; "
                              f"got {[target.shape for target in targets]}")
    for target, result in zip(targets, results, strict=True):
        write(target, result)
    return targets


def _one_or_more(what: str, out: Any, results: list[NDArray]) -> Any:
    given = _given(what, out, results)
    return given[0] if len(given) == 1 else given


# Arguments ----------------------------------------------------------------------------------------

def _arrays(what: str, data: Sequence[Any], num_args: int | None) -> list[Any]:
    arrays = list(data[0] if len(data) == 1 and isinstance(data[0], (list, tuple)) else data)
    for array in arrays:
        if not isinstance(array, NDArray):
            raise MXNetTypeError(f"{what}: data must be NDArrays; got {type(array).__name__}")
    if num_args is not None and int(num_args) != len(arrays):
        raise MXNetValueError(f"{what}: num_args must be {len(arrays)}, the number of arrays; "
                              f"got {num_args}")
    return arrays


def _graph_and_vectors(what: str, data: Sequence[Any], num_args: int | None,
                       least: int) -> tuple[Any, list[NDArray]]:
    arrays = _arrays(what, data, num_args)
    if len(arrays) <= least:
        raise MXNetTypeError(f"{what}: needs at least {least + 1} arrays; got {len(arrays)}")
    _check_storage(what, arrays[0], arrays[1:])
    if arrays[0].shape[0] != arrays[0].shape[1]:
        raise MXNetValueError(f"{what}: the graph must have shape (n, n); got {arrays[0].shape}")
    return arrays[0], arrays[1:]


def _check_storage(what: str, graph: Any, vectors: Sequence[NDArray]) -> None:
    if graph.stype != "csr":
        raise MXNetValueError(f"{what}: the graph must be csr; got {graph.stype!r}")
    for vector in vectors:
        if vector.stype != "default" or vector.ndim != 1:
            raise MXNetValueError(f"{what}: behind the graph there must be dense vectors; "
                                  f"got {vector.stype!r} of shape {vector.shape}")


def _check_vertices(what: str, graph: Any, vertices: Values) -> None:
    outside = (vertices < 0) | (vertices >= graph.shape[0])
    if outside.any():
        raise MXNetIndexError(f"{what}: vertices must be in [0, {graph.shape[0] - 1}]; "
                              f"got {vertices[outside][0]}")


def _at_least(what: str, name: str, value: int, low: int) -> int:
    if value < low:
        raise MXNetValueError(f"{what}: {name} must be at least {low}; got {value}")
    return value
