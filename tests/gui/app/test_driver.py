"""How long the driver of the window waits: for as long as anything changes."""

import itertools

import pytest

from digitlab.gui.app import driver
from digitlab.system.errors import DigitLabError
from digitlab.system.signals import Interruption


@pytest.fixture
def make_driver(window, tmp_path, monkeypatch):
    """Return a function that makes a driver whose clock shows the given times."""

    def make(seconds, asked=()):
        times = iter(seconds)

        class Clock:
            @staticmethod
            def monotonic():
                return next(times)

        made = driver.Driver(window, tmp_path, asked)
        monkeypatch.setattr(driver, "time", Clock)
        return made

    return make


def test_it_waits_for_as_long_as_anything_changes(make_driver, window):
    polls = itertools.count()

    def is_done():
        window.session.activity = f"Loading {next(polls)}"
        return next(polls) > 100

    make_driver(itertools.count(0, driver.PATIENCE_S / 2)).wait(is_done, "It did not end.")


def test_it_gives_up_when_nothing_changes_and_logs_the_reason(make_driver, window, caplog):
    window.session.activity = "Loading for ever"
    with pytest.raises(DigitLabError, match=r"It did not end\. .*see the log"):
        make_driver(itertools.count(0, driver.PATIENCE_S / 2)).wait(lambda: False, "It did not end.")
    (record,) = [record for record in caplog.records if record.name == driver.__name__]
    text = record.getMessage()
    assert text.startswith("It did not end.")
    assert "Loading for ever" in text
    assert "MainThread: " in text
    assert "test_driver.py" in text


def test_a_signal_ends_it(make_driver):
    with pytest.raises(Interruption) as raised:
        make_driver(itertools.count(), asked=[15]).wait(lambda: False, "It did not end.")
    assert raised.value.exit_code == 143
