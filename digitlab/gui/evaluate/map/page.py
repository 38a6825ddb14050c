"""The page Map of Evaluate."""

from typing import Final

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QWidget

from digitlab.data.sources import MY_DIGITS
from digitlab.embedding.digit_map import MapMethod
from digitlab.embedding.hidden import features_of
from digitlab.gui import theme
from digitlab.gui.evaluate.map.chart import MapChart
from digitlab.gui.evaluate.map.controller import MapController
from digitlab.gui.evaluate.map.legend import MapLegend
from digitlab.gui.evaluate.map.shown import Question, ShownMap
from digitlab.gui.evaluate.map.wording import COMPUTING, METHOD_TIPS, map_text, point_text, progress_text, reading_text
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.card import Card, quiet_label
from digitlab.gui.widgets.fields import ChoiceBox, describe, set_tip
from digitlab.gui.widgets.label import LayoutBarrier
from digitlab.gui.widgets.throttle import Pace, Throttle
from digitlab.system.errors import DigitLabError

_DRAWING_PERIOD_MS: Final = 16
_SETTLE_MS: Final = 400
"""A snapshot must be on screen for this long before its map by t-SNE is computed."""

_READOUT_LINES: Final = 2
_STEPS: Final = 1_000
_BAR_PX: Final = 96


class DigitMapPage(Card):
    """Shows the map of the network on screen, and where the drawing is on it.

    Signals:
        sketch_chosen: Put an image on the canvas; carries its ``Sketch``.
    """

    sketch_chosen = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Show a session; ``map_with`` says who computes maps."""
        super().__init__(parent=parent)
        self._session = session
        self._controller: MapController | None = None
        self._question: Question | None = None
        self._shown: ShownMap | None = None
        self._problem = ""
        self._is_computing = False
        self._method = ChoiceBox()
        self._legend = MapLegend()
        self._bar = QProgressBar()
        self._cancel = QPushButton("Cancel")
        self._chart = MapChart()
        self._readout = quiet_label()
        self._drawing_pace = Pace(self._show_drawing, _DRAWING_PERIOD_MS, self)
        self._settle = Throttle(self._ask, _SETTLE_MS, self, restarts=True)
        self._set_up()
        self._lay_out()
        self._connect()

    def _set_up(self) -> None:
        for method in MapMethod:
            self._method.add_choice(method.value, method, METHOD_TIPS[method])
        describe(
            self._method,
            "mapMethod",
            "Method",
            "How the many activations of the layer become two dimensions.",
            " ".join(f"{method.value}: {tip}" for method, tip in METHOD_TIPS.items()),
        )
        self._bar.setTextVisible(False)
        self._bar.setRange(0, _STEPS)
        self._bar.setFixedWidth(_BAR_PX)
        describe(self._bar, "mapProgress", "Progress of the map", "How much of the map is computed.")
        describe(self._cancel, "cancelMapButton", "Cancel t-SNE", "Cancel t-SNE and show the map by PCA.")
        describe(self._readout, "mapReadout", "About the map", "")
        self._readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._bar.hide()
        self._cancel.hide()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_S)
        row.addWidget(self._method)
        row.addWidget(self._legend)
        row.addStretch(1)
        below = QHBoxLayout()
        below.setSpacing(theme.SPACE_S)
        below.addWidget(LayoutBarrier(self._readout), 1)
        below.addWidget(self._bar)
        below.addWidget(self._cancel)
        self._readout.setFixedHeight(_READOUT_LINES * self._readout.fontMetrics().lineSpacing() + 2)
        self.column.setContentsMargins(theme.SPACE_S, theme.SPACE_XS, theme.SPACE_S, theme.SPACE_XS)
        self.column.setSpacing(theme.SPACE_XS)
        self.column.addLayout(row)
        self.column.addWidget(self._chart, 1)
        self.column.addLayout(below)

    def _connect(self) -> None:
        session = self._session
        session.snapshot_changed.connect(self.refresh)
        session.evaluation_changed.connect(self._on_session_evaluation_changed)
        session.mine.changed.connect(self.refresh)
        session.view_changed.connect(self._on_session_view_changed)
        self._method.activated.connect(self._on_method_activated)
        self._cancel.clicked.connect(self._on_cancel_clicked)
        self._legend.changed.connect(self._on_legend_changed)
        self._chart.pointed.connect(self._show_readout)
        self._chart.point_chosen.connect(self._on_chart_point_chosen)

    def map_with(self, controller: MapController) -> None:
        """Have maps computed by a controller."""
        self._controller = controller
        controller.mapped.connect(self._on_controller_mapped)
        controller.progressed.connect(self._on_controller_progressed)
        controller.failed.connect(self._on_controller_failed)
        self.refresh()

    # Asking

    @Slot()
    def refresh(self) -> None:
        """Ask for the map of what is on screen, if the page is visible and that changed."""
        if not self.isVisible():
            return
        data = self._session.evaluation.data
        question = None
        if data is not None:
            is_beside = data.source != MY_DIGITS and self._session.snapshot.spec.reads_digits
            own = self._session.mine.digits if is_beside else ()
            question = Question(self._session.snapshot, data, own, MapMethod(self._method.currentData()))
        waiting = COMPUTING if question is not None else reading_text(self._session.evaluation.source)
        if question is None:
            self._chart.show_text(waiting)
        if question == self._question:
            return
        is_same_data = question is not None and self._shown is not None and self._shown.question.data is question.data
        self._question, self._problem = question, ""
        if not is_same_data:
            self._show(None)
            self._chart.show_text(waiting)
        self._show_readout()
        if question is not None and question.method is MapMethod.TSNE and is_same_data and self._is_other_snapshot():
            self._settle.request()
        else:
            self._settle.cancel()
            self._ask()

    def _is_other_snapshot(self) -> bool:
        """Return whether the map on screen is of another snapshot than the question."""
        return (
            self._shown is not None
            and self._question is not None
            and self._shown.question.snapshot is not self._question.snapshot
        )

    def _ask(self) -> None:
        if self._controller is not None and self.isVisible():
            self._controller.ask(self._question)

    @Slot()
    def _on_session_evaluation_changed(self) -> None:
        data = self._session.evaluation.data
        if data is not (None if self._question is None else self._question.data):
            self.refresh()

    @Slot()
    def _on_method_activated(self) -> None:
        self.refresh()

    @Slot()
    def _on_cancel_clicked(self) -> None:
        self._method.show_choice(MapMethod.PCA)
        self._method.setFocus()  # the button that had it is hidden
        self.refresh()

    # Showing

    @Slot(object)
    def _on_controller_mapped(self, shown: ShownMap) -> None:
        if shown.question == self._question:
            self._show(shown)

    def _show(self, shown: ShownMap | None) -> None:
        self._shown = shown
        self._chart.show_text("")
        self._legend.own.setEnabled(shown is not None and bool(shown.own))
        self._chart.show_map(shown)
        self._show_drawing()

    @Slot(object)
    def _on_controller_progressed(self, share: float | None) -> None:
        is_slow = self._question is not None and self._question.method is MapMethod.TSNE
        was_computing, self._is_computing = self._is_computing, share is not None
        self._bar.setVisible(share is not None)
        self._cancel.setVisible(share is not None and is_slow)
        if share is not None:
            self._bar.setValue(round(share * _STEPS))
        if was_computing is not self._is_computing:
            self._show_readout()

    @Slot(object)
    def _on_controller_failed(self, error: DigitLabError) -> None:
        problem = " ".join(filter(None, (error.happened, error.expected, error.remedy)))
        if self._question is not None and self._question.method is MapMethod.TSNE:
            self._method.show_choice(MapMethod.PCA)
            self.refresh()
        else:
            self._show(None)
            self._chart.show_text(problem)
        self._problem = problem
        self._show_readout()

    @Slot()
    def _on_session_view_changed(self) -> None:
        if self.isVisible():
            self._drawing_pace.request()

    def _show_drawing(self) -> None:
        """Show where the drawing is; it stays where it was while the map is of another snapshot."""
        view, shown, point, text = self._session.view, self._shown, None, ""
        if view is None or shown is None or view.inspection.snapshot is not shown.question.snapshot:
            return
        inspection = view.inspection
        if not inspection.is_blank:
            point = shown.found.place(features_of(inspection))
            outputs = inspection.outputs
            text = "" if outputs is None else inspection.snapshot.spec.classes.symbol(int(np.argmax(outputs)))
        had_drawing = self._chart.drawing_place is not None
        self._chart.show_drawing(point, text)
        if had_drawing is not (point is not None):
            self._show_readout()

    @Slot()
    def _show_readout(self) -> None:
        shown, current = self._shown, self._chart.current
        if shown is None:
            text = ""
        elif current is not None and current < len(shown):
            text = point_text(shown, current)
        elif self._problem:
            text = self._problem
        elif self._question is not None and (self._is_computing or self._is_other_snapshot()):
            text = progress_text(shown, self._question)
        else:
            text = map_text(shown, has_drawing=self._chart.drawing_place is not None)
        if text != self._readout.text():
            self._readout.setText(text)
            set_tip(self._readout, text)
        self._chart.setAccessibleDescription(text)

    @Slot()
    def _on_legend_changed(self) -> None:
        self._chart.hide_digits(self._legend.hidden, hides_own=not self._legend.own.isChecked())

    @Slot(int)
    def _on_chart_point_chosen(self, point: int) -> None:
        if self._shown is not None:
            self.sketch_chosen.emit(self._shown.sketch(point))

    def showEvent(self, event: QShowEvent) -> None:
        """Show what changed while the page was hidden."""
        super().showEvent(event)
        self.refresh()
        self._show_drawing()

    def hideEvent(self, event: QHideEvent) -> None:
        """Cancel what is being computed."""
        super().hideEvent(event)
        self._settle.cancel()
        self._question = None
        if self._controller is not None:
            self._controller.ask(None)
