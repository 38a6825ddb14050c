"""The progress of training, as text and as a bar."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.train.progress import Progress
from digitlab.gui.widgets.card import quiet_label
from digitlab.gui.widgets.fields import describe, set_flag
from digitlab.gui.widgets.label import Label

_BAR_STEPS = 1000


class ProgressView(QWidget):
    """Two lines of text with a bar between them.

    Its size changes only with the number of lines: otherwise Qt would lay out and paint the whole window for each
    new text, ten times a second.
    """

    def __init__(self, width: int, parent: QWidget | None = None) -> None:
        """Create empty texts and a hidden bar.

        Args:
            width: Its width in pixels.
            parent: The widget around it.
        """
        super().__init__(parent)
        self.setFixedWidth(width)
        self._shown: Progress | None = None
        self._headline = Label()
        self._headline.setWordWrap(True)
        self._bar = QProgressBar()
        self._detail = quiet_label()
        describe(self._headline, "progressHeadline", "Progress", "The state of training.")
        describe(self._bar, "progressBar", "Progress", "The completed share of all batches.")
        describe(self._detail, "progressDetail", "Details", "Speed and remaining time, or the result.")
        self._bar.setTextVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_S)
        for widget in (self._headline, self._bar, self._detail):
            column.addWidget(widget)
        column.addStretch(1)

    def show_progress(self, progress: Progress) -> None:
        """Show the progress; unchanged parts are not set again."""
        if progress == self._shown:
            return
        self._shown = progress
        if self._headline.text() != progress.headline:
            self._headline.setText(progress.headline)
        if self._detail.text() != progress.detail:
            self._detail.setText(progress.detail)
        set_flag(self._headline, "problem", is_on=progress.is_problem)
        self._bar.setVisible(progress.is_bar_shown)
        show_share(self._bar, progress.share)
        self._fit_height()

    def _fit_height(self) -> None:
        layout = self.layout()
        assert layout is not None
        height = layout.heightForWidth(self.width())
        # Room for the bar, too, or the buttons above would move as they are pressed.
        if self._bar.isHidden():
            height += self._bar.sizeHint().height() + layout.spacing()
        # During training the text sometimes needs a second line: the height never shrinks, or the form would jump.
        if self._shown is not None and self._shown.is_bar_shown:
            height = max(height, self.minimumHeight())
        if height != self.maximumHeight():
            self.setFixedHeight(height)

    def showEvent(self, event: QShowEvent) -> None:
        """Adjust the height to the fonts on screen."""
        super().showEvent(event)
        self._fit_height()


def show_share(bar: QProgressBar, share: float | None) -> None:
    """Show a share, 0..1, in a progress bar; None if it is unknown."""
    if share is None:
        bar.setRange(0, 0)
    else:
        bar.setRange(0, _BAR_STEPS)
        bar.setValue(round(_BAR_STEPS * share))
