"""mx.profiler: what ran when."""

import json
import re
import subprocess
import sys
import threading

import pytest

import mxlite as mx
from mxlite.device import core
from mxlite.profiler.state import PROFILER, SETTINGS

profiler = mx.profiler


@pytest.fixture(autouse=True)
def fresh(tmp_path):
    """A profiler that has seen nothing, and writes into a folder of the test."""
    profiler.set_config(**{**SETTINGS, "filename": str(tmp_path / "trace.json")})
    yield
    profiler.set_state("stop")
    profiler.resume()
    PROFILER.clear()
    profiler.dumps(reset=True)
    profiler.set_config(**SETTINGS)


@pytest.fixture
def trace(tmp_path):
    """Dump, and read the events of the trace."""
    def dumped(**settings):
        profiler.dump(**settings)
        return json.loads((tmp_path / "trace.json").read_text())["traceEvents"]

    return dumped


def names(events, phase="B", category="operator"):
    return [event["name"] for event in events
            if event["ph"] == phase and event["cat"] == category]


def table():
    """{category: {name: count}} of the table."""
    found, category = {}, ""
    lines = profiler.dumps().splitlines()
    for i, line in enumerate(lines[1:]):
        if line == "=================":
            category = lines[i]
        match = re.fullmatch(r"(\S.*?) +(\d+)( +[\d.-]+){4}", line)
        if match:
            found.setdefault(category, {})[match[1]] = int(match[2])
    return found


def test_operators_of_eager_calls(trace):
    x = mx.nd.ones((3, 4))
    profiler.set_config(profile_all=True)
    profiler.set_state("run")
    y = mx.nd.dot(x, x, transpose_b=True)
    (y + 1).wait_to_read()
    profiler.set_state("stop")
    mx.nd.exp(x).wait_to_read()
    events = trace()
    assert names(events) == ["dot", "_plus_scalar"] == names(events, "E")
    begin, end = [next(e for e in events if e["ph"] == phase and e["name"] == "dot")
                  for phase in "BE"]
    assert begin["pid"] == end["pid"] and begin["tid"] == threading.get_ident()
    assert 0 <= end["ts"] - begin["ts"] < 10_000_000
    assert {"ph": "M", "pid": 0, "name": "process_name", "args": {"name": "cpu/0"}} in events


def test_steps_of_graphs_and_gradients(trace):
    profiler.set_config(profile_symbolic=True, aggregate_stats=True)
    net = mx.sym.FullyConnected(mx.sym.var("x"), num_hidden=3, name="fc")
    executor = mx.sym.softmax(net).simple_bind(mx.cpu(), x=(2, 4))
    profiler.set_state("run")
    for _ in range(3):
        executor.forward(is_train=True)
        executor.backward(mx.nd.ones((2, 3)))
    profiler.set_state("stop")
    counts = table()["operator"]
    assert counts["FullyConnected"] == counts["softmax"] == 3
    assert counts["dot"] == 6               # the gradients of data and of the weight
    assert "Graph" not in counts
    assert names(trace()).count("FullyConnected") == 3


def test_an_operator_that_consists_of_others_is_one(trace):
    profiler.set_config(profile_imperative=True)
    x = mx.nd.ones((2, 2))
    profiler.set_state("run")
    mx.nd.contrib.quantize_v2(x)
    assert names(trace()) == ["_contrib_quantize_v2"]


def test_results_are_the_same_while_it_runs(rng):
    x = mx.nd.array(rng.random((5, 3, 8, 8)))
    net = mx.gluon.nn.HybridSequential()
    net.add(mx.gluon.nn.Conv2D(4, 3, activation="relu"), mx.gluon.nn.BatchNorm(),
            mx.gluon.nn.Dense(3))
    net.initialize()
    net.hybridize()
    results = []
    for state in ("stop", "run"):
        profiler.set_config(profile_all=True)
        profiler.set_state(state)
        with mx.autograd.record():
            y = net(x)
        y.backward()
        results.append([y.asnumpy().tolist(), *[
            param.grad().asnumpy().tolist() for param in net.collect_params().values()
            if param.grad_req != "null"]])
    assert results[0] == results[1]


def test_without_settings_no_operator_is_timed(trace):
    profiler.set_state("run")
    mx.nd.ones((2, 2)).wait_to_read()
    assert names(trace()) == []


def test_pause(trace):
    profiler.set_config(profile_all=True)
    profiler.set_state("run")
    domain = profiler.Domain("d")
    x = mx.nd.ones((2,))
    profiler.pause()
    mx.nd.exp(x)
    domain.new_marker("not seen").mark()
    profiler.resume()
    mx.nd.log(x)
    events = trace()
    assert names(events) == ["_ones", "log"]
    assert not names(events, "i", "d,instant_marker")


def test_objects_of_users(trace):
    profiler.set_config(aggregate_stats=True)
    profiler.set_state("run")
    domain = profiler.Domain("mine")
    task, frame, event = domain.new_task("t"), domain.new_frame("f"), profiler.Event("e")
    counter, marker = domain.new_counter("c", 5), domain.new_marker("m")
    for each in (task, frame, event, task):
        each.start()
        each.stop()
    with profiler.Task(domain, "block"):
        counter += 3
        counter -= 1
        counter.decrement(2)
    marker.mark("thread")
    assert [str(each) for each in (domain, task, frame, event, counter, marker)] == [
        "mine", "t", "f", "e", "c", "m"]
    assert table() == {"mine": {"t": 2, "block": 1}, "mine,frame": {"f": 1}, "event": {"e": 1},
                       "mine,counter": {"c": 4}}
    events = trace()
    assert names(events, "b", "mine") == ["t", "t", "block"] == names(events, "e", "mine")
    assert names(events, "(", "mine,frame") == ["f"] == names(events, ")", "mine,frame")
    assert names(events, "B", "event") == ["e"]
    assert [e["args"]["c"] for e in events if e["ph"] == "C"] == [5, 8, 7, 5]
    assert [e["s"] for e in events if e["ph"] == "i"] == ["t"]
    assert {e["pid"] for e in events if e["ph"] == "M"} == {e["pid"] for e in events}


def test_statistics_as_table_and_json():
    profiler.set_config(profile_all=True, aggregate_stats=True)
    x = mx.nd.ones((200, 200))
    profiler.set_state("run")
    for _ in range(4):
        mx.nd.dot(x, x)
    mx.nd.exp(x[0:1])
    profiler.set_state("stop")
    lines = profiler.dumps().splitlines()
    assert lines[1:3] == ["Profile Statistics:",
                          "\tNote the difference in units for different entries."]
    assert lines[5] == ("Name                          Total Count        Time (ms)"
                        "    Min Time (ms)    Max Time (ms)    Avg Time (ms)")
    numbers = json.loads(profiler.dumps(format="json"))["Time"]["operator"]
    dot = numbers["dot"]
    assert dot["Count"] == 4 and dot["Min"] <= dot["Avg"] <= dot["Max"] <= dot["Total"]
    assert dot["Total"] == pytest.approx(4 * dot["Avg"])
    for key in ("total", "avg", "min", "max", "count"):
        for ascending in (False, True):
            order = json.loads(profiler.dumps(format="json", sort_by=key, ascending=ascending))
            column = [row[key.capitalize()] for row in order["Time"]["operator"].values()]
            assert column == sorted(column, reverse=not ascending)
    profiler.dumps(reset=True)
    assert profiler.dumps() == (
        "\nProfile Statistics:\n\tNote the difference in units for different entries.\n")


def test_a_dump_that_is_not_the_last(trace):
    profiler.set_config(profile_all=True)
    profiler.set_state("run")
    x = mx.nd.ones((2,))
    assert names(trace(finished=False)) == ["_ones"]
    mx.nd.exp(x)
    assert names(trace()) == ["_ones", "exp"]
    mx.nd.log(x)
    assert names(trace()) == []             # it has stopped, and begun anew


def test_threads_are_told_apart(trace):
    profiler.set_config(profile_all=True)
    x = mx.nd.ones((4,))
    profiler.set_state("run")
    threads = [threading.Thread(target=lambda: mx.nd.exp(x)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    mx.nd.log(x)
    events = [event for event in trace() if event["ph"] == "B"]
    assert sorted(event["name"] for event in events) == ["exp", "exp", "exp", "log"]
    assert {event["tid"] for event in events if event["name"] == "log"} == {threading.get_ident()}
    assert all(event["tid"] != threading.get_ident() for event in events
               if event["name"] == "exp")


def test_what_is_left_is_written_at_the_end(tmp_path):
    path = tmp_path / "left.json"
    subprocess.run([sys.executable, "-c", f"""
import mxlite as mx
mx.profiler.set_config(profile_all=True, filename={str(path)!r})
mx.profiler.set_state("run")
mx.nd.ones((2,))
"""], check=True)
    assert names(json.loads(path.read_text())["traceEvents"]) == ["_ones"]


def test_old_names(trace, tmp_path):
    with pytest.warns(DeprecationWarning, match="use profiler.set_config"):
        profiler.profiler_set_config("all", str(tmp_path / "trace.json"))
    with pytest.warns(DeprecationWarning, match="use profiler.set_state"):
        profiler.profiler_set_state("run")
    mx.nd.ones((2,))
    with pytest.warns(DeprecationWarning, match="use profiler.dump"):
        profiler.dump_profile()
    text = (tmp_path / "trace.json").read_text()
    assert names(json.loads(text)["traceEvents"]) == ["_ones"]
    assert profiler.set_kvstore_handle(None) is None


def test_nothing_is_kept_while_it_is_off():
    core.take_timed()
    mx.nd.ones((2,)).wait_to_read()
    assert core.take_timed() == []


@pytest.mark.parametrize("call, message", [
    (lambda: profiler.set_config(file="x"), "unknown setting 'file'; it takes filename"),
    (lambda: profiler.set_state("go"), "state must be 'stop' or 'run'; got 'go'"),
    (lambda: profiler.set_state("run", "client"), "must be 'worker' or 'server'; got 'client'"),
    (lambda: profiler.pause("client"), "must be 'worker' or 'server'; got 'client'"),
    (lambda: profiler.dumps(format="xml"), "format must be one of 'table', 'json'; got 'xml'"),
    (lambda: profiler.dumps(sort_by="name"), "sort_by must be one of 'total', 'avg'"),
    (lambda: profiler.dumps(ascending=2), "ascending must be one of False, True; got 2"),
    (lambda: profiler.Event("e").stop(), "Event 'e' is stopped before it was started"),
    (lambda: profiler.Task("d", "t"), "profiler.Task: domain must be a Domain; got str"),
    (lambda: profiler.Domain("d").new_marker("m").mark("here"),
     "the scope of a Marker must be one of 'global', 'process'"),
])
def test_refusals(call, message):
    with pytest.raises(mx.MXNetError, match=message):
        call()


def test_the_file_cannot_change_while_it_runs():
    profiler.set_state("run")
    with pytest.raises(mx.MXNetError, match="filename must be set while the profiler does not run"):
        profiler.set_config(filename="other.json")
