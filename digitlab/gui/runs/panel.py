"""The runs panel: the list of kept runs, and the curves of the checked runs in one plot."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from digitlab.gui import theme
from digitlab.gui.charts.card import ChartCard
from digitlab.gui.runs.model import RunTable
from digitlab.gui.runs.table import RunTableView
from digitlab.gui.runs.wording import legend_text
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.card import Card, FoldingRow, quiet_label, title_label
from digitlab.gui.widgets.fields import describe, set_tip
from digitlab.gui.widgets.label import Label
from digitlab.gui.widgets.themed import Themed
from digitlab.gui.widgets.throttle import Throttle
from digitlab.words.numbers import count, size

if TYPE_CHECKING:
    from digitlab.gui.runs.runs_plot import DrawnRun, RunsPlot

_REFRESH_MS: Final = 500
"""Refresh interval for the run in progress; its curves under Train are smoother."""

_LIST_PX: Final = 280
_PLOT_PX: Final = 360
"""Initial heights; the user can drag the splitter."""

_INVITATION_PX: Final = 380

_NO_RUNS: Final = "No runs yet"
_ALL_DELETED: Final = "All runs were deleted"
_INVITATION: Final = (
    "Every training run is saved as it goes. It appears here "
    "after its first batch and stays, even if the computer "
    "crashes during training."
)


class RunsPanel(Themed, QWidget):
    """Shows the kept runs and emits the user's requests.

    Signals:
        open_requested: Open a run; carries its file.
        continue_requested: Open a run and resume training; carries its file.
        rename_requested: Rename a run; carries its file and the name.
        delete_requested: Delete runs; carries their files.
        undo_requested: Restore the last deletion.
        export_requested: Choose a file for a run; carries the run's file and name.
        look_requested: Read the list again.
        plot_requested: Plot the curves of these runs; carries their files.
        train_requested: Train with the recipe.
    """

    open_requested = Signal(object)
    continue_requested = Signal(object)
    rename_requested = Signal(object, str)
    delete_requested = Signal(object)
    undo_requested = Signal()
    export_requested = Signal(object, str)
    look_requested = Signal()
    plot_requested = Signal(object)
    train_requested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Show the kept runs of a session."""
        super().__init__(parent)
        self.setObjectName("runsPanel")
        self._session = session
        self._plots: tuple[RunsPlot, RunsPlot] | None = None
        self._marks: dict[Path, int] = {}
        self._drawn: tuple[DrawnRun, ...] = ()
        self._model = RunTable(self)
        self._table = RunTableView(self._model)
        self._open = QPushButton("Open")
        self._continue_training = QPushButton("Resume training")
        self._rename = QPushButton("Rename")
        self._export = QPushButton("Export…")
        self._delete = QPushButton("Delete")
        self._restore = QPushButton("Undo delete")
        self._summary = quiet_label(wraps=False)
        self._accuracy = QToolButton()
        self._loss = QToolButton()
        self._log = QToolButton()
        self._card = ChartCard("Validation", tools=(self._accuracy, self._loss, self._log))
        self._legend = quiet_label()
        self._pages = QStackedWidget()
        self._creating = Throttle(self.ensure_plots, 0, self)
        self._refresh = Throttle(self._refresh_growing, _REFRESH_MS, self)
        self._set_up_buttons()
        self._lay_out()
        self._connect()
        self._on_kept_changed()
        self._on_plotted_changed()
        self.follow_theme()

    def _set_up_buttons(self) -> None:
        describe(self._open, "openRunButton", "Open", "Open the network, curves and snapshots of the run (Enter).")
        describe(
            self._continue_training,
            "resumeRunButton",
            "Resume training",
            "Open the run and train its remaining epochs.",
        )
        describe(self._rename, "renameRunButton", "Rename", "Rename the run (F2).")
        describe(self._export, "exportRunButton", "Export", "Save the run as a file that others can open.")
        describe(
            self._delete, "deleteRunButton", "Delete", "Delete the run (Delete). It can be restored for a day (Ctrl+Z)."
        )
        describe(self._accuracy, "runsAccuracyButton", "Accuracy", "Plot the accuracy on the validation images.")
        describe(self._loss, "runsLossButton", "Loss", "Plot the loss on the validation images.")
        describe(
            self._log,
            "runsLogButton",
            "Logarithmic loss",
            "Logarithmic scale: equal distances are equal factors, so small losses can be compared.",
        )
        self._open.setProperty("primary", True)
        group = QButtonGroup(self)
        for button, text in ((self._accuracy, "Accuracy"), (self._loss, "Loss"), (self._log, "Log")):
            button.setText(text)
            button.setCheckable(True)
        group.addButton(self._accuracy)
        group.addButton(self._loss)
        self._accuracy.setChecked(True)
        self._log.setEnabled(False)
        self._log.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def _lay_out(self) -> None:
        buttons = FoldingRow()
        for button in (self._delete, self._rename, self._export, self._continue_training, self._open):
            buttons.row.addWidget(button)
        list_card = Card("Trainings", (buttons,))
        list_card.column.setContentsMargins(1, theme.SPACE_S, 1, theme.SPACE_S)
        list_card.column.addWidget(self._table, 1)
        if list_card.header is not None:
            list_card.header.setContentsMargins(theme.SPACE_L, 0, theme.SPACE_M, 0)
            list_card.header.insertWidget(1, self._summary)
        buttons.fold({self._delete: "", self._export: "", self._continue_training: "Resume"})
        self._legend.setObjectName("runsLegend")
        self._legend.setTextFormat(Qt.TextFormat.PlainText)
        # As wide as there is room: the buttons beside it must stay on screen.
        self._legend.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if self._card.header is not None:
            self._card.header.insertWidget(1, self._legend, 1)
            self._card.header.setStretch(2, 0)  # the legend takes the free space alone
        both = QSplitter(Qt.Orientation.Vertical)
        both.setChildrenCollapsible(False)
        both.setHandleWidth(theme.SPACE_S)
        both.addWidget(list_card)
        both.addWidget(self._card)
        both.setSizes([_LIST_PX, _PLOT_PX])
        both.setStretchFactor(0, 2)
        both.setStretchFactor(1, 3)
        self._pages.addWidget(both)
        self._pages.addWidget(self._empty_state())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)

    def _empty_state(self) -> QWidget:
        """Return the widget shown while there are no runs."""
        card = Card()
        self._empty_title = title_label(_NO_RUNS)
        text = Label(_INVITATION)
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        text.setWordWrap(True)
        text.setFixedWidth(_INVITATION_PX)
        self._train = train = QPushButton("Train now")
        train.setProperty("primary", True)
        describe(train, "trainFirstButton", "Train now", "Train the network with the recipe in the Train tab.")
        train.clicked.connect(self.train_requested)
        describe(self._restore, "restoreRunButton", "Undo delete", "Restore the last deletion; possible for a day.")
        self._restore.clicked.connect(self.undo_requested)
        column = QVBoxLayout()
        column.setSpacing(theme.SPACE_M)
        column.addWidget(self._empty_title, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(text)  # without an alignment, with which it would get the height of fewer lines
        for button in (train, self._restore):
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addLayout(column)
        middle.addStretch(1)
        card.column.addStretch(1)
        card.column.addLayout(middle)
        card.column.addStretch(2)
        return card

    def _connect(self) -> None:
        session, table = self._session, self._table
        session.kept.changed.connect(self._on_kept_changed)
        session.kept.open_changed.connect(self._on_open_changed)
        session.kept.plotted_changed.connect(self._on_plotted_changed)
        session.run_changed.connect(self._on_open_changed)
        session.run_advanced.connect(self._on_run_advanced)
        session.training_state_changed.connect(self._on_chosen_changed)
        table.chosen_changed.connect(self._on_chosen_changed)
        table.open_requested.connect(self._on_open_clicked)
        table.delete_requested.connect(self._on_delete_clicked)
        table.undo_requested.connect(self.undo_requested)
        self._model.checked.connect(self._on_model_checked)
        self._model.renamed.connect(self.rename_requested)
        self._open.clicked.connect(self._on_open_clicked)
        self._continue_training.clicked.connect(self._on_continue_clicked)
        self._rename.clicked.connect(table.rename)
        self._export.clicked.connect(self._on_export_clicked)
        self._delete.clicked.connect(self._on_delete_clicked)
        self._accuracy.toggled.connect(self._on_quantity_toggled)
        self._log.toggled.connect(self._on_log_toggled)

    # User input

    @Slot()
    def _on_open_clicked(self) -> None:
        if self._open.isEnabled():
            self.open_requested.emit(self._table.chosen[0].path)

    @Slot()
    def _on_continue_clicked(self) -> None:
        self.continue_requested.emit(self._table.chosen[0].path)

    @Slot()
    def _on_export_clicked(self) -> None:
        run = self._table.chosen[0]
        self.export_requested.emit(run.path, run.name)

    @Slot()
    def _on_delete_clicked(self) -> None:
        if self._delete.isEnabled():
            self.delete_requested.emit(tuple(run.path for run in self._table.chosen))

    @Slot(object, bool)
    def _on_model_checked(self, path: Path, is_checked: bool) -> None:
        others = [other for other in self._session.kept.plotted if other != path]
        self.plot_requested.emit((*others, path) if is_checked else tuple(others))

    @Slot()
    def _on_chosen_changed(self) -> None:
        """Enable the buttons that apply to the selection."""
        chosen = self._table.chosen
        is_one, is_busy = len(chosen) == 1, self._session.training_state.is_busy
        has_ended = bool(chosen) and all(run.ending is not None for run in chosen)
        self._train.setEnabled(not is_busy)
        self._open.setEnabled(is_one and not is_busy and has_ended)
        self._continue_training.setEnabled(is_one and not is_busy and has_ended)
        self._export.setEnabled(is_one)
        self._rename.setEnabled(is_one)
        self._delete.setEnabled(has_ended)

    @Slot()
    def _on_quantity_toggled(self) -> None:
        self._log.setEnabled(self._loss.isChecked())
        self._show_plot()

    @Slot(bool)
    def _on_log_toggled(self, is_log: bool) -> None:
        if self._plots is not None:
            self._plots[1].set_log(is_log=is_log)

    # Changes of the session

    @Slot(object)
    def choose(self, paths: Collection[Path]) -> None:
        """Select runs, as those that were restored: the next key is meant for them."""
        self._table.choose(paths)

    @Slot()
    def _on_kept_changed(self) -> None:
        kept = self._session.kept
        self._model.show_runs(kept.runs)
        self._table.fit_columns()
        total = sum(run.size_bytes for run in kept.runs)
        self._summary.setText(f"{count(len(kept.runs), 'run')}, {size(total)}")
        self._empty_title.setText(_ALL_DELETED if kept.can_restore else _NO_RUNS)
        self._restore.setVisible(kept.can_restore)
        self._pages.setCurrentIndex(1 if kept.is_listed and not kept.runs else 0)
        self._on_open_changed()
        self._on_plotted_changed()
        if kept.runs and not self._table.chosen:
            self._table.choose([kept.runs[0].path])
        self._on_chosen_changed()

    @Slot()
    def _on_open_changed(self) -> None:
        run = self._session.run
        growing = run if run is not None and run.is_running else None
        self._model.show_growing(self._session.kept.open, growing)
        self._show_plot()

    @Slot()
    def _on_plotted_changed(self) -> None:
        """Give each plotted run the lowest free number; it keeps the number while it is plotted."""
        plotted = self._session.kept.plotted
        self._marks = {path: mark for path, mark in self._marks.items() if path in plotted}
        for path in plotted:
            if path not in self._marks:
                taken = set(self._marks.values())
                self._marks[path] = next(mark for mark in range(len(taken) + 1) if mark not in taken)
        self._model.show_marks(self._marks, self.palette())
        self._show_plot()

    @Slot()
    def _on_run_advanced(self) -> None:
        if self.isVisible():
            self._refresh.request()

    def _refresh_growing(self) -> None:
        path = self._session.kept.open
        if path is None:
            return
        self._model.refresh_run(path)
        if self._plots is not None and path in self._marks:
            for plot in self._plots:
                plot.refresh()
            self._show_legend()

    def _show_legend(self) -> None:
        """Show what the thin lines are, and which of the plotted runs have no other."""
        text = legend_text([drawn.name for drawn in self._drawn if not drawn.run.epochs])
        self._legend.setText(text)
        set_tip(self._legend, text)  # a name may be long

    def _show_plot(self) -> None:
        """Plot the checked runs whose curves were read; if there are none, show what to do."""
        kept = self._session.kept
        text = ""
        if not kept.plotted:
            text = "Check runs in the list above to plot their curves here."
        elif self._plots is None:
            text = "Plotting the curves…"
        if self._plots is not None:
            from digitlab.gui.runs.runs_plot import DrawnRun

            names = {run.path: run.name for run in kept.runs}
            curves = dict(kept.curves)
            if kept.open is not None and self._session.run is not None:
                curves[kept.open] = self._session.run
            drawn = tuple(
                DrawnRun(names[path], self._marks[path], curves[path])
                for path in self._marks
                if path in names and path in curves
            )
            self._drawn = drawn
            self._show_legend()
            index = 1 if self._loss.isChecked() else 0
            self._card.show_text(text, index)
            self._plots[index].show_drawn(drawn)
        else:
            self._card.show_text(text)

    def ensure_plots(self) -> None:
        """Create the plots if they do not exist yet; late, because importing pyqtgraph takes half a second."""
        if self._plots is not None:
            return
        from digitlab.gui.charts.curves import ACCURACY, LOSS
        from digitlab.gui.runs.runs_plot import RunsPlot

        self._plots = RunsPlot(ACCURACY), RunsPlot(LOSS)
        for plot in self._plots:
            self._card.add_plot(plot)
        self._plots[1].set_log(is_log=self._log.isChecked())
        self._show_plot()

    def restyle(self) -> None:
        """Apply the theme's colours."""
        palette = self.palette()
        self._log.setIcon(theme.icon("log-scale", palette))
        self._delete.setIcon(theme.icon("clear", palette))
        self._export.setIcon(theme.icon("export", palette))
        self._continue_training.setIcon(theme.icon("branch", palette))
        self._model.show_marks(self._marks, palette)

    # Overrides of Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        """Create the plots once the rest is on screen."""
        super().paintEvent(event)
        if self._plots is None:
            self._creating.request()

    def showEvent(self, event: QShowEvent) -> None:
        """Read the list again: another window may have changed it."""
        super().showEvent(event)
        self.look_requested.emit()
