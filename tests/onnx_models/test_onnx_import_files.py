"""What import_model says of files and graphs that it does not take."""

import builtins
import os
import re

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from onnx_import_cases import BOOL, INT, draw, model_of

from mxlite.base import (
    MXNetFileNotFoundError,
    MXNetIsADirectoryError,
    MXNetNotImplementedError,
    MXNetTypeError,
    MXNetValueError,
)
from mxlite.contrib.onnx import get_model_metadata, import_model, import_to_gluon


def relu():
    return model_of([helper.make_node("Relu", ["x"], ["y"])], {"x": draw(2, 3)})


# Files --------------------------------------------------------------------------------------------

@pytest.mark.parametrize("function", [import_model, get_model_metadata,
                                      lambda file: import_to_gluon(file, None)])
def test_files_that_are_not_there(function, tmp_path):
    with pytest.raises(MXNetFileNotFoundError, match=r"No such file or directory: '.*none\.onnx'"):
        function(str(tmp_path / "none.onnx"))
    with pytest.raises(MXNetIsADirectoryError, match="Is a directory"):
        function(tmp_path)


@pytest.mark.parametrize("content", [b"", b"a text\n" * 9, b"{}", relu().SerializeToString()[:-40],
                                     bytes(range(256))])
def test_files_that_are_no_models(content, tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(content)
    with pytest.raises(MXNetValueError, match=r"import_model: '.*net\.onnx' must be an ONNX model; "
                       rf"it is none, or only the beginning of one \({len(content)} bytes\)"):
        import_model(path)


def test_what_is_no_path():
    with pytest.raises(MXNetTypeError, match=r"import_model: model_file must be a path or an "
                       r"onnx\.ModelProto; got int"):
        import_model(3)


def test_opsets_that_are_not_known():
    model = relu()
    newest = onnx.defs.onnx_opset_version()
    for version, text in ((6, "the model must use opset 7 or later; got 6. onnx.version_converter"),
                          (newest + 1, f"uses opset {newest + 1}, but the package onnx")):
        model.opset_import[0].version = version
        with pytest.raises(MXNetValueError, match=text):
            import_model(model)
    del model.opset_import[:]
    with pytest.raises(MXNetValueError, match=r"does not say which opset of ai\.onnx it uses"):
        import_model(model)


def external(location, tmp_path, size=24):
    """A model whose parameter 'w' lies in another file."""
    model = model_of([helper.make_node("Add", ["x", "w"], ["y"])], {"x": draw(2, 3)},
                     params={"w": draw(2, 3)})
    tensor = model.graph.initializer[0]
    (tmp_path / "data.bin").write_bytes(tensor.raw_data[:size])
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", "0"), ("length", "24")):
        tensor.external_data.add(key=key, value=value)
    (tmp_path / "net.onnx").write_bytes(model.SerializeToString())
    return tmp_path / "net.onnx"


def test_parameters_in_other_files(tmp_path):
    assert import_model(external("data.bin", tmp_path))[1]["w"].shape == (2, 3)
    with pytest.raises(MXNetValueError, match=r"keeps tensor 'w' in the file 'more\.bin', which "
                       "must lie next to it; there is none"):
        import_model(external("more.bin", tmp_path))
    with pytest.raises(MXNetValueError, match="tensor 'w'"):
        import_model(external("data.bin", tmp_path, 20))
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "other.bin").write_bytes(bytes(24))
    with pytest.raises(MXNetValueError, match=r"tensor 'w' cannot be read from '\.\./other\.bin'"):
        import_model(external(os.path.join("..", "other.bin"), inside))


def test_parameters_that_are_damaged():
    def model(**changes):
        made = model_of([helper.make_node("Add", ["x", "w"], ["y"])], {"x": draw(2, 3)},
                        params={"w": draw(2, 3)})
        for name, value in changes.items():
            setattr(made.graph.initializer[0], name, value)
        return made

    text = r"initializer 'w' must hold the numbers of an array of shape \(2, 3\)"
    for changes in ({"raw_data": b"abcdefgh"}, {"raw_data": bytes(28)}, {"data_type": 99}):
        with pytest.raises(MXNetValueError, match=text):
            import_model(model(**changes))
    huge = model()
    huge.graph.initializer[0].dims[0] = 2 ** 40
    with pytest.raises(MXNetValueError, match=r"an array of shape \(1099511627776, 3\)"):
        import_model(huge)
    with pytest.raises(MXNetValueError, match=r"an initializer of shape \(2, 3\) has no name"):
        import_model(model(name=""))
    sparse = relu()
    sparse.graph.sparse_initializer.add().values.name = "s"
    with pytest.raises(MXNetValueError, match="initializer 's' is sparse"):
        import_model(sparse)


def test_absent_package(monkeypatch):
    from mxlite.onnx.package import check_installed

    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ImportError, match="import_model needs the package onnx, which is not"):
        check_installed("import_model")


# Graphs -------------------------------------------------------------------------------------------

def test_all_operators_that_there_are_not():
    node = helper.make_node
    nodes = [node("NonZero", ["x"], ["a"], name="first"),
             node("NonZero", ["x"], ["b"], name="next"),
             node("Strange", ["a"], ["c"], domain="com.microsoft"), node("Add", ["b", "c"], ["y"])]
    model = model_of(nodes, {"x": draw(2, 3)})
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    with pytest.raises(MXNetNotImplementedError, match=re.escape(
            "import_model: mxlite has no operators for NonZero at node 'first' and 1 more; "
            "com.microsoft.Strange at node 'c' (opset 17)")):
        import_model(model)


def test_control_flow_is_named():
    graph, value, node = helper.make_graph, helper.make_tensor_value_info, helper.make_node
    body = graph([node("Identity", ["c"], ["d"]), node("Relu", ["a"], ["b"])], "body",
                 [value("i", INT, []), value("c", BOOL, []), value("a", 1, None)],
                 [value("d", BOOL, []), value("b", 1, None)])
    model = model_of([node("Loop", ["n", "", "x"], ["y"], name="around", body=body)],
                     {"x": draw(2)}, params={"n": np.array(3)})
    with pytest.raises(MXNetNotImplementedError,
                       match=r"no operators for Loop \(control flow\) at node 'around'"):
        import_model(model)
    branch = graph([node("Relu", ["x"], ["r"])], "b", [], [value("r", 1, None)])
    choice = node("If", ["c"], ["y"], name="choice", then_branch=branch, else_branch=branch)
    text = r"import_model: node 'choice' \(If\): its condition, 'c', "
    with pytest.raises(MXNetNotImplementedError, match=text + "must be a constant; it is computed"):
        import_model(model_of([choice], {"x": draw(2), "c": np.array(True)}))
    with pytest.raises(MXNetValueError, match=r"'half' \(If\): it must have one input, and"):
        import_model(model_of([node("If", ["c"], ["y"], name="half", then_branch=branch)],
                              {"x": draw(2), "c": np.array(True)}))
    nodes = [node("Shape", ["x"], ["s"]), node("Equal", ["s", "one"], ["c"]), choice]
    model = model_of(nodes, {"x": draw(2)}, params={"one": np.array([1])}, shapes={"x": ["N"]})
    with pytest.raises(MXNetNotImplementedError, match=text + "depends on a length that is open"):
        import_model(model)


def test_tensors_that_nothing_makes_or_two_nodes_make():
    node = helper.make_node
    with pytest.raises(MXNetValueError, match=r"node 'late' \(Add\) uses tensor 'z', which nothing "
                       "before it makes"):
        import_model(model_of([node("Add", ["x", "z"], ["y"], name="late"),
                               node("Relu", ["x"], ["z"])], {"x": draw(2)}))
    with pytest.raises(MXNetValueError, match=r"node 'b' \(Neg\) makes tensor 'y', which another"):
        import_model(model_of([node("Relu", ["x"], ["y"], name="a"),
                               node("Neg", ["x"], ["y"], name="b")], {"x": draw(2)}))


def test_names_that_are_no_text(tmp_path):
    content = relu().SerializeToString().replace(b"Relu", b"R\xfflu")
    (tmp_path / "net.onnx").write_bytes(content)
    with pytest.raises(MXNetValueError, match=r"is damaged: the name b'R\\xfflu' is not UTF-8"):
        import_model(tmp_path / "net.onnx")


def test_nodes_with_attributes_of_wrong_types():
    nodes = [helper.make_node("Softmax", ["x"], ["y"], name="n", axis="one")]
    with pytest.raises(MXNetValueError, match=r"import_model: node 'n' \(Softmax\): .*attribute"):
        import_model(model_of(nodes, {"x": draw(2)}))


def test_inputs_of_types_that_there_are_not():
    model = relu()
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.STRING
    with pytest.raises(MXNetNotImplementedError, match="input 'x' is of string; there are no such"):
        import_model(model)
    model.graph.input[0].type.sequence_type.elem_type.tensor_type.elem_type = 1
    with pytest.raises(MXNetNotImplementedError, match="input 'x' is of sequence_type"):
        import_model(model)


def test_nothing_of_a_file_is_run(monkeypatch):
    """A text that a tensor holds stays a text."""
    model = relu()
    model.graph.doc_string = model.graph.node[0].doc_string = "__import__('os').abort()"
    model.graph.node[0].name = "__import__('os').abort()"
    for name in ("eval", "exec"):
        monkeypatch.setattr(builtins, name, None)
    assert import_model(model)[0].name == "__import__('os').abort()"
