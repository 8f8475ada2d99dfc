"""Public names and signatures are those of tests/api.txt, which tools/api_snapshot.py writes."""

import types
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def tool(load_tool):
    return load_tool("api_snapshot")


def test_the_api_is_as_committed(tool):
    """A change of it is meant if tests/api.txt changes with it: run tools/api_snapshot.py."""
    assert tool.snapshot().splitlines() == (ROOT / "tests/api.txt").read_text().splitlines()


def test_a_line_for_every_public_name(tool):
    class Base:
        def kept(self, x=1, *args): ...

    class Layer(Base):
        size = 3

        def __init__(self, units: int, axis: int = -1): ...

        @classmethod
        def load(cls, path, *, strict=True): ...

        def _hidden(self): ...

    for cls in (Base, Layer):
        cls.__module__ = "mxlite.planted"
    module = types.SimpleNamespace(__all__=["Layer"], Layer=Layer)
    assert list(tool.public_names(module)) == [("Layer", Layer)]
    assert tool.signature_of(Layer) == "(units, axis=-1)"
    assert list(tool.member_lines("mx.Layer", Layer, {Layer})) == [
        "mx.Layer.kept(self, x=1, *args)", "mx.Layer.load(cls, path, *, strict=True)",
        "mx.Layer.size"]
    assert list(tool.member_lines("mx.Layer", Layer, {Layer, Base})) == [
        "mx.Layer.load(cls, path, *, strict=True)", "mx.Layer.size"]


def test_check_shows_the_difference(tool, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(tool, "SNAPSHOT", tmp_path / "api.txt")
    monkeypatch.setattr(tool.sys, "argv", ["api_snapshot.py"])
    assert tool.main() == 0
    monkeypatch.setattr(tool.sys, "argv", ["api_snapshot.py", "--check"])
    assert tool.main() == 0
    with open(tool.SNAPSHOT, "a") as file:
        file.write("mx.nd.vanished(x)\n")
    assert tool.main() == 1
    assert "-mx.nd.vanished(x)" in capsys.readouterr().out
