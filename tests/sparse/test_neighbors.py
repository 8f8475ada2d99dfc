"""Parts of graphs and samples of neighbours: what is not random is as in MXNet 1.9.1."""

import numpy as np
import pytest

import mxlite as mx

c = mx.nd.contrib


def full_graph(dtype="int64"):
    """Five vertices with edges to all others, numbered from 1 on."""
    columns = [v for u in range(5) for v in range(5) if u != v]
    return mx.nd.sparse.csr_matrix((np.arange(1, 21), columns, np.arange(0, 21, 4)),
                                   shape=(5, 5), dtype=dtype)


def random_graph(rng, n=60, density=0.2):
    dense = (rng.random((n, n)) < density) * np.arange(1, n * n + 1).reshape(n, n)
    return dense, mx.nd.array(dense, dtype="int64").tostype("csr")


def vector(*values, dtype="int64"):
    return mx.nd.array(values, dtype=dtype)


def parts(matrix):
    return [part.asnumpy().tolist() for part in (matrix.data, matrix.indices, matrix.indptr)]


GRAPH = full_graph()


def test_all_neighbours():
    """Recorded from MXNet 1.9.1; what it leaves undefined is 0."""
    vertices, edges, layers = c.dgl_csr_neighbor_uniform_sample(
        GRAPH, vector(0, 3), num_args=2, num_hops=1, num_neighbor=4, max_num_vertices=8)
    assert vertices.asnumpy().tolist() == [0, 1, 2, 3, 4, 0, 0, 0, 5]
    assert layers.asnumpy().tolist() == [0, 1, 1, 0, 1, 0, 0, 0]
    assert edges.shape == (8, 5) and edges.stype == "csr" and edges.dtype == np.int64
    assert parts(edges) == [[1, 2, 3, 4, 13, 14, 15, 16], [1, 2, 3, 4, 0, 1, 2, 4],
                            [0, 4, 4, 4, 8, 8, 8, 8, 8]]
    compact = c.dgl_graph_compact(edges, vertices, graph_sizes=5, return_mapping=False)
    assert parts(compact) == [[0, 1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 0, 1, 2, 4],
                              [0, 4, 4, 4, 8, 8]]
    new, old = c.dgl_graph_compact(edges, vertices, num_args=2, graph_sizes=(5,),
                                   return_mapping=True)
    assert parts(new) == parts(compact) and old.shape == (5, 5)
    assert parts(old) == [[1, 2, 3, 4, 13, 14, 15, 16], *parts(compact)[1:]]


def test_the_walk_ends_at_the_largest_number_of_vertices():
    with pytest.warns(RuntimeWarning, match="max_num_vertices=3 is reached before all layers"):
        vertices, edges, layers = c.dgl_csr_neighbor_uniform_sample(
            GRAPH, vector(0, 3), num_neighbor=4, max_num_vertices=3)
    assert vertices.asnumpy().tolist() == [0, 1, 3, 3]
    assert layers.asnumpy().tolist() == [0, 1, 0]
    assert parts(edges) == [[1, 2, 3, 4], [1, 2, 3, 4], [0, 4, 4, 4]]


def check_sample(dense, vertices, edges, layers, seeds, hops, most):
    """Whether a sample is one by its structure."""
    count = int(vertices[-1].asscalar())
    known = vertices.asnumpy()[:count].tolist()
    layer = dict(zip(known, layers.asnumpy()[:count].tolist(), strict=True))
    assert known == sorted(set(known)) and {v for v in known if layer[v] == 0} == set(seeds)
    reached = set(seeds)
    rows = edges.asnumpy()
    for i, vertex in enumerate(known):
        taken = np.flatnonzero(rows[i])
        np.testing.assert_array_equal(rows[i][taken], dense[vertex][taken])
        expected = min(most, np.count_nonzero(dense[vertex])) if layer[vertex] < hops else 0
        assert len(taken) == expected
        assert all(layer[int(v)] <= layer[vertex] + 1 for v in taken)
        reached |= set(taken.tolist())
    assert reached == set(known) and not rows[count:].any()


@pytest.mark.parametrize("hops, most", [(1, 2), (2, 3), (3, 1)])
def test_uniform_samples(hops, most, rng):
    dense, graph = random_graph(rng)
    seeds = [[0, 7], [3], [50, 2, 9]]
    arrays = c.dgl_csr_neighbor_uniform_sample(
        graph, *[vector(*each) for each in seeds], num_args=4, num_hops=hops, num_neighbor=most,
        max_num_vertices=60)
    assert len(arrays) == 9
    for i, each in enumerate(seeds):
        check_sample(dense, *arrays[i::3], each, hops, most)


def test_weighted_samples(rng):
    dense, graph = random_graph(rng)
    weights = rng.random(60).astype("float32")
    arrays = c.dgl_csr_neighbor_non_uniform_sample(
        graph, mx.nd.array(weights), vector(4, 1), vector(8), num_hops=2, num_neighbor=2,
        max_num_vertices=50)
    assert len(arrays) == 8
    for i, seeds in enumerate(([4, 1], [8])):
        vertices, edges, chances, layers = arrays[i::2]
        check_sample(dense, vertices, edges, layers, seeds, 2, 2)
        count = int(vertices[-1].asscalar())
        np.testing.assert_array_equal(chances.asnumpy()[:count],
                                      weights[vertices.asnumpy()[:count]])
        assert chances.shape == (50,) and not chances.asnumpy()[count:].any()


def test_samples_are_as_likely_as_they_should_be():
    """Of 4000 first neighbours: uniform a quarter each, by weight in proportion, within 5 sigma."""
    mx.random.seed(5)
    uniform, weighted = np.zeros(5), np.zeros(5)
    weights = np.array([0, 1, 2, 3, 4])
    for _ in range(400):
        seeds = [vector(0)] * 10
        found = c.dgl_csr_neighbor_uniform_sample(GRAPH, *seeds, num_neighbor=1,
                                                  max_num_vertices=2)[10:20]
        uniform += sum(each.asnumpy()[0] != 0 for each in found)
        found = c.dgl_csr_neighbor_non_uniform_sample(GRAPH, vector(*weights), *seeds,
                                                      num_neighbor=1, max_num_vertices=2)[10:20]
        weighted += sum(each.asnumpy()[0] != 0 for each in found)
    np.testing.assert_allclose(uniform[1:], 1000, atol=140)
    np.testing.assert_allclose(weighted, 400 * weights, atol=160)


def test_a_seed_repeats_samples(rng):
    _, graph = random_graph(rng)
    runs = []
    for _ in range(2):
        mx.random.seed(11)
        runs.append([array.asnumpy().tolist() for array in c.dgl_csr_neighbor_uniform_sample(
            graph, vector(1, 2), num_hops=2, max_num_vertices=60)])
    assert runs[0] == runs[1]


def test_vertices_without_weight_come_last():
    weights = vector(1, 0, 1, 0, 1, dtype="float32")
    for _ in range(20):
        edges = c.dgl_csr_neighbor_non_uniform_sample(
            GRAPH, weights, vector(0), num_neighbor=2, max_num_vertices=5)[1]
        assert edges.indices.asnumpy().tolist() == [2, 4]


@pytest.mark.parametrize("dtype", ["int64", "float32"])
def test_subgraphs(dtype):
    """Recorded from MXNet 1.9.1, which takes int64 alone."""
    graph = full_graph(dtype)
    first, second, old, older = c.dgl_subgraph(graph, vector(0, 1, 3), vector(2, 4), num_args=3,
                                               return_mapping=True)
    assert first.dtype == np.dtype(dtype) and first.shape == (3, 3)
    assert parts(first) == [[0, 1, 2, 3, 4, 5], [1, 2, 0, 2, 0, 1], [0, 2, 4, 6]]
    assert parts(second) == [[0, 1], [1, 0], [0, 1, 2]]
    assert parts(old) == [[1, 3, 5, 7, 13, 14], *parts(first)[1:]]
    assert parts(older) == [[12, 19], [1, 0], [0, 1, 2]]
    alone = c.dgl_subgraph(graph, vector(0, 1, 3), return_mapping=False)
    assert parts(alone) == parts(first)
    out = mx.nd.sparse.zeros("csr", (3, 3), dtype=dtype)
    assert c.dgl_subgraph(graph, vector(0, 1, 3), return_mapping=False, out=out) is out
    assert parts(out) == parts(first)


def test_subgraphs_are_those_of_numpy(rng):
    dense, graph = random_graph(rng)
    vertices = np.sort(rng.choice(60, 20, replace=False))
    _, old = c.dgl_subgraph(graph, vector(*vertices), return_mapping=True)
    np.testing.assert_array_equal(old.asnumpy(), dense[np.ix_(vertices, vertices)])


def test_compact_graphs_of_samples(rng):
    _, graph = random_graph(rng)
    arrays = c.dgl_csr_neighbor_uniform_sample(graph, vector(3, 30), num_hops=2,
                                               max_num_vertices=60)
    count = int(arrays[0][-1].asscalar())
    _, old = c.dgl_graph_compact(arrays[1], arrays[0], graph_sizes=count, return_mapping=True)
    known = arrays[0].asnumpy()[:count]
    np.testing.assert_array_equal(old.asnumpy(), arrays[1].asnumpy()[:count][:, known])


def test_graphs_without_edges():
    empty = mx.nd.sparse.zeros("csr", (3, 3), dtype="int64")
    vertices, edges, _ = c.dgl_csr_neighbor_uniform_sample(empty, vector(2), max_num_vertices=2)
    assert vertices.asnumpy().tolist() == [2, 0, 1] and parts(edges) == [[], [], [0, 0, 0]]
    assert parts(c.dgl_subgraph(empty, vector(0, 1), return_mapping=False)) == [[], [], [0, 0, 0]]


DENSE = mx.nd.ones((5, 5))
SAMPLE = c.dgl_csr_neighbor_uniform_sample(GRAPH, vector(0), num_neighbor=4, max_num_vertices=5)


@pytest.mark.parametrize("call, message", [
    (lambda: c.dgl_subgraph(GRAPH, vector(3, 1), return_mapping=False),
     r"dgl_subgraph: vertices must be ascending; got \[3, 1\]"),
    (lambda: c.dgl_subgraph(GRAPH, vector(3, 9), return_mapping=False),
     r"dgl_subgraph: vertices must be in \[0, 4\]; got 9"),
    (lambda: c.dgl_subgraph(DENSE, vector(3), return_mapping=False),
     "dgl_subgraph: the graph must be csr; got 'default'"),
    (lambda: c.dgl_subgraph(GRAPH, return_mapping=False), "needs at least 2 arrays; got 1"),
    (lambda: c.dgl_subgraph(GRAPH, vector(1), num_args=3, return_mapping=False),
     "num_args must be 2, the number of arrays; got 3"),
    (lambda: c.dgl_subgraph(GRAPH, [1], return_mapping=False), "data must be NDArrays; got list"),
    (lambda: c.dgl_subgraph(GRAPH, vector(1), return_mapping=False, out=vector(1)),
     r"out must hold arrays of shapes \[\(1, 1\)\]; got \[\(1,\)\]"),
    (lambda: c.dgl_csr_neighbor_uniform_sample(GRAPH, DENSE), "there must be dense vectors"),
    (lambda: c.dgl_csr_neighbor_uniform_sample(mx.nd.sparse.zeros("csr", (2, 3)), vector(1)),
     r"the graph must have shape \(n, n\); got \(2, 3\)"),
    (lambda: c.dgl_csr_neighbor_uniform_sample(GRAPH, vector(-1)),
     r"vertices must be in \[0, 4\]; got -1"),
    (lambda: c.dgl_csr_neighbor_uniform_sample(GRAPH, vector(1, 2), max_num_vertices=1),
     "max_num_vertices must be at least the number of seeds, 2; got 1"),
    (lambda: c.dgl_csr_neighbor_uniform_sample(GRAPH, vector(1), num_neighbor=0),
     "num_neighbor must be at least 1; got 0"),
    (lambda: c.dgl_csr_neighbor_non_uniform_sample(GRAPH, vector(1, 2), vector(1)),
     r"probability must have shape \(5,\), one weight a vertex; got \(2,\)"),
    (lambda: c.dgl_csr_neighbor_non_uniform_sample(
        GRAPH, vector(1, 1, 1, 1, -1, dtype="float32"), vector(1)),
     "probability must hold no negative numbers"),
    (lambda: c.dgl_graph_compact(SAMPLE[1], graph_sizes=5, return_mapping=False),
     "a matrix, a vector and a size for each graph; got 1 arrays and 1 sizes"),
    (lambda: c.dgl_graph_compact(SAMPLE[1], vector(1), graph_sizes=5, return_mapping=False),
     r"a vector of vertices must have shape \(6,\), one more than rows; got \(1,\)"),
    (lambda: c.dgl_graph_compact(SAMPLE[1], SAMPLE[0], graph_sizes=4, return_mapping=False),
     "graph_sizes must hold 5, the number of vertices at the end of their vector; got 4"),
    (lambda: c.dgl_graph_compact(SAMPLE[1], vector(0, 1, 2, 3, 0, 4), graph_sizes=4,
                                 return_mapping=False),
     "edges must lead to vertices of the sample; got one to 4"),
])
def test_refusals(call, message):
    with pytest.raises(mx.MXNetError, match=message):
        call()
