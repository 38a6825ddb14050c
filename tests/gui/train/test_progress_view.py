"""The progress view: its height does not jump during training."""

from digitlab.gui.train.progress import Progress
from digitlab.gui.train.progress_view import ProgressView

SHORT = "Epoch 1 of 9"
LONG = "Epoch 1 of 9, and so much more text that it needs another line or even two of them"


def test_the_height_never_shrinks_during_training(qtbot):
    view = ProgressView(200)
    qtbot.addWidget(view)
    view.show_progress(Progress(SHORT, "", share=0.1, is_bar_shown=True))
    view.show()
    short = view.height()
    view.show_progress(Progress(LONG, "", share=0.2, is_bar_shown=True))
    tall = view.height()
    assert tall > short
    view.show_progress(Progress(SHORT, "", share=0.3, is_bar_shown=True))
    assert view.height() == tall
    view.show_progress(Progress(SHORT))
    assert view.height() < tall


def test_the_height_stays_when_the_bar_appears(qtbot):
    view = ProgressView(200)
    qtbot.addWidget(view)
    view.show_progress(Progress(SHORT, "Ready"))
    view.show()
    before = view.height()
    view.show_progress(Progress(SHORT, "Started", share=0.1, is_bar_shown=True))
    assert view.height() == before
