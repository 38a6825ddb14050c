"""The time bar: which moment of which network is on screen, and the way to others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.replay.slider import NO_PAST, TimeSlider
from digitlab.gui.session.session import Session
from digitlab.gui.session.timeline import index_of, position_of, snapshots_of
from digitlab.gui.widgets.fields import describe, wrapped
from digitlab.words.numbers import epoch_words, percent

if TYPE_CHECKING:
    from digitlab.model.snapshot import Snapshot
    from digitlab.runs.run import Run

_WORDS_WIDTH: Final = 250
_WORDS_HEIGHT: Final = 38
_WIDEST_PIN: Final = "Epoch 10.00"
_PIN_FRAME_PX: Final = 40
_SMALLEST_WIDTH: Final = 560
_WIDE: Final = 940
"""In a narrower window the buttons go without their words."""

_CONTINUE_TIP: Final = (
    "Train on from this moment, by the recipe of the Train panel, as a run of its own. The optimizer goes on with what "
    "it remembered, where that was kept."
)


class TimeBar(QFrame):
    """Stands under all panels.

    Signals:
        snapshot_chosen: Show a moment; carries its index.
        play_requested: Let the moments pass, or stop that.
        newest_requested: Show the newest moment and follow.
        pin_requested: Pin the moment on screen, or take the pin away.
        swap_requested: Exchange the moment on screen and the pinned one.
        continue_requested: Train on from the moment on screen.
    """

    snapshot_chosen = Signal(int)
    play_requested = Signal()
    newest_requested = Signal()
    pin_requested = Signal()
    swap_requested = Signal()
    continue_requested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Show a session."""
        super().__init__(parent)
        self.setObjectName("timeBar")
        self.setProperty("card", True)
        self._session = session
        self._name = QLabel()
        self._snapshot = QLabel()
        self._play = QToolButton()
        self._slider = TimeSlider()
        self._newest = QToolButton()
        self._pin = QToolButton()
        self._swap = QToolButton()
        self._continue_training = QPushButton("Go on from here")
        self._set_up()
        self._lay_out()
        self._connect()
        self._restyle()
        self._refresh()

    def _set_up(self) -> None:
        describe(self._name, "shownNetwork", "Network on screen", "The network on screen.")
        describe(self._snapshot, "shownMoment", "Moment on screen", "The moment of its training that is on screen.")
        describe(self._play, "playButton", "Play", NO_PAST)
        describe(
            self._newest, "newestButton", "Newest", "Show the newest moment, and those to come while training goes on."
        )
        describe(
            self._pin,
            "pinButton",
            "Pin",
            "Keep this moment beside those you go to: the bars then show both answers to the same drawing.",
        )
        describe(self._swap, "swapButton", "Swap", "Exchange the pinned moment and the one on screen, everywhere.")
        describe(self._continue_training, "goOnButton", "Go on from here", _CONTINUE_TIP)
        for button, text in ((self._newest, "Newest"), (self._pin, "Pin"), (self._swap, "Swap")):
            button.setText(text)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._newest.setCheckable(True)
        self._pin.setCheckable(True)
        self._snapshot.setProperty("quiet", True)
        for label in (self._name, self._snapshot):
            # Their width must not follow the words, or the slider would move under the pointer.
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def _lay_out(self) -> None:
        words = QWidget()
        # Of a fixed size: with each word Qt would lay out and paint the whole window anew otherwise.
        words.setFixedSize(_WORDS_WIDTH, _WORDS_HEIGHT)
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(self._name)
        column.addWidget(self._snapshot)
        column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_L, theme.SPACE_XS, theme.SPACE_L, theme.SPACE_XS)
        row.setSpacing(theme.SPACE_S)
        row.addWidget(words)
        row.addWidget(self._play)
        row.addWidget(self._slider, 1)
        for button in (self._newest, self._pin, self._swap, self._continue_training):
            row.addWidget(button)
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
        self._slider.snapshot_chosen.connect(self.snapshot_chosen)
        self._play.clicked.connect(self.play_requested)
        self._newest.clicked.connect(self._on_newest_clicked)
        self._pin.clicked.connect(self.pin_requested)
        self._swap.clicked.connect(self.swap_requested)
        self._continue_training.clicked.connect(self.continue_requested)

    @Slot()
    def _on_newest_clicked(self) -> None:
        # Following ends by going elsewhere; a click never ends it.
        self._newest.setChecked(self._session.replay.is_following)
        self.newest_requested.emit()

    @Slot()
    def _refresh(self) -> None:
        """Show what the session holds."""
        session = self._session
        run, shown, replay = session.run, session.snapshot, session.replay
        snapshots = snapshots_of(run, session.newest)
        index = len(snapshots) - 1 if replay.is_following else position_of(snapshots, shown)
        self._slider.show_snapshots(snapshots, index, _best(snapshots, run), position_of(snapshots, replay.pinned))
        self._name.setText(f"{shown.spec.name} · {shown.spec.total_parameters:,} parameters")
        self._snapshot.setText(_snapshot_words(shown, run) if index is not None else _foreign_words(shown))
        has_past = len(snapshots) > 1
        self._play.setEnabled(has_past)
        tip = "Let the training pass before your eyes (Space)." if has_past else NO_PAST
        self._play.setToolTip(wrapped(tip))
        self._newest.setEnabled(has_past or not replay.is_following)
        self._newest.setChecked(has_past and replay.is_following)
        self._show_pin(replay.pinned)
        self._swap.setEnabled(replay.pinned is not None)
        problem = "Stop the training first." if session.training_state.is_busy else ""
        if not problem and shown.spec.training_problem() is not None:
            problem = "This network cannot be trained."
        self._continue_training.setEnabled(not problem)
        self._continue_training.setToolTip(wrapped(problem or _CONTINUE_TIP))
        name = "Pause" if replay.is_playing else "Play"
        if name != self._play.accessibleName():
            self._play.setAccessibleName(name)
            self._restyle()

    def _show_pin(self, pinned: Snapshot | None) -> None:
        self._pin.setChecked(pinned is not None)
        text = "Pin" if pinned is None else epoch_words(pinned.epoch).capitalize() if pinned.step else "Untrained"
        if text != self._pin.text():
            self._pin.setText(text)
            self._pin.setAccessibleName("Pin" if pinned is None else f"Unpin: {text}")

    def _restyle(self) -> None:
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
        """Leave out the buttons' words where there is no room for them."""
        super().resizeEvent(event)
        is_wide = self.width() >= _WIDE
        style = Qt.ToolButtonStyle
        for button in (self._newest, self._pin, self._swap):
            button.setToolButtonStyle(style.ToolButtonTextBesideIcon if is_wide else style.ToolButtonIconOnly)
        self._continue_training.setText("Go on from here" if is_wide else "Go on")
        # As wide as with an epoch on it, or the slider would jump with each pin.
        words = self._pin.fontMetrics().horizontalAdvance(_WIDEST_PIN) if is_wide else 0
        self._pin.setFixedWidth(words + _PIN_FRAME_PX)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_go_on"):
            self._restyle()


def _best(snapshots: Sequence[Snapshot], run: Run | None) -> int | None:
    """Return where the moment with the best validation accuracy stands, if it is known and kept."""
    step = None if run is None else run.history.best_step
    index = None if step is None else index_of(snapshots, step)
    return index if index is not None and snapshots[index].step == step else None


def _foreign_words(shown: Snapshot) -> str:
    return f"{epoch_words(shown.epoch)} · step {shown.step:,} · of another run"


def _snapshot_words(shown: Snapshot, run: Run | None) -> str:
    """Return where a snapshot stands in its training, and how right it was by then."""
    if not shown.step:
        return "untrained"
    words = f"{epoch_words(shown.epoch)} · step {shown.step:,}"
    if run is None:
        return words
    epoch = run.epoch_before(shown.step)
    if epoch is not None:
        kind = "test" if run.started.validates_on_test else "validation"
        words += f" · {kind} {percent(epoch.val_accuracy)}"
    return words
