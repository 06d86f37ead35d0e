"""When the page hears of what changes."""

import threading
import time

import pytest

from blockml.widget.publisher import INTERVAL, Publisher


class Page:
    """Counts what it is told, and when."""

    def __init__(self, **settings):
        self.times, self.told, self.states = [], threading.Event(), []
        self.state = 0
        self.publisher = Publisher(self._send, **settings)

    def _send(self):
        self.times.append(time.monotonic())
        self.states.append(self.state)
        self.told.set()

    def wish(self, seconds):
        """Ask again and again, as a training does."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.state += 1
            self.publisher.notify()
            time.sleep(0.002)


@pytest.mark.parametrize("delay", [0, 0.03])
def test_wishes_without_end_are_met_meanwhile_and_not_too_often(delay):
    page = Page(delay=delay)
    page.wish(1)
    assert len(page.times) > 2, "it waited for the wishes to end"
    gaps = [after - before for before, after in zip(page.times, page.times[1:], strict=False)]
    assert min(gaps) >= INTERVAL - 0.005
    time.sleep(3 * INTERVAL)
    assert page.states[-1] == page.state, "the last state is always sent"


def test_what_has_time_follows_the_last_wish():
    page = Page(delay=0.4, longest=60)
    page.wish(1)
    assert page.times == []
    assert page.told.wait(5)
    assert page.states == [page.state]


def test_wishes_do_not_put_it_off_for_ever():
    page = Page(delay=0.1, longest=0.3)
    page.wish(1.5)
    assert page.times


def test_a_page_that_went_away_does_not_end_the_messages():
    heard = threading.Event()
    failing = [True]

    def send():
        if failing[0]:
            failing[0] = False
            raise RuntimeError("no page")
        heard.set()

    publisher = Publisher(send)
    publisher.notify()
    while failing[0]:
        time.sleep(0.01)
    publisher.notify()
    assert heard.wait(5)
