"""A run of im2rec that was killed: the next one goes on, and makes the same bytes."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from mxlite.tools.im2rec import main, parse
from mxlite.tools.im2rec.journal import Journal

LINES = 300
STOP = 200                                     # the line whose file is a pipe that gives nothing
RUN = ("import sys; from mxlite.tools.im2rec import main, pack; pack.SECONDS = 0; "
       "sys.exit(main(sys.argv[1:]))")


def states(path):
    """The lines of a journal, but for the first."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines(True)[1:]
            if line.endswith("\n")]


@pytest.fixture
def packed(images, tmp_path, call):
    """The prefix of a long list, and what a run without interruption makes of it."""
    names = ["gray.png", "alpha.png", "tall.jpg", "cats/b.jpg"]
    (images / "last.png").write_bytes((images / "gray.png").read_bytes())
    lines = [f"{number}\t{number % 5}\t"
             f"{'last.png' if number == STOP else names[number % 4]}\n" for number in range(LINES)]
    prefix = tmp_path / "made"
    prefix.with_suffix(".lst").write_text("".join(lines))
    assert call(main, prefix, images, "--pass-through")[0] == 0
    return prefix, bytes_of(prefix)


def bytes_of(prefix):
    contents = {}
    for end in (".rec", ".idx"):
        path = prefix.with_suffix(end)
        contents[end] = path.read_bytes()
        path.unlink()
    return contents


@pytest.fixture
def killed(packed, images):
    """The same, and a run that was killed in its middle."""
    prefix, _ = packed
    os.remove(images / "last.png")
    os.mkfifo(images / "last.png")
    process = subprocess.Popen([sys.executable, "-c", RUN, str(prefix), str(images),
                                "--pass-through", "--num-thread", "1"], stderr=subprocess.DEVNULL)
    journal = prefix.with_suffix(".rec.journal")
    end = time.monotonic() + 60
    while not any(state["entries"] >= 128 for state in states(journal)):
        assert time.monotonic() < end and process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    os.remove(images / "last.png")
    (images / "last.png").write_bytes((images / "gray.png").read_bytes())
    assert not prefix.with_suffix(".rec").exists()
    return packed


def again(prefix, images, call, *options):
    status, _, notes = call(main, prefix, images, "--pass-through", *options)
    assert status == 0
    left = sorted(path.name for path in prefix.parent.glob("made.*"))
    assert left == ["made.idx", "made.lst", "made.rec"]
    return notes


def test_a_killed_run_is_taken_up_where_it_stopped(killed, images, call):
    prefix, expected = killed
    done = states(prefix.with_suffix(".rec.journal"))[-1]["entries"]
    assert 128 <= done <= STOP
    # a thing that the parts have beyond the journal's last line is cut off
    with open(prefix.with_suffix(".rec.part"), "ab") as file:
        file.write(b"half a rec")
    # what is done is not read again
    os.rename(images / "tall.jpg", images / "elsewhere")
    (images / "tall.jpg").write_bytes(b"other")
    notes = again(prefix, images, call)
    assert f"going on behind {done:,} lines" in notes
    rec = prefix.with_suffix(".rec").read_bytes()
    assert rec[:4000] == expected[".rec"][:4000] and rec != expected[".rec"]


def test_the_bytes_are_those_of_a_run_without_interruption(killed, images, call):
    prefix, expected = killed
    again(prefix, images, call, "--num-thread", "3")
    assert bytes_of(prefix) == expected


@pytest.mark.parametrize("change, message", [
    ("list", "the list changed since then"), ("options", "options changed since then"),
    ("part", "made.rec.part is shorter than"), ("journal", "made.rec.journal cannot be read"),
])
def test_a_run_that_does_not_fit_starts_anew(change, message, killed, images, call):
    prefix, expected = killed
    part, journal = prefix.with_suffix(".rec.part"), prefix.with_suffix(".rec.journal")
    if change == "list":
        with open(prefix.with_suffix(".lst"), "a") as file:
            file.write("300\t0\tgray.png\n")
    elif change == "part":
        os.truncate(part, 100)
    elif change == "journal":
        journal.write_text('{"nothing": 1}\n{"more": 2}\n')
    options = ["--pack-label"] if change == "options" else []
    notes = again(prefix, images, call, *options)
    assert "an earlier run was cut short, but " in notes
    assert message in notes and "starting anew" in notes
    rec = prefix.with_suffix(".rec").read_bytes()
    assert rec.startswith(expected[".rec"])
    assert (len(rec) > len(expected[".rec"])) == (change == "list")


def test_restart_begins_anew(killed, images, call):
    prefix, expected = killed
    assert "cut short" not in again(prefix, images, call, "--restart")
    assert bytes_of(prefix) == expected


def test_half_a_line_of_the_journal_does_not_count(killed, images, call):
    prefix, expected = killed
    with open(prefix.with_suffix(".rec.journal"), "a") as file:
        file.write('{"entries": 290, "rec": 1')
    again(prefix, images, call)
    assert bytes_of(prefix) == expected


@pytest.mark.parametrize("killed_after", ["finished", "rec", "idx"])
def test_killed_between_the_two_renames(killed_after, packed, images, call, monkeypatch):
    prefix, expected = packed
    journal = Journal(str(prefix.with_suffix(".lst")))
    prefix.with_suffix(".idx").write_text("old\n")
    assert journal.take_up(parse([str(prefix), str(images), "--pass-through"]).recipe) == ""
    journal.state.entries = journal.state.records = LINES
    for end, name in ((".rec", "rec"), (".idx", "idx")):
        prefix.with_suffix(f"{end}.part").write_bytes(expected[end])
        setattr(journal.state, name, len(expected[end]))

    class Killed(Exception):
        pass

    count = iter(["finished", "rec", "idx"].index(killed_after) * [True])

    def replace(old, new, original=os.replace):
        if not next(count, False):
            raise Killed
        original(old, new)

    with monkeypatch.context() as patch:
        patch.setattr("os.replace", replace)
        if killed_after == "idx":
            journal.finish()
        else:
            with pytest.raises(Killed):
                journal.finish()
    if prefix.with_suffix(".rec").exists() and prefix.with_suffix(".idx").exists():
        assert prefix.with_suffix(".idx").read_bytes() == expected[".idx"]
    (images / "gray.png").write_bytes(b"not read again")
    again(prefix, images, call)
    assert bytes_of(prefix) == expected


def test_a_list_that_was_finished_is_not_packed_again(killed, images, call):
    prefix, expected = killed
    first = prefix.parent / "made.early.lst"           # packed before made.lst
    first.write_text("7\t1\tgray.png\n")
    call(main, first.with_suffix(""), images, "--pass-through")
    journal = Journal(str(first))
    recipe = parse([str(prefix), str(images), "--pass-through"]).recipe
    journal.take_up(recipe)
    journal.state.rec, journal.state.finished = first.with_suffix(".rec").stat().st_size, True
    journal.note()
    before = first.with_suffix(".rec").stat()
    status, _, _ = call(main, prefix, images, "--pass-through")
    assert status == 0
    assert first.with_suffix(".rec").stat().st_ino == before.st_ino
    assert bytes_of(prefix) == expected
    assert not list(prefix.parent.glob("*.journal"))


def test_two_runs_do_not_pack_the_same_list(packed, images, call):
    import fcntl

    prefix, _ = packed
    with open(prefix.with_suffix(".lst")) as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        status, _, error = call(main, prefix, images, "--pass-through")
    assert status == 2
    assert "made.lst: another run is packing this list" in error
