"""Sliders that distort the network's input, to see live what the network withstands."""

from typing import Final

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from digitlab.data.drawing.distortions import KINDS, NO_DISTORTION, Distortion, Kind
from digitlab.gui import theme
from digitlab.gui.widgets.card import quiet_label
from digitlab.gui.widgets.fields import describe, set_tip
from digitlab.gui.widgets.slider import LineSlider
from digitlab.gui.widgets.themed import Themed
from digitlab.words.numbers import exact_percent

_SHOWN: Final = ("tilt", "size", "across", "thickness", "blur", "faint", "noise", "ruling")
"""The kinds with a slider; all others are in Evaluate."""

_COLUMNS: Final = 2
_STEPS: Final = 20
_PAGE: Final = 5
_ARROW_PX: Final = 12


class DistortSliders(Themed, QWidget):
    """Sliders for the distortion of the network's input, folded away behind a button.

    The distortion is not saved with the settings: after a restart the network's answers would be worse for a reason
    long forgotten.

    Attributes:
        toggle: The button that shows and hides the sliders; whoever places this widget places it.

    Signals:
        distortion_requested: Another ``Distortion`` was chosen; carries it.
    """

    distortion_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create the button, and no slider yet: most people never need one."""
        super().__init__(parent)
        self._distortion = NO_DISTORTION
        self._sliders: dict[str, AmountSlider] = {}
        self.toggle = QPushButton("Distort")
        self.toggle.setProperty("link", True)
        self.toggle.setCheckable(True)
        self.toggle.setIconSize(QSize(_ARROW_PX, _ARROW_PX))
        self.toggle.toggled.connect(self._on_toggle_toggled)
        self.setObjectName("distortSliders")
        self.setAccessibleName("Distortion of the input")
        describe(
            self.toggle,
            "distortButton",
            "Distort",
            "Show sliders that distort what the network sees.",
            "Tilt, shift, blur or cover what the network sees, and watch how its answer changes. The distortion "
            "applies to every drawing and picture until it is reset; the digits that you keep are not distorted. "
            "Evaluate measures the accuracy for each kind of distortion.",
        )
        self.hide()
        self.follow_theme()

    def show_distortion(self, distortion: Distortion) -> None:
        """Show the amounts of a distortion."""
        self._distortion = distortion
        for name, slider in self._sliders.items():
            slider.show_amount(distortion.amount(name))

    def restyle(self) -> None:
        """Draw the arrow in the theme's colours."""
        self.toggle.setIcon(theme.icon("chevron-down" if self.toggle.isChecked() else "chevron-right", self.palette()))

    @Slot(bool)
    def _on_toggle_toggled(self, is_open: bool) -> None:
        if not self._sliders:
            self._build()
            self.show_distortion(self._distortion)
        self.restyle()
        self.setVisible(is_open)

    def _build(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.SPACE_XS)
        grid.setVerticalSpacing(0)
        for index, name in enumerate(_SHOWN):
            # Down the first column, then down the second, as Tab goes.
            row, column = index % (len(_SHOWN) // _COLUMNS), index // (len(_SHOWN) // _COLUMNS)
            slider = AmountSlider(KINDS[name])
            slider.amount_chosen.connect(self._on_slider_amount_chosen)
            label = quiet_label(KINDS[name].title, wraps=False)
            label.setBuddy(slider)
            set_tip(label, KINDS[name].what)
            grid.addWidget(label, row, 2 * column)
            grid.addWidget(slider, row, 2 * column + 1)
            grid.setColumnStretch(2 * column + 1, 1)
            self._sliders[name] = slider

    @Slot(str, float)
    def _on_slider_amount_chosen(self, kind: str, amount: float) -> None:
        self.distortion_requested.emit(self._distortion.changed(kind, amount))


class AmountSlider(LineSlider):
    """A slider for the amount of one kind; a double click sets it to 0.

    Signals:
        amount_chosen: The user moved it; carries the name of the kind and the amount.
    """

    amount_chosen = Signal(str, float)

    def __init__(self, kind: Kind, parent: QWidget | None = None) -> None:
        """Create a slider at 0."""
        super().__init__(parent)
        self._kind = kind
        describe(self, f"distort_{kind.name}", kind.title, kind.what)
        self.setRange(-_STEPS if kind.is_two_sided else 0, _STEPS)
        self.setPageStep(_PAGE)
        self.valueChanged.connect(self._on_value_changed)
        self._describe()

    def show_amount(self, amount: float) -> None:
        """Move the slider without a signal."""
        self.show_value(round(amount * _STEPS))
        self._describe()

    def _describe(self) -> None:
        now = self.value() / _STEPS
        set_tip(self, f"{self._kind.what}\nNow: {exact_percent(now)}" + (" of the strongest." if now else "."))

    @Slot(int)
    def _on_value_changed(self, value: int) -> None:
        self._describe()
        self.amount_chosen.emit(self._kind.name, value / _STEPS)
