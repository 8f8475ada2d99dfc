"""The table: products of matrices."""

from __future__ import annotations

from ..blas import LARGEST
from .row import FLOATS, MOST_BLOCKS, NUMBERS, Fields, Row, Stage, Staged, same, threads

Strided = tuple[int, int, int, int]     # pointer of the call, bytes into it; items between matrices
BY_ROW, BY_COLUMN = 1, 2
ENOUGH = 256                            # tiles that occupy a device


def product(a: Strided, b: Strided, c: Strided, M: int, N: int, K: int, *, batch: int = 1,
            groups: int = 1, trans_a: int = 0, trans_b: int = 0, ldc: int = 0,
            bias: tuple[int, int] | None = None, is_wide: bool = False) -> Stage:
    """C = op(A) (M, K) @ op(B) (K, N) [+ bias] of `batch` matrices: product_dims of gemm.cu.

    a, b, c: (pointer, bytes, items between outer matrices, and between the `groups` inner ones of
    each). bias: (pointer, BY_ROW or BY_COLUMN). All products of the table come through here.
    """
    def tiles(size: int) -> int:
        return batch * -(-M // size) * -(-N // size)

    tile = 64 if tiles(64) >= ENOUGH else 16
    fields = (batch, groups, M, N, K, trans_a, trans_b, ldc or N, bias[1] if bias else 0,
              int(is_wide), tile, *a[2:], *b[2:], *c[2:])
    pointers = (a[:2], b[:2], c[:2], *([(bias[0], 0)] if bias else []))
    return Stage("gemm", "product", min(tiles(tile), MOST_BLOCKS), fields=fields, pointers=pointers)


def is_for_blas(stage: Stage) -> bool:
    """Whether cuBLAS takes a product: no size is 0 or beyond its integers."""
    batch, _, M, N, K, _, _, ldc = stage.fields[:8]
    return bool(min(batch, M, N, K) > 0 and max(batch, M, N, K, ldc) <= LARGEST)


def bias_of(stage: Stage) -> Stage | None:
    """What writes a product's bias, to which cuBLAS then adds; None: it has none."""
    batch, _, M, N = stage.fields[:4]
    return stage._replace(name="product_bias", grid=threads(batch * M * N)) \
        if stage.fields[8] else None


def products() -> dict[str, Row | Staged]:
    def gemm(fields: Fields, dtype: str) -> tuple[list[Stage], int]:
        batch, M, N, K = [fields[name] for name in ("batch", "M", "N", "K")]
        has_bias = fields["has_bias"]
        return [product((0, 0, M * K, 0), (1, 0, K * N, 0), (2 + has_bias, 0, M * N, 0), M, N, K,
                        batch=batch, trans_a=fields["trans_a"], trans_b=fields["trans_b"],
                        bias=(2, BY_COLUMN) if has_bias else None)], 0

    sparse = {name: Row("sparse_dot", FLOATS, "rows columns nnz M N", same(5),
                        lambda fields: threads(fields["M"] * fields["N"]))
              for name in ("csr_dot", "dot_csr_transposed")}
    return {"gemm": Staged("gemm", NUMBERS, "batch M N K trans_a trans_b has_bias",
                           lambda fields: 3 + fields["has_bias"], gemm), **sparse}
