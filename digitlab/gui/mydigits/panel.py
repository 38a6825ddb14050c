"""My digits: the user's own digits, the network's metrics on them, and collecting more."""

from random import Random
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.mydigits.collect import CollectCard
from digitlab.gui.mydigits.collection import Collection
from digitlab.gui.mydigits.metrics import OwnMetrics
from digitlab.gui.mydigits.welcome import Welcome
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.throttle import Throttle

_LEAST_METRICS_PX: Final = 250
_MOST_METRICS_PX: Final = 560
_SNAPSHOT_PERIOD_MS: Final = 33
_ANSWERS_PERIOD_MS: Final = 150
"""While predictions arrive, the curves are updated a few times a second, which looks continuous."""


class MyDigitsPanel(QWidget):
    """Shows ``session.mine`` and emits the user's requests.

    Signals:
        relabel_requested: Give digits another label; carries them and the label.
        delete_requested: Delete digits; carries them.
        undo_requested: Undo the last change.
        redo_requested: Redo the last undone change.
        canvas_requested: Put a digit on the canvas; carries it.
        keep_requested: Keep the drawing on the canvas as a digit, then clear the canvas; carries the digit.
        clear_requested: Clear the canvas.
        import_requested: Choose files of drawings to import.
        export_requested: Choose a file to write all digits to.
        watched: The panel was shown or hidden; carries whether it is visible.
        collecting_changed: Collecting digits began or ended, or the panel was shown or hidden meanwhile; carries
            whether digits are being collected on screen.
    """

    relabel_requested = Signal(object, int)
    delete_requested = Signal(object)
    undo_requested = Signal()
    redo_requested = Signal()
    canvas_requested = Signal(object)
    keep_requested = Signal(int)
    clear_requested = Signal()
    import_requested = Signal()
    export_requested = Signal()
    watched = Signal(bool)
    collecting_changed = Signal(bool)

    def __init__(self, session: Session, random: Random, parent: QWidget | None = None) -> None:
        """Create the panel of a session.

        Args:
            session: What is open.
            random: Shuffles the requested digits.
            parent: The widget around it.
        """
        super().__init__(parent)
        self.setObjectName("myDigitsPanel")
        self._session = session
        self.collection = Collection(session)
        self.collect = CollectCard(session, random)
        self.metrics = OwnMetrics(session)
        self.welcome = Welcome()
        self._pages = QStackedWidget()
        self._snapshot_throttle = Throttle(self._show_snapshot, _SNAPSHOT_PERIOD_MS, self)
        self._answers_throttle = Throttle(self._show_answers, _ANSWERS_PERIOD_MS, self)
        self._lay_out()
        self._connect()
        self._show_set()

    def _lay_out(self) -> None:
        self.metrics.setMinimumWidth(_LEAST_METRICS_PX)
        self.metrics.setMaximumWidth(_MOST_METRICS_PX)
        beside = QWidget()
        row = QHBoxLayout(beside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_S)
        row.addWidget(self.collection, 3)
        row.addWidget(self.metrics, 2)
        self._pages.addWidget(self.welcome)
        self._pages.addWidget(beside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, theme.SPACE_S)
        column.setSpacing(theme.SPACE_S)
        column.addWidget(self.collect)
        column.addWidget(self._pages, 1)

    def _connect(self) -> None:
        session, collection = self._session, self.collection
        collection.relabel_requested.connect(self.relabel_requested)
        collection.delete_requested.connect(self.delete_requested)
        collection.undo_requested.connect(self.undo_requested)
        collection.redo_requested.connect(self.redo_requested)
        collection.canvas_requested.connect(self.canvas_requested)
        collection.collect_requested.connect(self.collect.start)
        collection.import_requested.connect(self.import_requested)
        collection.export_requested.connect(self.export_requested)
        collection.filter_changed.connect(self._on_collection_filter_changed)
        self.metrics.matrix.cell_chosen.connect(collection.show_only)
        self.metrics.matrix.choice_ended.connect(collection.show_all)
        self.welcome.collect.clicked.connect(self.collect.start)
        self.welcome.import_files.clicked.connect(self.import_requested)
        self.collect.active_changed.connect(self._on_collect_active_changed)
        self.collect.keep_requested.connect(self.keep_requested)
        self.collect.clear_requested.connect(self.clear_requested)
        session.mine.changed.connect(self._show_set)
        session.mine.predictions_advanced.connect(self._on_predictions_advanced)
        session.snapshot_changed.connect(self._on_session_snapshot_changed)
        session.run_changed.connect(self._on_predictions_advanced)
        session.run_advanced.connect(self._on_predictions_advanced)

    @Slot()
    def _show_set(self) -> None:
        self._pages.setCurrentIndex(1 if self._session.mine.digits else 0)
        self.collection.show_set()
        self._show_answers()

    @Slot()
    def _on_predictions_advanced(self) -> None:
        if self.isVisible():
            self._answers_throttle.request()

    @Slot()
    def _on_session_snapshot_changed(self) -> None:
        if self.isVisible():
            self._snapshot_throttle.request()

    def _show_answers(self) -> None:
        self.metrics.refresh()
        self.collection.show_digits()

    def _show_snapshot(self) -> None:
        self.metrics.follow_snapshot()
        self.collection.show_digits()

    @Slot(bool)
    def _on_collect_active_changed(self, is_active: bool) -> None:
        self.collection.set_collecting(is_active)
        self.welcome.collect.setEnabled(not is_active)
        self.collecting_changed.emit(is_active)

    @Slot()
    def _on_collection_filter_changed(self) -> None:
        self.metrics.matrix.choose(None)

    # Overrides of Qt

    def showEvent(self, event: QShowEvent) -> None:
        """Show what changed while the panel was hidden, and report that it is visible."""
        super().showEvent(event)
        self._show_answers()
        self.watched.emit(True)
        self.collecting_changed.emit(self.collect.asked is not None)

    def hideEvent(self, event: QHideEvent) -> None:
        """Report that the panel is hidden."""
        super().hideEvent(event)
        self.watched.emit(False)
        self.collecting_changed.emit(False)
