"""The Evaluate panel: metrics, misclassified digits, a map, per digit, calibration, by epoch and by distortion."""

from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QTabWidget, QVBoxLayout, QWidget

from digitlab.evaluation.metrics import Metrics
from digitlab.gui import theme
from digitlab.gui.charts.card import ChartCard
from digitlab.gui.charts.share_table import BarLegend
from digitlab.gui.evaluate.digit_table import DigitTable
from digitlab.gui.evaluate.distorted import DistortedPage
from digitlab.gui.evaluate.header import NO_ANSWERS, EvaluateHeader
from digitlab.gui.evaluate.map.controller import MapController
from digitlab.gui.evaluate.map.page import DigitMapPage
from digitlab.gui.evaluate.misclassified import MisclassifiedDigits
from digitlab.gui.evaluate.over_time import OverTime
from digitlab.gui.evaluate.rejection_plot import RejectionPlot
from digitlab.gui.evaluate.reliability_diagram import ReliabilityDiagram
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import EvaluationResult
from digitlab.gui.widgets.card import Card, FoldingCards

_MISCLASSIFIED, _MAP, _PER_DIGIT, _CALIBRATION, _BY_EPOCH, _DISTORTED = range(6)
"""The pages, from left to right."""

_LEAST_CARD_PX: Final = 380
"""In a narrower card the readout of a chart needs more than its two lines."""


class EvaluatePanel(QWidget):
    """Shows ``session.evaluation`` and emits the user's requests.

    Signals:
        sight_changed: The panel was shown or hidden; carries whether it is visible.
        evaluate_requested: Evaluate the network on screen.
        snapshots_requested: Evaluate all kept snapshots of the run; carries whether to use all images.
        distortions_requested: Evaluate the network on screen on distorted digits.
        cancel_requested: Cancel the evaluation.
        source_chosen: Evaluate on other data; carries their source.
        part_chosen: Evaluate on another part of the data; carries the ``Part``.
        data_file_requested: Choose a file to evaluate on.
        following_chosen: Whether to evaluate the snapshot on screen whenever it changes.
        sketch_chosen: Put an image on the canvas; carries its ``Sketch``.
        look_requested: Open Look inside with what is on the canvas.
        snapshot_chosen: Show a snapshot of the run; carries its step.
    """

    sight_changed = Signal(bool)
    evaluate_requested = Signal()
    snapshots_requested = Signal(bool)
    distortions_requested = Signal()
    cancel_requested = Signal()
    source_chosen = Signal(str)
    part_chosen = Signal(object)
    data_file_requested = Signal()
    following_chosen = Signal(bool)
    sketch_chosen = Signal(object)
    look_requested = Signal()
    snapshot_chosen = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Create the panel of a session."""
        super().__init__(parent)
        self.setObjectName("evaluatePanel")
        self._session = session
        self._shown: dict[int, Metrics | None] = {}  # by page
        self._header = EvaluateHeader(session)
        self._misclassified = MisclassifiedDigits()
        self._map = DigitMapPage(session)
        self._table = DigitTable()
        self._reliability = ReliabilityDiagram()
        self._rejection = RejectionPlot()
        self._cards = (
            ChartCard("Reliability diagram", self._reliability),
            ChartCard("Rejection curve", self._rejection),
        )
        self._over_time = OverTime(session)
        self._distorted = DistortedPage(session)
        self._pages = QTabWidget()
        self._lay_out()
        self._connect()
        self._refresh()

    def _lay_out(self) -> None:
        self._pages.setObjectName("evaluatePages")
        self._pages.setDocumentMode(True)
        self._pages.tabBar().setDrawBase(False)
        table = Card()
        table.column.setContentsMargins(theme.SPACE_S, theme.SPACE_XS, theme.SPACE_S, theme.SPACE_S)
        table.column.addWidget(self._table)
        table.column.addWidget(BarLegend())
        calibration = FoldingCards(self._cards, _LEAST_CARD_PX)
        for page, title, tooltip in (
            (self._misclassified, "Misclassified", "The confusion matrix, and the images behind its cells"),
            (self._map, "Map", "Which digits the last hidden layer tells apart, and where the drawing is among them"),
            (table, "Per digit", "Precision, recall, F1 and support of each digit"),
            (calibration, "Calibration", "Whether the confidence of the network matches its accuracy"),
            (self._over_time, "Accuracy by epoch", "The accuracy of all kept snapshots of the run"),
            (self._distorted, "Distortions", "The accuracy on tilted, covered, blurred, badly photographed digits"),
        ):
            self._pages.setTabToolTip(self._pages.addTab(page, title), tooltip)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_XS)
        column.addWidget(self._header)
        column.addWidget(self._pages, 1)

    def _connect(self) -> None:
        session, header = self._session, self._header
        session.evaluation_changed.connect(self._refresh)
        session.snapshot_changed.connect(self._refresh)
        session.kept.changed.connect(self._refresh)  # names
        header.evaluate_requested.connect(self.evaluate_requested)
        header.cancel_requested.connect(self.cancel_requested)
        header.source_chosen.connect(self.source_chosen)
        header.part_chosen.connect(self.part_chosen)
        header.data_file_requested.connect(self.data_file_requested)
        header.following_chosen.connect(self.following_chosen)
        self._over_time.snapshots_requested.connect(self.snapshots_requested)
        self._distorted.distortions_requested.connect(self.distortions_requested)
        self._over_time.snapshot_chosen.connect(self.snapshot_chosen)
        self._misclassified.image_chosen.connect(self._on_misclassified_image_chosen)
        self._misclassified.look_requested.connect(self.look_requested)
        self._pages.currentChanged.connect(self._on_pages_current_changed)
        self._map.sketch_chosen.connect(self.sketch_chosen)

    def map_with(self, controller: MapController) -> None:
        """Have the map of the digits computed by a controller."""
        self._map.map_with(controller)

    @Slot()
    def _on_pages_current_changed(self) -> None:
        """Need space for the visible page alone, so that a page that can be small is not scrolled."""
        current, policies = self._pages.currentWidget(), QSizePolicy.Policy
        for index in range(self._pages.count()):
            page = self._pages.widget(index)
            if page is None:
                continue
            policy = policies.Preferred if page is current else policies.Ignored
            page.setSizePolicy(policies.Preferred, policy)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        """Show the session's evaluation on the visible page; hidden pages are updated when they are shown."""
        if not self.isVisible():
            return
        self._header.refresh()
        result = self._session.evaluation.result
        metrics, page = None if result is None else result.metrics, self._pages.currentIndex()
        if page == _MAP:
            self._map.refresh()
        elif page == _BY_EPOCH:
            self._over_time.refresh()
        elif page == _DISTORTED:
            self._distorted.refresh()
        elif page not in self._shown or self._shown[page] is not metrics:
            self._shown[page] = metrics
            if page == _MISCLASSIFIED:
                self._misclassified.show_result(result)
            elif page == _PER_DIGIT:
                self._table.show_counts(None if metrics is None else metrics.confusion)
            else:
                self._reliability.show_metrics(metrics)
                self._rejection.show_curve(None if metrics is None else metrics.rejection)
                self._show_empty_text(result)

    def _show_empty_text(self, result: EvaluationResult | None) -> None:
        if result is not None:
            text = ""
        elif not self._session.snapshot.spec.classifies:
            text = NO_ANSWERS
        else:
            text = "Press Evaluate to run the network on digits that it was not trained on."
        for card in self._cards:
            card.show_text(text)

    @Slot(int)
    def _on_misclassified_image_chosen(self, index: int) -> None:
        result = self._session.evaluation.result
        if result is not None:
            self.sketch_chosen.emit(result.data.sketch(index))

    def showEvent(self, event: QShowEvent) -> None:
        """Show what changed while the panel was hidden."""
        super().showEvent(event)
        self._refresh()
        self.sight_changed.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Report that the panel is hidden."""
        super().hideEvent(event)
        self.sight_changed.emit(False)
