"""The upper part of the panel: what on, the buttons, progress, the figures, and what they are of."""

from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from digitlab.gui import theme
from digitlab.gui.evaluate.data_box import DataBox, PartBox
from digitlab.gui.evaluate.figures import Figures
from digitlab.gui.evaluate.wording import result_words, stale_words
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.fields import describe, set_flag, wrapped
from digitlab.gui.widgets.still import StillRoom

NO_ANSWERS: Final = "The network on screen ends in feature maps and gives no answers that could be judged."

_BAR_STEPS: Final = 1000
_LINE_PX: Final = 18
_EVALUATE_TOOLTIP: Final = "Let the network on screen answer all these digits (Ctrl+E)."


class Head(QFrame):
    """Says what the network is judged on and how right it is; its height and places never change.

    Signals:
        evaluate_requested: Judge the network on screen.
        cancel_requested: Give up judging.
        source_chosen: Judge on other data; carries their source.
        part_chosen: Judge on other digits of the data; carries the ``Part``.
        data_file_requested: A file to judge on is to be chosen.
        following_chosen: Judge the moment on screen whenever it changes, or not.
    """

    evaluate_requested = Signal()
    cancel_requested = Signal()
    source_chosen = Signal(str)
    part_chosen = Signal(object)
    data_file_requested = Signal()
    following_chosen = Signal(bool)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Show a session."""
        super().__init__(parent)
        self.setProperty("card", True)
        self._session = session
        self._data = DataBox(session.evaluation.source)
        self._part = PartBox()
        self._evaluate = QPushButton("Evaluate")
        self._cancel = QPushButton("Cancel")
        self._follow = QCheckBox("Follow the moment")
        self._bar = QProgressBar()
        self._words = QLabel()
        self._figures = Figures()
        self._about = QLabel()
        self._set_up()
        self._lay_out()
        self._data.source_chosen.connect(self.source_chosen)
        self._data.file_requested.connect(self.data_file_requested)
        self._part.part_chosen.connect(self.part_chosen)
        self._evaluate.clicked.connect(self.evaluate_requested)
        self._cancel.clicked.connect(self.cancel_requested)
        self._follow.clicked.connect(self.following_chosen)
        self.restyle()

    def _set_up(self) -> None:
        self._evaluate.setProperty("primary", True)
        describe(self._evaluate, "judgeButton", "Evaluate", _EVALUATE_TOOLTIP)
        describe(self._cancel, "cancelJudgingButton", "Cancel", "Give up; the figures so far stay.")
        describe(
            self._follow,
            "followMomentBox",
            "Follow the moment",
            "Judge the moment on screen by itself when the time slider comes to rest; what was judged before is shown "
            "at once.",
        )
        describe(self._bar, "judgingBar", "Progress", "The part of all images that is answered.")
        describe(self._words, "judgingWords", "Progress", "What is being done.")
        describe(self._about, "judgedWords", "Judged network", "Which network these figures are of, and on which data.")
        self._bar.setTextVisible(False)
        for label in (self._words, self._about):
            label.setProperty("quiet", True)
            label.setFixedHeight(_LINE_PX)
            # Its width must not follow the words, or all would be laid out anew with each.
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy = self._bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._bar.setSizePolicy(policy)

    def _lay_out(self) -> None:
        progress = QVBoxLayout()
        progress.setSpacing(2)
        progress.addWidget(self._bar)
        progress.addWidget(StillRoom(self._words))
        first = QHBoxLayout()
        first.setSpacing(theme.SPACE_S)
        self._data.setMinimumWidth(150)
        self._part.setMinimumWidth(130)
        for widget in (self._data, self._part, self._evaluate, self._cancel):
            first.addWidget(widget)
        first.addLayout(progress, 1)
        last = QHBoxLayout()
        last.addWidget(StillRoom(self._about), 1)
        last.addWidget(self._follow, 0, Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_M, theme.SPACE_XS)
        column.setSpacing(theme.SPACE_XS)
        column.addLayout(first)
        column.addWidget(self._figures)
        column.addLayout(last)

    def refresh(self) -> None:
        """Show what the session holds; what stays the same is left alone."""
        evaluation, snapshot = self._session.evaluation, self._session.snapshot
        is_busy, can = evaluation.task.is_requested, snapshot.spec.classifies
        self._data.show_source(evaluation.source)
        self._data.setEnabled(not is_busy)
        # Enabled and disabled with each progress, it would have the whole panel laid out and painted anew.
        self._part.show_part(evaluation.source, evaluation.part, is_busy=is_busy)
        if self._evaluate.isEnabled() != (can and not is_busy):
            self._evaluate.setEnabled(can and not is_busy)
            self.restyle()
        self._cancel.setEnabled(is_busy)
        self._follow.setChecked(evaluation.is_following)
        self._show_progress()
        self._figures.show_result(evaluation.result)
        if not can:
            self._show_about(NO_ANSWERS, is_problem=True)
        elif evaluation.result is None:
            self._show_about("", is_problem=False)
        else:
            words = result_words(evaluation.result)
            stale = stale_words(evaluation, snapshot)
            self._show_about(f"{stale} {words}" if stale else words, is_problem=False)

    def _show_progress(self) -> None:
        evaluation = self._session.evaluation
        self._bar.setVisible(evaluation.task.is_requested)
        if not evaluation.progress:
            self._bar.setRange(0, 0)  # reading a file or preparing: nobody knows how long
        else:
            self._bar.setRange(0, _BAR_STEPS)
            self._bar.setValue(round(_BAR_STEPS * evaluation.progress))
        words = f"{evaluation.progress_text} …" if evaluation.progress_text else ""
        if self._words.text() != words:
            self._words.setText(words)
            self._words.setAccessibleName(words)
            self._words.setToolTip(words)

    def _show_about(self, words: str, *, is_problem: bool) -> None:
        if self._about.text() != words:
            self._about.setText(words)
            self._about.setAccessibleName(words)
            self._about.setToolTip(wrapped(words))
        set_flag(self._about, "problem", is_on=is_problem)

    def restyle(self) -> None:
        """Take the icon in the theme's colours."""
        self._evaluate.setIcon(theme.icon("evaluate", self.palette(), is_on_accent=self._evaluate.isEnabled()))
        can = self._session.snapshot.spec.classifies
        self._evaluate.setToolTip(wrapped(_EVALUATE_TOOLTIP if can else NO_ANSWERS))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_about"):
            self.restyle()
