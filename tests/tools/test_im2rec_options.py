"""Options of im2rec: names, defaults, and what is said of wrong ones."""

import pytest

from mxlite.tools.im2rec import main, parse

DEFAULTS = {                                   # MXNet 1.9.1's, but for num_thread: there it is 1
    "list": False, "exts": (".jpeg", ".jpg", ".png"), "chunks": 1, "train_ratio": 1.0,
    "test_ratio": 0, "recursive": False, "shuffle": True}
RECIPE = {"pass_through": False, "resize": 0, "center_crop": False, "quality": 95, "color": 1,
          "encoding": ".jpg", "pack_label": False}


def test_the_defaults_are_those_of_mxnet(tmp_path):
    options = parse([str(tmp_path / "made"), str(tmp_path)])
    assert {name: getattr(options, name) for name in DEFAULTS} == DEFAULTS
    assert {name: getattr(options.recipe, name) for name in RECIPE} == RECIPE
    assert options.prefix == str(tmp_path / "made") and options.root == str(tmp_path)
    assert options.num_thread >= 1


@pytest.mark.parametrize("arguments, message", [
    (["--train-ratio", "0.8", "--test-ratio", "0.3"],
     "--train-ratio and --test-ratio must not be more than 1 together; got 0.8 + 0.3 = 1.1"),
    (["--test-ratio", "0.1"], "together; got 1.0 + 0.1 = 1.1"),
    (["--train-ratio", "-0.5"], "--train-ratio must be from 0 to 1; got -0.5"),
    (["--train-ratio", "0.5", "--test-ratio", "1.5"], "--test-ratio must be from 0 to 1; got 1.5"),
    (["--train-ratio", "nan"], "--train-ratio must be from 0 to 1; got nan"),
    (["--quality", "0"], "--quality must be from 1 to 100 for .jpg; got 0"),
    (["--quality", "101"], "--quality must be from 1 to 100 for .jpg; got 101"),
    (["--quality", "-1", "--encoding", ".png"], "--quality must be from 0 to 100 for .png; got -1"),
    (["--address", "tcp://x:1"], "--address and --shared-folder need --executor dask or ray"),
    (["--executor", "dask", "--shared-folder", "/not/there"],
     "--shared-folder must be a folder that is there; got '/not/there'"),
])
def test_values_that_do_not_go_together(arguments, message, tmp_path, call):
    status, out, error = call(main, tmp_path / "made", tmp_path, *arguments)
    assert (status, out) == (2, "")
    assert error.startswith("im2rec: error: ") and error.endswith(f"{message}\n")


@pytest.mark.parametrize("arguments, message", [
    (["--chunks", "0"], "--chunks: must be a whole number >= 1; got '0'"),
    (["--num-thread", "0"], "--num-thread: must be a whole number >= 1; got '0'"),
    (["--num-thread", "two"], "--num-thread: must be a whole number >= 1; got 'two'"),
    (["--resize", "-3"], "--resize: must be a whole number >= 0; got '-3'"),
    (["--color", "2"], "--color: invalid choice: 2"),
    (["--encoding", ".gif"], "--encoding: invalid choice: '.gif'"),
    (["--qualty", "3"], "unrecognized arguments: --qualty"),
])
def test_values_that_an_option_does_not_take(arguments, message, tmp_path, call):
    status, _, error = call(main, tmp_path / "made", tmp_path, *arguments)
    assert status == 2
    assert message in error


def test_a_root_that_is_not_there(tmp_path, call):
    status, _, error = call(main, tmp_path / "made", tmp_path / "gone", "--list")
    assert status == 2
    assert error == (f"im2rec: error: root must be the folder of the images; "
                     f"'{tmp_path / 'gone'}' is not there\n")
    (tmp_path / "file").write_text("")
    assert "is a file" in call(main, tmp_path / "made", tmp_path / "file")[2]


def test_a_prefix_in_a_folder_that_is_not_there(tmp_path, call):
    status, _, error = call(main, tmp_path / "gone" / "made", tmp_path, "--list")
    assert status == 2
    assert f"no folder '{tmp_path / 'gone'}'" in error


def test_no_list(tmp_path, call):
    status, _, error = call(main, tmp_path / "made", tmp_path)
    assert status == 2
    assert f"no list {tmp_path / 'made'}*.lst; --list makes one" in error
    assert f"no list {tmp_path / '*.lst'}; --list" in call(main, tmp_path, tmp_path)[2]
