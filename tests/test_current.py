"""`AttrScope.current`, `NameManager.current`: attributes, one a thread, as in MXNet."""

from concurrent.futures import ThreadPoolExecutor

import pytest

import mxlite as mx
from mxlite.name import NameManager, Prefix

MADE = {NameManager: lambda: Prefix("p_"), mx.AttrScope: lambda: mx.AttrScope(a="b")}


@pytest.mark.parametrize("kind", MADE)
def test_blocks_nest(kind):
    outer, first, second = kind.current, MADE[kind](), MADE[kind]()
    with first:
        assert kind.current is first
        with second, first:
            assert kind.current is first
        assert kind.current is first
    with pytest.raises(KeyError), second:
        raise KeyError
    assert kind.current is outer


@pytest.mark.parametrize("kind", MADE)
def test_assigned_in_one_thread(kind):
    before, mine = kind.current, MADE[kind]()
    try:
        kind.current = mine
        with ThreadPoolExecutor(1) as pool:
            theirs = pool.submit(lambda: kind.current).result()
        assert kind.current is mine and theirs is not mine and type(theirs) is kind
    finally:
        kind.current = before
    assert kind.current is before


def test_what_is_in_force_counts():
    before = mx.AttrScope.current
    try:
        mx.AttrScope.current = mx.AttrScope(x="1", y="2")
        assert mx.AttrScope.current.get({"y": "3"}) == {"x": "1", "y": "3"}
        with mx.AttrScope(z="4"):
            assert mx.AttrScope.current.get(None) == {"x": "1", "y": "2", "z": "4"}
            assert mx.sym.Variable("v").list_attr() == {"x": "1", "y": "2", "z": "4"}
    finally:
        mx.AttrScope.current = before
    assert mx.AttrScope.current.get(None) == {}
    with Prefix("net_"):
        assert Prefix.current is NameManager.current
        assert NameManager.current.get(None, "fc") == "net_fc0"
        assert NameManager.current.get("given", "fc") == "net_given"
