"""The toolbar above the network: activations or filters, the colour scale, and test digits."""

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QIcon, QKeyEvent, QTransform
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSpinBox, QToolButton, QWidget

from digitlab.gui import theme
from digitlab.gui.inspect.scene import Choices
from digitlab.gui.inspect.shading import Scale, Showing
from digitlab.gui.widgets.card import FoldingRow, quiet_label
from digitlab.gui.widgets.fields import set_tip
from digitlab.gui.widgets.label import Label
from digitlab.gui.widgets.themed import Themed

ICON_SIDES: Final = (20, 40)

_SHOWING: Final = (
    (
        Showing.ACTIVATIONS,
        "showActivations",
        "Activations",
        "Where each filter responds to your drawing.",
    ),
    (Showing.FILTERS, "showFilters", "Filters", "The learned weights of each filter, with its bias below."),
)
_SCALES: Final = (
    (
        Scale.UNIT,
        "scaleUnit",
        "Unit",
        "The brightest colour is the largest value of each tile, which makes weak maps visible.",
    ),
    (Scale.LAYER, "scaleLayer", "Layer", "The brightest colour is the largest value of each layer."),
    (
        Scale.ALL,
        "scaleAll",
        "All",
        "The brightest colour is the largest value of all layers, so that layers can be compared.",
    ),
)
_TESTS: Final = (
    (-1, "testPrevious", "chevron-right", "Previous test digit"),
    (0, "testRandom", "dice", "Random test digit"),
    (1, "testNext", "chevron-right", "Next test digit"),
)


class _ChannelBox(QSpinBox):
    """A box for a number, in which Esc restores the number from before the edit."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._before = (self.value(), self.text())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._before = (self.value(), self.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        value, text = self._before
        if event.key() == Qt.Key.Key_Escape and self.text() != text:
            self.setValue(value)
        else:
            super().keyPressEvent(event)


class InspectToolbar(Themed, FoldingRow):
    """Buttons for what the tiles show, and for test digits.

    Signals:
        choices_changed: The choices changed; carries the ``Choices``.
        test_digit_requested: Put a test digit on the canvas: 1 the next, -1 the previous, 0 a random one.
    """

    choices_changed = Signal(object)
    test_digit_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create the toolbar, with activations and a scale for each layer selected."""
        super().__init__(parent)
        self.setObjectName("inspectToolbar")
        row = self.row
        row.setSpacing(theme.SPACE_XS)
        self._showing = QButtonGroup(self)
        for showing, name, text, tooltip in _SHOWING:
            self._add_choice(row, self._showing, list(Showing).index(showing), name, text, tooltip)
        self._add_channel(row)
        row.addSpacing(theme.SPACE_L)
        scale_label, test_label = _label("Scale"), _label("Test digit")
        row.addWidget(scale_label)
        self._scale = QButtonGroup(self)
        for scale, name, text, tooltip in _SCALES:
            self._add_choice(row, self._scale, list(Scale).index(scale), name, text, tooltip)
        row.addStretch(1)
        row.addWidget(test_label)
        self._tests = QButtonGroup(self)
        self._tests.setExclusive(False)
        for nth, (_, name, _, tooltip) in enumerate(_TESTS):
            button = QToolButton(self)
            button.setObjectName(name)
            set_tip(button, f"{tooltip}: put it on the canvas")
            button.setAccessibleName(tooltip)
            self._tests.addButton(button, nth)
            row.addWidget(button)
        self.fold(dict.fromkeys((self._channel_label, scale_label, test_label), ""))
        self._showing.button(0).setChecked(True)
        self._scale.button(list(Scale).index(Scale.LAYER)).setChecked(True)
        self._showing.idClicked.connect(self._on_showing_clicked)
        self._scale.idClicked.connect(self._on_scale_clicked)
        self._channel.valueChanged.connect(self._on_channel_changed)
        self._tests.idClicked.connect(self._on_tests_clicked)
        self.follow_theme()

    @property
    def choices(self) -> Choices:
        """The current choices."""
        chosen = self._channel.value()
        return Choices(
            list(Showing)[self._showing.checkedId()],
            list(Scale)[self._scale.checkedId()],
            None if chosen < 0 else chosen,
        )

    def set_input_channels(self, count: int) -> None:
        """Offer the input channels of the filters: as many as the convolution with the most has.

        Args:
            count: Largest number of input channels of any convolution.
        """
        if self._channel.maximum() != count - 1:
            self._channel.setMaximum(max(count - 1, 0))
        self._show_channel()

    def _add_choice(
        self, row: QHBoxLayout, group: QButtonGroup, number: int, name: str, text: str, tooltip: str
    ) -> None:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setCheckable(True)
        set_tip(button, tooltip)
        button.setWhatsThis(tooltip)
        group.addButton(button, number)
        row.addWidget(button)

    def _add_channel(self, row: QHBoxLayout) -> None:
        self._channel_label = _label("of input channel")
        self._channel = _ChannelBox(self)
        self._channel.setObjectName("filterChannel")
        self._channel.setRange(-1, 0)
        self._channel.setSpecialValueText("mean")
        self._channel.setValue(-1)
        self._channel.setWrapping(True)
        self._channel.setAccessibleName("Input channel of the filters")
        set_tip(
            self._channel,
            "Filters of deeper layers have one kernel for each input channel; the arrow keys step through them",
        )
        self._channel_label.setBuddy(self._channel)
        row.addSpacing(theme.SPACE_S)
        row.addWidget(self._channel_label)
        row.addWidget(self._channel)
        self._show_channel()

    def _show_channel(self) -> None:
        is_shown = self._showing.checkedId() == list(Showing).index(Showing.FILTERS) and self._channel.maximum() > 0
        self._channel_label.setVisible(is_shown)
        self._channel.setVisible(is_shown)

    def restyle(self) -> None:
        """Colour the icons."""
        for nth, (step, _, icon, _) in enumerate(_TESTS):
            made = theme.icon(icon, self.palette())
            self._tests.button(nth).setIcon(_mirrored(made) if step < 0 else made)

    @Slot(int)
    def _on_showing_clicked(self, number: int) -> None:
        del number
        self._show_channel()
        self.choices_changed.emit(self.choices)

    @Slot(int)
    def _on_scale_clicked(self, number: int) -> None:
        del number
        self.choices_changed.emit(self.choices)

    @Slot(int)
    def _on_channel_changed(self, channel: int) -> None:
        del channel
        self.choices_changed.emit(self.choices)

    @Slot(int)
    def _on_tests_clicked(self, number: int) -> None:
        self.test_digit_requested.emit(_TESTS[number][0])


def _label(text: str) -> Label:
    label = quiet_label(text)
    label.setWordWrap(False)
    return label


def _mirrored(icon: QIcon) -> QIcon:
    mirrored = QIcon()
    for side in ICON_SIDES:
        mirrored.addPixmap(icon.pixmap(QSize(side, side)).transformed(QTransform().scale(-1, 1)))
    return mirrored
