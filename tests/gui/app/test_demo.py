"""How long the demo waits: for as long as anything changes."""

import itertools

import pytest
from PySide6.QtWidgets import QApplication

from digitlab.gui.app import demo
from digitlab.system.errors import DigitLabError
from digitlab.system.signals import Interruption


@pytest.fixture
def make_demo(window, tmp_path, monkeypatch):
    """Return a function that makes a demo whose clock shows the given times."""

    def make(seconds, asked=()):
        times = iter(seconds)

        class Clock:
            @staticmethod
            def monotonic():
                return next(times)

        made = demo._Demo(QApplication.instance(), window, tmp_path, list(asked), as_json=False)
        monkeypatch.setattr(demo, "time", Clock)
        return made

    return make


def test_it_waits_for_as_long_as_anything_changes(make_demo, window):
    polls = itertools.count()

    def is_done():
        window.session.activity = f"Loading {next(polls)}"
        return next(polls) > 100

    make_demo(itertools.count(0, demo._PATIENCE_S / 2))._wait(is_done, "It did not end.")


def test_it_gives_up_when_nothing_changes_and_logs_the_reason(make_demo, window, caplog):
    window.session.activity = "Loading for ever"
    with pytest.raises(DigitLabError, match=r"It did not end\. .*see the log"):
        make_demo(itertools.count(0, demo._PATIENCE_S / 2))._wait(lambda: False, "It did not end.")
    (record,) = [record for record in caplog.records if record.name == demo.__name__]
    text = record.getMessage()
    assert text.startswith("It did not end.")
    assert "Loading for ever" in text
    assert "MainThread: " in text
    assert "test_demo.py" in text


def test_a_signal_ends_it(make_demo):
    with pytest.raises(Interruption) as raised:
        make_demo(itertools.count(), asked=[15])._wait(lambda: False, "It did not end.")
    assert raised.value.exit_code == 143
