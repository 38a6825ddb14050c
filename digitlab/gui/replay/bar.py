"""The time bar: which snapshot of which network is on screen, and the controls to show another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.replay.edited_chip import EditedChip
from digitlab.gui.replay.slider import NO_PAST, TimeSlider
from digitlab.gui.session import available
from digitlab.gui.session.session import Session
from digitlab.gui.session.timeline import index_of, position_of, snapshots_of
from digitlab.gui.widgets.card import Card, quiet_label
from digitlab.gui.widgets.fields import describe, set_tip
from digitlab.gui.widgets.label import Label
from digitlab.gui.widgets.themed import Themed
from digitlab.words.names import one_line
from digitlab.words.numbers import epoch_text, percent

if TYPE_CHECKING:
    from digitlab.model.snapshot import Snapshot
    from digitlab.runs.run import Run

_NAME_WIDTH: Final = 250
_NAME_HEIGHT: Final = 38
_WIDEST_PIN: Final = "Epoch 10.25"
_PIN_FRAME_PX: Final = 40
_SMALLEST_WIDTH: Final = 560
_WIDE: Final = 1140
"""In a narrower bar the buttons have no text."""

_CONTINUE: Final = "Continue from here"
_CONTINUE_SHORT: Final = "Continue"
_CONTINUE_TIP: Final = (
    "Continue training from this snapshot as a new run, with the recipe in the Train tab. The optimizer's state is "
    "restored if it was saved."
)


class TimeBar(Themed, Card):
    """The bar below all panels.

    Signals:
        snapshot_chosen: Show a snapshot; carries its index.
        play_requested: Play back the run, or pause playback.
        newest_requested: Show the newest snapshot and follow the training.
        pin_requested: Pin the snapshot on screen, or unpin.
        swap_requested: Swap the snapshot on screen and the pinned one.
        continue_requested: Continue training from the snapshot on screen.

    Attributes:
        chip: Says that the network on screen is edited.
    """

    snapshot_chosen = Signal(int)
    play_requested = Signal()
    newest_requested = Signal()
    pin_requested = Signal()
    swap_requested = Signal()
    continue_requested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Show a session."""
        super().__init__(parent=parent)
        self.setObjectName("timeBar")
        self._session = session
        self.chip = EditedChip(session)
        self._name = Label()
        self._snapshot = quiet_label(wraps=False)
        self._play = QToolButton()
        self._slider = TimeSlider()
        self._newest = QToolButton()
        self._pin = QToolButton()
        self._swap = QToolButton()
        self._continue_training = QPushButton(_CONTINUE)
        self._set_up()
        self._lay_out()
        self._connect()
        self.follow_theme()
        self._refresh()

    def _set_up(self) -> None:
        describe(self._name, "shownNetwork", "Network on screen", "The network on screen.")
        describe(self._snapshot, "shownSnapshot", "Snapshot on screen", "Its epoch, step and accuracy.")
        describe(self._play, "playButton", "Play", NO_PAST)
        describe(self._newest, "newestButton", "Newest", "Show the newest snapshot, and follow the training.")
        describe(
            self._pin,
            "pinButton",
            "Pin",
            "Pin this snapshot for comparison: the bars then show the outputs of both for the same drawing.",
        )
        describe(self._swap, "swapButton", "Swap", "Swap the pinned snapshot and the one on screen, in all panels.")
        describe(self._continue_training, "continueButton", _CONTINUE, _CONTINUE_TIP)
        for button, text in ((self._newest, "Newest"), (self._pin, "Pin"), (self._swap, "Swap")):
            button.setText(text)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._newest.setCheckable(True)
        self._pin.setCheckable(True)
        for label in (self._name, self._snapshot):
            # Their width must not depend on the text, or the slider would move under the pointer.
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def _lay_out(self) -> None:
        names = QWidget()
        # Of a fixed size: otherwise Qt would lay out and paint the whole window for each new text.
        names.setFixedSize(_NAME_WIDTH, _NAME_HEIGHT)
        beside = QHBoxLayout(names)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(theme.SPACE_XS)
        column = QVBoxLayout()
        beside.addLayout(column, 1)
        beside.addWidget(self.chip)
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(self._name)
        column.addWidget(self._snapshot)
        column.addStretch(1)
        self.column.setContentsMargins(theme.SPACE_L, theme.SPACE_XS, theme.SPACE_L, theme.SPACE_XS)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_S)
        row.addWidget(names)
        row.addWidget(self._play)
        row.addWidget(self._slider, 1)
        for button in (self._newest, self._pin, self._swap, self._continue_training):
            row.addWidget(button)
        self.column.addLayout(row)
        self.setMinimumWidth(_SMALLEST_WIDTH)

    def _connect(self) -> None:
        session = self._session
        for changed in (
            session.snapshot_changed,
            session.newest_changed,
            session.run_changed,
            session.run_advanced,
            session.replay_changed,
            session.training_state_changed,
        ):
            changed.connect(self._refresh)
        for changed in (session.kept.changed, session.kept.open_changed, session.network_opened):
            changed.connect(self._show_name)
        self._slider.snapshot_chosen.connect(self.snapshot_chosen)
        self._play.clicked.connect(self.play_requested)
        self._newest.clicked.connect(self._on_newest_clicked)
        self._pin.clicked.connect(self.pin_requested)
        self._swap.clicked.connect(self.swap_requested)
        self._continue_training.clicked.connect(self.continue_requested)
        self.chip.continue_requested.connect(self.continue_requested)

    @Slot()
    def _on_newest_clicked(self) -> None:
        # Following ends when another snapshot is shown; a click never ends it.
        self._newest.setChecked(self._session.replay.is_following)
        self.newest_requested.emit()

    @Slot()
    def _refresh(self) -> None:
        """Show the state of the session."""
        session = self._session
        run, shown, replay = session.run, session.snapshot, session.replay
        snapshots = snapshots_of(run, session.newest)
        index = len(snapshots) - 1 if replay.is_following else position_of(snapshots, shown)
        self._slider.show_snapshots(snapshots, index, _best(snapshots, run), position_of(snapshots, replay.pinned))
        self._show_name()
        self._snapshot.setText(_snapshot_text(shown, run) if index is not None else _foreign_text(shown))
        has_past = available.has_past(session)
        self._play.setEnabled(has_past)
        tip = "Play back the run (Space)." if has_past else NO_PAST
        set_tip(self._play, tip)
        self._newest.setEnabled(available.can_show_newest(session))
        self._newest.setChecked(has_past and replay.is_following)
        self._show_pin(replay.pinned)
        self._swap.setEnabled(available.can_swap(session))
        problem = available.reason_not_to_continue(session)
        self._continue_training.setEnabled(not problem)
        set_tip(self._continue_training, problem or _CONTINUE_TIP)
        name = "Pause" if replay.is_playing else "Play"
        if name != self._play.accessibleName():
            self._play.setAccessibleName(name)
            self.restyle()

    @Slot()
    def _show_name(self) -> None:
        """Show the name of the network on screen; a long one is shortened, as its number of parameters is not."""
        session, metrics = self._session, self._name.fontMetrics()
        name, parameters = one_line(session.network_name), f"{session.snapshot.spec.total_parameters:,} parameters"
        # Beside the chip there is no space for the number of parameters.
        more = "" if session.snapshot.is_edited else f" · {parameters}"
        taken = self.chip.sizeHint().width() + theme.SPACE_XS if session.snapshot.is_edited else 0
        width = _NAME_WIDTH - taken - metrics.horizontalAdvance(more)
        self._name.setText(f"{metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, width)}{more}")
        self._name.setAccessibleName(f"Network on screen: {name}")
        set_tip(self._name, f"The network on screen: {name}, {parameters}.")

    def _show_pin(self, pinned: Snapshot | None) -> None:
        self._pin.setChecked(pinned is not None)
        text = "Pin" if pinned is None else epoch_text(pinned.epoch).capitalize() if pinned.step else "Untrained"
        if text != self._pin.text():
            self._pin.setText(text)
            self._pin.setAccessibleName("Pin" if pinned is None else f"Unpin: {text}")

    def restyle(self) -> None:
        """Redraw the icons in the theme's colours."""
        palette = self.palette()
        self._play.setIcon(theme.icon("pause" if self._session.replay.is_playing else "play", palette))
        for button, name in (
            (self._newest, "newest"),
            (self._pin, "pin"),
            (self._swap, "swap"),
            (self._continue_training, "branch"),
        ):
            button.setIcon(theme.icon(name, palette))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the texts of the buttons if there is no space for them."""
        super().resizeEvent(event)
        is_wide = self.width() >= _WIDE
        style = Qt.ToolButtonStyle
        for button in (self._newest, self._pin, self._swap):
            button.setToolButtonStyle(style.ToolButtonTextBesideIcon if is_wide else style.ToolButtonIconOnly)
        self._continue_training.setText(_CONTINUE if is_wide else _CONTINUE_SHORT)
        # As wide as with an epoch as its text, or the slider would jump when a snapshot is pinned.
        text = self._pin.fontMetrics().horizontalAdvance(_WIDEST_PIN) if is_wide else 0
        self._pin.setFixedWidth(text + _PIN_FRAME_PX)


def _best(snapshots: Sequence[Snapshot], run: Run | None) -> int | None:
    """Return the index of the snapshot with the best validation accuracy, or None if unknown or not kept."""
    step = None if run is None else run.history.best_step
    index = None if step is None else index_of(snapshots, step)
    return index if index is not None and snapshots[index].step == step else None


def _foreign_text(shown: Snapshot) -> str:
    return f"{epoch_text(shown.epoch)} · step {shown.step:,} · from another run"


def _snapshot_text(shown: Snapshot, run: Run | None) -> str:
    """Return the epoch and step of a snapshot, and its accuracy; the run did not measure that of an edited one."""
    if not shown.step:
        return "untrained"
    text = f"{epoch_text(shown.epoch)} · step {shown.step:,}"
    if run is None or shown.is_edited:
        return text
    epoch = run.epoch_before(shown.step)
    if epoch is not None:
        kind = "test" if run.started.validates_on_test else "validation"
        text += f" · {kind} {percent(epoch.val_accuracy)}"
    return text
