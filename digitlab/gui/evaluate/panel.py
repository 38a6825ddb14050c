"""The room for judging: what on, the figures, and how far the network's sureness can be trusted."""

from typing import Final

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from digitlab.gui import theme
from digitlab.gui.evaluate.card import ChartCard
from digitlab.gui.evaluate.data_box import DataBox
from digitlab.gui.evaluate.figures import Figures
from digitlab.gui.evaluate.rejection_plot import RejectionPlot
from digitlab.gui.evaluate.reliability_diagram import ReliabilityDiagram
from digitlab.gui.fields import FieldGrid, describe, set_flag, wrapped
from digitlab.gui.session import Session
from digitlab.gui.values import Judged

_COLUMN_WIDTH: Final = 320
_BAR_STEPS: Final = 1000
_NO_ANSWERS: Final = "The network on screen ends in feature maps and gives no answers that could be judged."


class EvaluatePanel(QWidget):
    """Shows ``session.judging`` and emits what the person wishes.

    Signals:
        judge_requested: Judge the network on screen.
        cancel_requested: Give up judging.
        source_chosen: Judge on other data; carries their source.
        data_file_requested: A file to judge on is to be chosen.
    """

    judge_requested = Signal()
    cancel_requested = Signal()
    source_chosen = Signal(str)
    data_file_requested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Show a session."""
        super().__init__(parent)
        self.setObjectName("evaluatePanel")
        self._session = session
        self._shown: Judged | None = None
        self._data = DataBox(session.judging.source)
        self._judge = QPushButton("Evaluate")
        self._cancel = QPushButton("Cancel")
        self._bar = QProgressBar()
        self._words = QLabel()
        self._figures = Figures()
        self._about = QLabel()
        self._stale = QLabel()
        self._reliability = ReliabilityDiagram()
        self._rejection = RejectionPlot()
        self._cards = (
            ChartCard("Can its sureness be trusted?", self._reliability),
            ChartCard("Does it know what it does not know?", self._rejection),
        )
        self._set_up()
        self._lay_out()
        self._connect()
        self._restyle()
        self._show_judged()
        self._refresh()

    def _set_up(self) -> None:
        self._judge.setProperty("primary", True)
        describe(self._judge, "judgeButton", "Evaluate", "Let the network on screen answer all test digits (Ctrl+E).")
        describe(self._cancel, "cancelJudgingButton", "Cancel", "Give up; the figures from before stay.")
        describe(self._bar, "judgingBar", "Progress", "The part of all images that is answered.")
        describe(self._words, "judgingWords", "Progress", "What is being done.")
        describe(self._about, "judgedWords", "Judged network", "Which network these figures are of, and on which data.")
        describe(self._stale, "staleWords", "Out of date", "The figures are not of the network on screen.")
        self._bar.setTextVisible(False)
        for label in (self._words, self._about):
            label.setProperty("quiet", True)
        for label in (self._words, self._about, self._stale):
            label.setWordWrap(True)
            # Their width must not follow the words, or the whole panel would be laid out anew with each.
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def _lay_out(self) -> None:
        title = QLabel("Evaluate")
        title.setProperty("title", True)
        fields = FieldGrid()
        fields.add_field("D&ata", self._data)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE_S)
        buttons.addWidget(self._judge, 2)
        buttons.addWidget(self._cancel, 1)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(theme.SPACE_L, theme.SPACE_M, theme.SPACE_L, theme.SPACE_M)
        column.setSpacing(theme.SPACE_M)
        column.addWidget(title)
        column.addLayout(fields)
        column.addLayout(buttons)
        for widget in (self._bar, self._words, self._stale, self._figures, self._about):
            column.addWidget(widget)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        card = QFrame()
        card.setProperty("card", True)
        card.setFixedWidth(_COLUMN_WIDTH)
        around = QVBoxLayout(card)
        around.setContentsMargins(1, 1, 1, 1)
        around.addWidget(scroll)
        charts = QVBoxLayout()
        charts.setSpacing(theme.SPACE_S)
        charts.addWidget(self._cards[0], 3)
        charts.addWidget(self._cards[1], 2)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_M)
        row.addWidget(card)
        row.addLayout(charts, 1)

    def _connect(self) -> None:
        session = self._session
        session.judging_changed.connect(self._refresh)
        session.snapshot_changed.connect(self._refresh)
        self._judge.clicked.connect(self.judge_requested)
        self._cancel.clicked.connect(self.cancel_requested)
        self._data.source_chosen.connect(self.source_chosen)
        self._data.file_requested.connect(self.data_file_requested)

    @Slot()
    def _refresh(self) -> None:
        """Show what the session holds; what stays the same is left alone."""
        judging, spec = self._session.judging, self._session.snapshot.spec
        self._data.show_source(judging.source)
        self._data.setEnabled(not judging.is_busy)
        self._judge.setEnabled(spec.classifies and not judging.is_busy)
        self._cancel.setEnabled(judging.is_busy)
        self._show_progress()
        if judging.judged is not self._shown:
            self._shown = judging.judged
            self._show_judged()
        is_stale = self._shown is not None and self._shown.snapshot is not self._session.snapshot
        stale = "Another network is on screen now. Evaluate again for its figures." if is_stale else ""
        if not spec.classifies:
            stale = _NO_ANSWERS
        # Out of date is nothing wrong, and beside a training it is always so.
        set_flag(self._stale, "problem", is_on=not spec.classifies)
        self._show_text(self._stale, stale)
        self._restyle()
        self._show_empty_words()

    def _show_progress(self) -> None:
        judging = self._session.judging
        self._bar.setVisible(judging.is_busy)
        if not judging.share:
            self._bar.setRange(0, 0)  # reading a file or preparing: nobody knows how long
        else:
            self._bar.setRange(0, _BAR_STEPS)
            self._bar.setValue(round(_BAR_STEPS * judging.share))
        self._show_text(self._words, f"{judging.words} …" if judging.is_busy else "")

    def _show_judged(self) -> None:
        judged = self._shown
        self._figures.setVisible(judged is not None)
        if judged is None:
            self._show_text(self._about, "")
            return
        self._figures.show_judgement(judged.judgement)
        self._reliability.show_judgement(judged.judgement)
        self._rejection.show_curve(judged.judgement.rejection)
        snapshot = judged.snapshot
        when = f"at epoch {snapshot.epoch:.1f}" if snapshot.step else "untrained"
        self._show_text(
            self._about, f"{snapshot.spec.name}, {when}, on {judged.data_name}. Took {judged.seconds:.1f} s."
        )

    def _show_empty_words(self) -> None:
        if self._shown is not None:
            words = ""
        elif self._session.judging.is_busy:
            words = "The figures come when all images are answered …"
        elif not self._session.snapshot.spec.classifies:
            words = _NO_ANSWERS
        else:
            words = "Press Evaluate: the network on screen answers digits that it has not learned from."
        for card in self._cards:
            card.show_words(words)

    def _show_text(self, label: QLabel, text: str) -> None:
        if label.text() != text:
            label.setText(text)
            label.setAccessibleName(text)
        label.setVisible(bool(text))

    def _restyle(self) -> None:
        self._judge.setIcon(theme.icon("evaluate", self.palette(), is_on_accent=self._judge.isEnabled()))
        tooltip = "Let the network on screen answer all test digits (Ctrl+E)."
        self._judge.setToolTip(wrapped(tooltip if self._session.snapshot.spec.classifies else _NO_ANSWERS))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_cards"):
            self._restyle()
