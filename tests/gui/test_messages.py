"""Messages to the person."""

import pytest

from digitlab.errors import DigitLabError
from digitlab.gui.messages import MessageBar, Messages


@pytest.fixture
def bar(qtbot):
    bar = MessageBar()
    qtbot.addWidget(bar)
    return bar


def test_an_error_is_taken_back_only_while_it_is_shown(bar):
    messages, error = Messages(bar), DigitLabError("The file is broken.", remedy="Choose another.")
    messages.tell_error(error)
    assert bar.text == "The file is broken. Choose another."
    messages.take_back(error)
    assert bar.text == ""
    messages.tell("Saved.")
    messages.take_back(error)
    assert bar.text == "Saved."
