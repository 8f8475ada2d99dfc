"""parse_log prints the tables of MXNet's tool."""

import csv
import io
import json

import pytest

from mxlite.tools.parse_log import main

NAMES = ["--metric-names", "accuracy", "top.k"]


@pytest.mark.parametrize("format, options", [("markdown", []), ("none", NAMES)])
def test_the_tables_of_mxnet(format, options, recorded, call):
    status, out, error = call(main, recorded / "train.log", "--format", format, *options)
    assert (status, error) == (0, "")
    assert out == (recorded / f"log.{format}").read_text()


def test_csv_and_json_have_all_digits(recorded, call):
    _, out, _ = call(main, recorded / "train.log", "--format", "csv", *NAMES)
    head, *rows = csv.reader(io.StringIO(out))
    assert head == ["epoch", "train-accuracy", "train-top.k", "val-accuracy", "val-top.k", "time"]
    assert [float(value) for value in rows[2]] == [
        3, 0.785714, 0.828571, (0.622222 + 0.5) / 2, 0.722222, 20.667]
    _, out, _ = call(main, recorded / "train.log", "--format", "json", *NAMES)
    assert [list(map(str, row.values())) for row in json.loads(out)] == rows


@pytest.mark.parametrize("text, value", [
    ("1e-05", 1e-5), ("-0.25", -0.25), ("2.5E+3", 2500.0), (".5", 0.5), ("7", 7.0)])
def test_numbers_are_read_whole(text, value, tmp_path, call):
    (tmp_path / "log").write_text(f"x Epoch[4] Train-loss={text}\n")
    _, out, _ = call(main, tmp_path / "log", "--format", "json", "--metric-names", "loss")
    assert json.loads(out) == [{"epoch": 5, "train-loss": value, "val-loss": None, "time": None}]


def test_nan_and_what_is_missing(tmp_path, call):
    (tmp_path / "log").write_text("Epoch[0] Train-accuracy=nan\nEpoch[1] Validation-accuracy=1\n")
    _, out, _ = call(main, tmp_path / "log")
    assert out.splitlines()[2:] == ["|  1 | nan | - | - |", "|  2 | - | 1.000000 | - |"]
    _, out, _ = call(main, tmp_path / "log", "--format", "csv")
    assert out.splitlines()[1:] == ["1,nan,,", "2,,1.0,"]
    _, out, _ = call(main, tmp_path / "log", "--format", "json")
    assert [list(row.values()) for row in json.loads(out, parse_constant=pytest.fail)] == [
        [1, None, None, None], [2, None, 1.0, None]]


def test_what_cannot_be_parsed(tmp_path, recorded, call):
    (tmp_path / "log").write_text("nothing of this kind\n")
    status, _, error = call(main, tmp_path / "log", "--metric-names", "mse")
    assert status == 2
    assert f"{tmp_path / 'log'}: no line like 'Epoch[0] Train-mse=0.5'; --metric-names" in error
    status, _, error = call(main, tmp_path / "gone")
    assert status == 2 and "gone" in error and "No such file" in error
    status, _, error = call(main, recorded / "train.log", "--metric-names", "a(")
    assert status == 2 and "--metric-names must be regular expressions; got 'a('" in error
    status, _, error = call(main, recorded / "train.log", "--format", "html")
    assert status == 2 and "invalid choice: 'html'" in error
