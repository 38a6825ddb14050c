"""Two sliders that change whole kernels: noise, and rounding."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QGridLayout, QToolButton, QWidget

from digitlab.gui import theme
from digitlab.gui.explain.whatif.wording import bits_text, noise_text
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.card import quiet_label
from digitlab.gui.widgets.fields import describe, set_description
from digitlab.gui.widgets.label import Label
from digitlab.gui.widgets.slider import LineSlider
from digitlab.gui.widgets.themed import Themed
from digitlab.gui.widgets.throttle import Throttle
from digitlab.model.edits import BIT_CHOICES, Edits

_NOISE_STEPS: Final = 40
"""Steps of the slider for a noise as strong as the kernels themselves."""

_PAGE: Final = 4
_ICON: Final = QSize(16, 16)
_PAUSE_MS: Final = 700
"""After this pause, what the keyboard or the wheel did to a slider is one command."""

_NOISE_TIP: Final = (
    "Add normally distributed noise to the kernels. 1 × std is noise as strong as the weights of each layer."
)
_BITS_TIP: Final = (
    "Round the kernels to equally spaced values, as integer arithmetic on small devices does: with n bits 2^n − 1 "
    "values, with 1 bit two. Weights that you set by hand stay."
)


class Strengths(Themed, QWidget):
    """The sliders, with their values beside them.

    Signals:
        grown: A slider is being moved; carries the edits.
        finished: It stays where it is; carries the name of the command.
        changed: A button was clicked; carries the edits and the name of the command.
    """

    grown = Signal(object)
    finished = Signal(str)
    changed = Signal(object, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Create the sliders at rest.

        Args:
            session: Whose edits they show.
            parent: The widget around them.
        """
        super().__init__(parent)
        self._session = session
        self._layer = 0
        self._command = ""
        self._pausing = Throttle(self._finish, _PAUSE_MS, self, restarts=True)
        self._noise = LineSlider()
        self._noise_value = quiet_label(wraps=False)
        self._seed = QToolButton()
        self._only = QCheckBox("This layer only")
        self._bits = LineSlider()
        self._bits_value = quiet_label(wraps=False)
        self._set_up()
        self._lay_out()
        self.follow_theme()

    def _set_up(self) -> None:
        describe(self._noise, "noiseSlider", "Noise in the kernels", _NOISE_TIP)
        describe(self._seed, "noiseSeedButton", "New noise", "Draw other noise of the same strength.")
        describe(self._only, "noiseLayerBox", "Noise in this layer only", "Leave the kernels of other layers alone.")
        describe(self._bits, "bitsSlider", "Precision of the kernels", _BITS_TIP)
        self._noise.setRange(0, _NOISE_STEPS)
        self._noise.setPageStep(_PAGE)
        self._bits.setRange(0, len(BIT_CHOICES) - 1)
        self._bits.setPageStep(1)
        self._seed.setIconSize(_ICON)
        self._noise.valueChanged.connect(self._on_noise_value_changed)
        self._bits.valueChanged.connect(self._on_bits_value_changed)
        self._seed.clicked.connect(self._on_seed_clicked)
        self._only.clicked.connect(self._on_only_clicked)
        for slider in (self._noise, self._bits):
            slider.sliderReleased.connect(self._pausing.flush)
            slider.installEventFilter(self)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.SPACE_S)
        grid.setVerticalSpacing(2)
        for row, (text, slider, value) in enumerate(
            (("Noise", self._noise, self._noise_value), ("Rounding", self._bits, self._bits_value))
        ):
            label = Label(text)
            label.setBuddy(slider)
            value.setMinimumWidth(value.fontMetrics().horizontalAdvance("0.975 × std"))
            grid.addWidget(label, row, 0)
            grid.addWidget(slider, row, 1)
            grid.addWidget(value, row, 2)
        grid.addWidget(self._seed, 0, 3)
        grid.addWidget(self._only, 0, 4)
        grid.setColumnStretch(1, 1)

    @property
    def _edits(self) -> Edits:
        return self._session.edits

    def complete(self) -> None:
        """Make a command of what a slider has done so far."""
        self._pausing.flush()

    def show_edits(self, layer: int) -> None:
        """Show the noise and the rounding.

        Args:
            layer: Index of the layer on screen, which "This layer only" refers to.
        """
        edits, self._layer = self._edits, layer
        self._noise.show_value(round(edits.noise.strength * _NOISE_STEPS))
        self._bits.show_value(BIT_CHOICES.index(edits.bits))
        self._noise_value.setText(noise_text(edits.noise.strength))
        self._bits_value.setText(bits_text(edits.bits))
        self._only.setChecked(edits.noise.layer is not None)
        self._seed.setEnabled(bool(edits.noise.strength))
        # What a screen reader says instead of the position of the handle.
        set_description(self._noise, f"{self._noise_value.text()}. {_NOISE_TIP}")
        set_description(self._bits, f"{self._bits_value.text()}. {_BITS_TIP}")

    def restyle(self) -> None:
        """Draw the icon in the theme's colours."""
        self._seed.setIcon(theme.icon("dice", self.palette()))

    def _finish(self) -> None:
        self.finished.emit(self._command)

    def _with_noise(self, **changes: object) -> Edits:
        edits = self._edits
        return replace(edits, noise=replace(edits.noise, **changes))  # type: ignore[arg-type]

    @Slot(int)
    def _on_noise_value_changed(self, value: int) -> None:
        layer = self._layer if self._only.isChecked() else None
        self._grow(self._with_noise(strength=value / _NOISE_STEPS, layer=layer), "noise")

    @Slot(int)
    def _on_bits_value_changed(self, value: int) -> None:
        self._grow(replace(self._edits, bits=BIT_CHOICES[value]), "rounding")

    def _grow(self, edits: Edits, command: str) -> None:
        if self._command != command:
            self._pausing.flush()
        self._command = command
        self.grown.emit(edits)
        self._pausing.request()

    @Slot()
    def _on_seed_clicked(self) -> None:
        self._pausing.flush()
        self.changed.emit(self._with_noise(seed=self._edits.noise.seed + 1), "new noise")

    @Slot()
    def _on_only_clicked(self) -> None:
        self._pausing.flush()
        layer = self._layer if self._only.isChecked() else None
        self.changed.emit(self._with_noise(layer=layer), "where noise is")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Make a command of what is done when a slider loses the focus."""
        if event.type() is QEvent.Type.FocusOut:
            self._pausing.flush()
        return super().eventFilter(watched, event)
