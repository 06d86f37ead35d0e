"""The queue of a device: order, fairness, and that nobody and nothing can keep people from training."""

import dataclasses
import logging
import multiprocessing
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from blockml.training import queue, tickets
from blockml.training.queue import Turn
from blockml.training.tickets import Folder, Ticket, number

pytestmark = pytest.mark.skipif(tickets.fcntl is None, reason="this system has no locks of files")
needs_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be several people"
)
CPU = torch.device("cpu")


def child(pipe, user):
    """A run: it tells what it sees, and does what it is told."""
    if user:
        os.setgid(user)
        os.setuid(user)

    def go_on(ahead):
        pipe.send(ahead)
        return not pipe.poll()

    with Turn(CPU, "child") as place:
        pipe.send("turn" if place.wait(go_on) else "left")
        while (order := pipe.recv()) != "end":
            if order == "give way":
                pipe.send("turn" if place.give_way(go_on) else "left")
            elif order == "asks":
                pipe.send(place.someone_waits())
    pipe.send("gone")


class Other:
    """A run in another process."""

    def __init__(self, user=0):
        # Forked: importing torch once more takes longer than the tests.
        context = multiprocessing.get_context("fork")
        self.pipe, far = context.Pipe()
        self.process = context.Process(target=child, args=(far, user), daemon=True)
        self.process.start()
        far.close()
        self.ahead = None

    def tell(self, order):
        self.pipe.send(order)

    def turn(self, timeout=5.0):
        """Whether it gets its turn within so many seconds."""
        return self.hear(timeout, until="turn") == "turn"

    def hear(self, timeout=5.0, until=None):
        """The next word, or the one waited for."""
        deadline = time.monotonic() + timeout
        while self.pipe.poll(max(0.0, deadline - time.monotonic())):
            heard = self.pipe.recv()
            if type(heard) is int:
                self.ahead = heard
            if until is None or heard == until:
                return heard
        return None

    def waits(self, ahead):
        """It waits behind so many, and goes on to do so for a moment."""
        return not self.turn(0.3) and self.ahead == ahead

    def kill(self):
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.join()


@pytest.fixture(autouse=True)
def folder(monkeypatch):
    # Not below tmp_path, which other people may not enter.
    made = Path(tempfile.mkdtemp(prefix="blockml-test-"))
    made.chmod(0o755)
    (made / "queue").mkdir()
    (made / "queue").chmod(0o1777)
    monkeypatch.setenv("BLOCKML_QUEUE", str(made / "queue"))
    monkeypatch.setenv("BLOCKML_SLOTS", "1")
    yield made / "queue"
    shutil.rmtree(made)


@pytest.fixture
def start():
    started = []

    def make(user=0):
        started.append(Other(user))
        return started[-1]

    yield make
    for other in started:
        if other.process.is_alive():
            other.kill()


def three(start):
    """Three runs: one that trains, and two that wait for it in the order of their arrival."""
    runs = [start()]
    assert runs[0].turn()
    for before in (1, 2):
        runs.append(start())
        assert runs[-1].waits(before)
    return runs


def never(_):
    raise AssertionError("nobody is there to wait for")


def test_alone_there_is_no_waiting(folder):
    with Turn(CPU, "alone") as place:
        assert place.wait(never)
        assert not place.someone_waits()
        assert place.give_way(never)
        assert len(list(folder.glob("cpu.t.*"))) == 1
    assert not list(folder.glob("cpu.[wt].*"))
    place.leave()
    assert place.wait(never)
    place.leave()


def test_runs_come_in_the_order_of_their_arrival(start):
    first, second, third = three(start)
    first.tell("end")
    assert second.turn(1)
    assert third.waits(1)
    second.tell("end")
    assert third.turn(1)


def test_killing_the_one_that_trains_lets_the_next_start_within_a_second(start, folder):
    first, second = start(), None
    assert first.turn()
    second = start()
    assert second.waits(1)
    first.kill()
    assert second.turn(1)
    assert len(list(folder.glob("cpu.[wt].*"))) == 1, "the ticket of the killed run stayed"


def test_killing_one_that_waits_moves_the_others_up(start):
    _, second, third = three(start)
    second.kill()
    assert third.waits(1)


def test_who_leaves_is_no_longer_waited_for(start):
    first, second, third = three(start)
    second.tell("leave")
    assert second.hear(until="left") == "left"
    first.tell("end")
    assert third.turn(1)


def test_runs_of_one_process_take_turns_too(start):
    one, other = Turn(CPU, "one"), Turn(CPU, "other")
    seen = []
    with one, other:
        assert one.wait(never)
        assert not other.wait(seen.append)
        assert seen == [1]
        one.leave()
        assert other.wait(never)


def test_at_the_end_of_a_turn_others_go_first(start, monkeypatch):
    monkeypatch.setenv("BLOCKML_TURN_SECONDS", "0")
    runs = three(start)
    for _ in range(2):
        for index, run in enumerate(runs):
            run.tell("give way")
            assert runs[(index + 1) % 3].turn(1)
            assert run.waits(2)


def test_a_turn_lasts_its_time(start, monkeypatch):
    first = start()
    assert first.turn()
    second = start()
    assert second.waits(1)
    first.tell("asks")
    assert first.hear() is True
    first.tell("give way")
    assert first.turn(0.5), "it went before its time was over"
    assert second.waits(1)


def test_what_takes_long_beside_the_training_costs_the_turn(start, monkeypatch):
    monkeypatch.setenv("BLOCKML_TURN_SECONDS", "0")
    monkeypatch.setattr(queue, "_BESIDE", 0.2)
    with Turn(CPU, "mine") as place:
        assert place.wait(never)
        with place.beside():
            pass
        assert place.give_way(never)
        other = start()
        assert other.waits(1)
        with place.beside():
            assert other.turn(2), "a call that never returns would hold the device of everybody"
        seen = []
        assert not place.give_way(seen.append)
        assert seen == [1]
        other.tell("end")
        assert place.wait(lambda _: True)


def test_give_way_tells_when_somebody_ends_the_waiting(start, monkeypatch):
    monkeypatch.setenv("BLOCKML_TURN_SECONDS", "0")
    with Turn(CPU, "mine") as place:
        assert place.wait(never)
        other = start()
        assert other.waits(1)
        assert not place.give_way(lambda _: False)
        assert other.turn(1)


class Paper:
    """The queue on paper, with one run at a time: a letter is a person, a digit one of their runs."""

    def __init__(self):
        self.tickets = []

    def come(self, *names, after=0):
        for name in names:
            turn, arrival = number(self.tickets, ord(name[0]), after)
            self.tickets.append(Ticket(turn, arrival, name, ord(name[0]), trains=False))
        return self

    def order(self):
        return " ".join(ticket.name for ticket in sorted(self.tickets) if not ticket.trains)

    def next(self, *, back=True):
        """Who trains ends the turn, and comes back or not; the next one trains."""
        ended = [ticket for ticket in self.tickets if ticket.trains]
        self.tickets = [ticket for ticket in self.tickets if not ticket.trains]
        for ticket in ended if back else ():
            self.come(ticket.name, after=ticket.round)
        first = min(self.tickets)
        self.tickets.remove(first)
        self.tickets.append(dataclasses.replace(first, trains=True))
        return first.name


def test_everyones_first_comes_before_anyones_second():
    paper = Paper().come("a1", "a2", "a3", "b1", "c1", "b2")
    assert paper.order() == "a1 b1 c1 a2 b2 a3"
    assert paper.next() == "a1"
    assert paper.come("d1").order() == "b1 c1 a2 b2 d1 a3"


def test_in_turns_people_get_the_same_share():
    paper = Paper().come("a1", "a2", "a3", "b1")
    turns = [paper.next() for _ in range(40)]
    assert sum(name == "b1" for name in turns) == 20
    assert all(sum(name == f"a{index}" for name in turns) in (6, 7) for index in (1, 2, 3))
    paper.come("c1")
    turns = "".join(paper.next()[0] for _ in range(30))
    assert [turns.count(person) for person in "abc"] == [10, 10, 10]
    assert max(map(len, turns.split("c"))) <= 3, "somebody waited for more than a round"


@given(st.lists(st.sampled_from(["a", "b", "c", "give", "end"]), max_size=60))
def test_nobody_waits_for_ever(events):
    paper, count = Paper(), 0
    for event in events:
        if len(event) == 1:
            count += 1
            paper.come(f"{event}{count}")
        elif paper.order():
            paper.next(back=event == "give")
    waiting = set(paper.order().split())
    for _ in range(len(paper.tickets) ** 2):
        if waiting:
            waiting.discard(paper.next())
    assert not waiting


@needs_root
def test_a_person_with_many_runs_does_not_keep_others_away(start):
    first = start(user=1001)
    assert first.turn()
    mine = []
    for before in (1, 2):
        mine.append(start(user=1001))
        assert mine[-1].waits(before)
    other = start(user=1002)
    assert other.waits(2)
    assert mine[1].waits(3)
    first.tell("end")
    assert mine[0].turn(1)
    mine[0].tell("end")
    assert other.turn(1)
    other.kill()
    # The ticket of the dead run of another person cannot be removed, but nobody waits for it.
    assert mine[1].turn(1)


@needs_root
def test_tickets_are_closed_to_writing(start, folder):
    other = start(user=1001)
    assert other.turn()
    (found,) = folder.glob("cpu.t.*")
    assert found.stat().st_mode & 0o777 == 0o644
    assert found.stat().st_size == 0


def test_two_run_at_once_where_there_is_room(start, monkeypatch):
    monkeypatch.setenv("BLOCKML_SLOTS", "2")
    first, second = start(), start()
    assert first.turn()
    assert second.turn()
    third = start()
    assert third.waits(2)
    first.kill()
    assert third.turn(1)


def test_a_stopped_process_is_passed_over(start, monkeypatch):
    monkeypatch.setattr(queue, "_PASSED_OVER", 3)
    first = start()
    assert first.turn()
    second = start()
    assert second.waits(1)
    third = start()
    assert third.waits(2)
    os.kill(second.process.pid, signal.SIGSTOP)
    first.tell("end")
    assert third.turn(3)
    os.kill(second.process.pid, signal.SIGCONT)
    assert second.waits(1)
    third.tell("end")
    assert second.turn(1)


def test_many_that_come_at_once_train_one_at_a_time(start):
    runs = [start() for _ in range(6)]
    for _ in range(6):
        deadline = time.monotonic() + 5
        trains = []
        while not trains:
            assert time.monotonic() < deadline
            trains = [run for run in runs if run.turn(0.05)]
        assert len(trains) == 1
        trains[0].tell("end")
        assert trains[0].hear(until="gone")
        runs.remove(trains[0])


@pytest.mark.parametrize("jump", [-1e7, 1e7])
def test_a_clock_that_jumps_changes_nothing(start, monkeypatch, jump):
    first = start()
    assert first.turn()
    second = start()
    assert second.waits(1)
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + jump)
    monkeypatch.setattr(time, "time_ns", lambda: int((now() + jump) * 1e9))
    third = start()
    assert third.waits(2)
    first.tell("end")
    assert second.turn(1)
    assert third.waits(1)


def hostile(folder):
    """What somebody who means ill can put there."""
    key = "0123456789abcdef"
    free = (f"cpu.{state}.000000001.{number:09}.{key}" for number in range(40) for state in "wt")
    (folder / next(free)).symlink_to("/dev/zero")
    (folder / next(free)).symlink_to(folder)
    (folder / next(free)).symlink_to("nowhere")
    os.mkfifo(folder / next(free))
    os.mkfifo(folder / next(free))
    (folder / next(free)).mkdir()
    with (folder / next(free)).open("wb") as file:
        file.truncate(1 << 40)
    (folder / next(free)).write_bytes(b"\xff" * 1000)
    unread = folder / next(free)
    unread.write_bytes(b"")
    unread.chmod(0)
    for name in (
        "cpu.w.999999999.999999999.nothexnothexnoth",
        "cpu.w.-00000000.-00000000.0123456789abcdef",
        "cpu.w.000000001.٠٠٠٠٠٠٠٠١.0123456789abcdef",
        "cpu.w.000000000.000000000.0123456789abcdef\n",
        "cpu.t",
        "..w.t.",
        b"\xff\xfe".decode("utf-8", "surrogateescape"),
        "x" * 255,
    ):
        (folder / name).write_bytes(b"../../etc/passwd")
    os.mkfifo(folder / "cpu.guard")


def test_foreign_things_in_the_folder_are_passed_over(start, folder):
    hostile(folder)
    first = start()
    assert first.turn(2)
    second = start()
    assert second.waits(1)
    first.kill()
    assert second.turn(1)


@needs_root
def test_files_of_others_are_left_alone(start, folder):
    hostile(folder)
    before = {entry.name for entry in os.scandir(folder)}
    other = start(user=1001)
    assert other.turn(2)
    other.tell("end")
    assert other.hear(until="gone")
    assert {entry.name for entry in os.scandir(folder)} == before


def test_who_holds_the_guard_cannot_hold_up_the_queue(start, folder):
    guard = os.open(folder / "cpu.guard", os.O_RDWR | os.O_CREAT)
    tickets.fcntl.flock(guard, tickets.fcntl.LOCK_EX)
    first = start()
    assert first.turn(2)
    second = start()
    assert second.waits(1)
    first.kill()
    assert second.turn(2)
    os.close(guard)


def test_the_largest_number_breaks_nothing(start, folder):
    name = folder / "cpu.w.999999999.999999999.0123456789abcdef"
    lock = os.open(name, os.O_RDWR | os.O_CREAT)
    tickets.fcntl.flock(lock, tickets.fcntl.LOCK_EX)
    first = start()
    # Which of two with the same number comes first is left to chance.
    trains = first.turn(1)
    tickets.fcntl.flock(lock, tickets.fcntl.LOCK_UN)
    os.close(lock)
    assert trains or first.turn(2)


def test_a_child_does_not_keep_the_place_of_its_parent(start):
    mine = start()
    assert mine.turn()
    with Turn(CPU, "parent") as place:
        mine.tell("end")
        assert place.wait(lambda _: True)
        orphan = multiprocessing.get_context("fork").Process(target=time.sleep, args=(30,), daemon=True)
        orphan.start()
        # As if this process had been killed: its handles are gone, and nothing was tidied up.
        os.close(place._lock)
        tickets._held.discard(place._lock)
        other = start()
        assert other.turn(1)
        place._name = ""
        orphan.kill()
        orphan.join()


def fails(caplog):
    with caplog.at_level(logging.INFO), Turn(CPU, "my network") as place:
        assert place.wait(never)
        assert not place.someone_waits()
        assert place.give_way(never)
    return "my network trains without a queue" in caplog.text


def test_without_a_folder_there_is_no_queue(folder, monkeypatch, caplog):
    monkeypatch.setenv("BLOCKML_QUEUE", str(folder / "file" / "queue"))
    (folder / "file").write_text("")
    assert fails(caplog)


def test_a_link_is_no_folder(folder, monkeypatch, caplog):
    (folder / "elsewhere").mkdir()
    (folder / "link").symlink_to(folder / "elsewhere")
    monkeypatch.setenv("BLOCKML_QUEUE", str(folder / "link"))
    assert fails(caplog)
    assert not list((folder / "elsewhere").iterdir())


def test_a_folder_that_is_full_of_names_is_no_queue(folder, monkeypatch, caplog):
    monkeypatch.setattr(tickets, "_MOST_NAMES", 20)
    for index in range(30):
        (folder / f"x{index}").write_text("")
    assert fails(caplog)


def test_without_locks_of_files_there_is_no_queue(monkeypatch, caplog):
    monkeypatch.setattr(tickets, "fcntl", None)
    assert fails(caplog)


def test_a_disk_without_room_for_a_ticket_is_no_queue(monkeypatch, caplog):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tickets.os, "rename", full)
    assert fails(caplog)


@needs_root
def test_a_folder_that_cannot_be_written_is_no_queue(start, folder):
    folder.chmod(0o755)
    first, second = start(user=1001), start(user=1002)
    assert first.turn()
    assert second.turn()


def test_a_folder_that_vanishes_keeps_nobody(start, folder):
    first = start()
    assert first.turn()
    second = start()
    assert second.waits(1)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    assert second.turn(1)
    folder.mkdir()


def test_it_can_be_turned_off(start, monkeypatch):
    first = start()
    assert first.turn()
    monkeypatch.setenv("BLOCKML_SLOTS", "0")
    with Turn(CPU, "off") as place:
        assert place.wait(never)


@pytest.mark.parametrize("text", ["", "many", "nan", "inf"])
def test_settings_that_are_no_numbers_are_passed_over(monkeypatch, text):
    monkeypatch.setenv("BLOCKML_SLOTS", text)
    assert queue._slots(torch.device("cuda")) == 1
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(16), raising=False)
    assert queue._slots(CPU) == 4
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(2), raising=False)
    assert queue._slots(CPU) == 1


def test_each_device_has_its_own_queue(monkeypatch):
    class Card:
        uuid = "GPU-12/../ab"

    monkeypatch.setattr(torch.cuda, "current_device", lambda: 3)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: Card)
    assert queue._key(torch.device("cuda")) == "cuda_GPU_12____ab"
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: object())
    assert queue._key(torch.device("cuda")) == "cuda_3"
    with Turn(CPU, "one") as one, Turn(torch.device("cuda:1"), "other") as other:
        assert one.wait(never)
        assert other.wait(never)


def test_the_folder_is_made_for_everybody(folder, monkeypatch):
    monkeypatch.setenv("BLOCKML_QUEUE", str(folder / "new"))
    before = os.umask(0o077)
    try:
        Folder("cpu").close()
    finally:
        os.umask(before)
    assert (folder / "new").stat().st_mode & 0o7777 == 0o1777
