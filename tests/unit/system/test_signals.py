"""Signals that ask a process to end."""

import signal
import sys

import pytest

from digitlab.system.signals import ENDING, Escalation, Interruption, handled, interrupt


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_raises_an_interruption_with_the_shells_exit_code(number):
    with pytest.raises(Interruption) as raised, handled(interrupt):
        signal.raise_signal(number)
    assert raised.value.exit_code == 128 + number


@pytest.mark.parametrize("number", ENDING)
def test_the_first_signal_requests_a_stop_and_the_second_interrupts(number):
    stops = []
    first = Escalation(stops.append, interrupt)
    with handled(first.handle):
        signal.raise_signal(number)
        assert (stops, first.exit_code) == ([number], 128 + number)
        with pytest.raises(Interruption):
            signal.raise_signal(number)
    assert stops == [number]


def test_the_handlers_are_restored():
    before = [signal.getsignal(number) for number in ENDING]
    with handled(interrupt):
        assert [signal.getsignal(number) for number in ENDING] != before
    assert [signal.getsignal(number) for number in ENDING] == before


@pytest.mark.skipif(sys.platform == "win32", reason="there is no nohup")
def test_an_ignored_signal_stays_ignored():
    """As ``nohup`` starts programs."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with handled(interrupt):
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
