"""The room for judging: figures, mistakes, each digit, how far sureness can be trusted, and how it all came about."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from digitlab.evaluation.metrics import Metrics
from digitlab.gui import theme
from digitlab.gui.charts.card import ChartCard
from digitlab.gui.evaluate.digit_table import BarLegend, DigitTable
from digitlab.gui.evaluate.head import NO_ANSWERS, Head
from digitlab.gui.evaluate.mistakes import Mistakes
from digitlab.gui.evaluate.over_time import OverTime
from digitlab.gui.evaluate.rejection_plot import RejectionPlot
from digitlab.gui.evaluate.reliability_diagram import ReliabilityDiagram
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import EvaluationResult

_MISTAKES, _BY_DIGIT, _TRUST, _OVER_TIME = range(4)
"""The pages, from left to right."""


class EvaluatePanel(QWidget):
    """Shows ``session.evaluation`` and emits what the person wishes.

    Signals:
        sight_changed: The panel came into sight, or went out of it; carries which.
        evaluate_requested: Judge the network on screen.
        snapshots_requested: Judge all kept moments of the run; carries whether on all images.
        cancel_requested: Give up judging.
        source_chosen: Judge on other data; carries their source.
        part_chosen: Judge on other digits of the data; carries the ``Part``.
        data_file_requested: A file to judge on is to be chosen.
        following_chosen: Judge the moment on screen whenever it changes, or not.
        sketch_chosen: An image is to go to the canvas; carries its ``Sketch``.
        look_requested: Look inside with what lies on the canvas.
        snapshot_chosen: A moment of the run is to be shown; carries its step.
    """

    sight_changed = Signal(bool)
    evaluate_requested = Signal()
    snapshots_requested = Signal(bool)
    cancel_requested = Signal()
    source_chosen = Signal(str)
    part_chosen = Signal(object)
    data_file_requested = Signal()
    following_chosen = Signal(bool)
    sketch_chosen = Signal(object)
    look_requested = Signal()
    snapshot_chosen = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Show a session."""
        super().__init__(parent)
        self.setObjectName("evaluatePanel")
        self._session = session
        self._shown: dict[int, Metrics | None] = {}  # by page
        self._head = Head(session)
        self._mistakes = Mistakes()
        self._table = DigitTable()
        self._reliability = ReliabilityDiagram()
        self._rejection = RejectionPlot()
        self._cards = (
            ChartCard("Reliability diagram", self._reliability),
            ChartCard("Rejection curve (accuracy versus rejection)", self._rejection),
        )
        self._over_time = OverTime(session)
        self._pages = QTabWidget()
        self._lay_out()
        self._connect()
        self._refresh()

    def _lay_out(self) -> None:
        self._pages.setObjectName("evaluatePages")
        self._pages.setDocumentMode(True)
        self._pages.tabBar().setDrawBase(False)
        table = QFrame()
        table.setProperty("card", True)
        around = QVBoxLayout(table)
        around.setContentsMargins(theme.SPACE_S, theme.SPACE_XS, theme.SPACE_S, theme.SPACE_S)
        around.addWidget(self._table)
        around.addWidget(BarLegend())
        trust = QWidget()
        charts = QHBoxLayout(trust)
        charts.setContentsMargins(0, 0, 0, 0)
        charts.setSpacing(theme.SPACE_S)
        for card in self._cards:
            charts.addWidget(card, 1)
        for page, title, tooltip in (
            (self._mistakes, "Mistakes", "Which digits are taken for which, and what they look like"),
            (table, "By digit", "Precision, recall and F1 of each digit"),
            (trust, "Trust", "How far its sureness can be trusted"),
            (self._over_time, "Over time", "How right it was at each moment of the run"),
        ):
            self._pages.setTabToolTip(self._pages.addTab(page, title), tooltip)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_XS)
        column.addWidget(self._head)
        column.addWidget(self._pages, 1)

    def _connect(self) -> None:
        session, head = self._session, self._head
        session.evaluation_changed.connect(self._refresh)
        session.snapshot_changed.connect(self._refresh)
        head.evaluate_requested.connect(self.evaluate_requested)
        head.cancel_requested.connect(self.cancel_requested)
        head.source_chosen.connect(self.source_chosen)
        head.part_chosen.connect(self.part_chosen)
        head.data_file_requested.connect(self.data_file_requested)
        head.following_chosen.connect(self.following_chosen)
        self._over_time.snapshots_requested.connect(self.snapshots_requested)
        self._over_time.snapshot_chosen.connect(self.snapshot_chosen)
        self._mistakes.image_chosen.connect(self._on_mistakes_image_chosen)
        self._mistakes.look_requested.connect(self.look_requested)
        self._pages.currentChanged.connect(self._refresh)

    @Slot()
    def _refresh(self) -> None:
        """Show what the session holds; nothing is done for a panel or a page out of sight."""
        if not self.isVisible():
            return
        self._head.refresh()
        result = self._session.evaluation.result
        metrics, page = None if result is None else result.metrics, self._pages.currentIndex()
        if page == _OVER_TIME:
            self._over_time.refresh()
        elif page not in self._shown or self._shown[page] is not metrics:
            self._shown[page] = metrics
            if page == _MISTAKES:
                self._mistakes.show_result(result)
            elif page == _BY_DIGIT:
                self._table.show_counts(None if metrics is None else metrics.confusion)
            else:
                self._reliability.show_metrics(metrics)
                self._rejection.show_curve(None if metrics is None else metrics.rejection)
                self._show_empty_words(result)

    def _show_empty_words(self, result: EvaluationResult | None) -> None:
        if result is not None:
            words = ""
        elif not self._session.snapshot.spec.classifies:
            words = NO_ANSWERS
        else:
            words = "Press Evaluate: the network on screen answers digits that it has not learned from."
        for card in self._cards:
            card.show_text(words)

    @Slot(int)
    def _on_mistakes_image_chosen(self, index: int) -> None:
        result = self._session.evaluation.result
        if result is not None:
            self.sketch_chosen.emit(result.data.sketch(index))

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened out of sight."""
        super().showEvent(event)
        self._refresh()
        self.sight_changed.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell that nobody looks any more."""
        super().hideEvent(event)
        self.sight_changed.emit(False)
