"""The choices of the page Why: the method, what it explains, its setting, and whether the canvas shows it."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from digitlab.attribution.grad_cam import map_layers
from digitlab.attribution.methods import METHODS
from digitlab.attribution.result import MethodId
from digitlab.gui import theme
from digitlab.gui.explain.why.question import PATCH_SIZES, Question, explained_place
from digitlab.gui.widgets.card import quiet_label
from digitlab.gui.widgets.fields import ChoiceBox, describe
from digitlab.gui.widgets.themed import Themed
from digitlab.insight.lens import Inspection
from digitlab.insight.place import Place
from digitlab.model.spec import ModelSpec
from digitlab.words.places import place_name

_PLACE: Final = "place"
"""Stands for the place of Explain among the digits."""

_LABEL_PX: Final = 52
_MOST_VISIBLE: Final = 14
"""Entries of an open list: eleven outputs, the answer and a place need no scrolling."""


class WhyChoices(Themed, QWidget):
    """Boxes for a question about the network on screen.

    Signals:
        question_changed: The person chose; carries the ``Question``.
        overlay_toggled: The person wants the map on the canvas, or not; carries which.
    """

    question_changed = Signal(object)
    overlay_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create boxes for the usual question."""
        super().__init__(parent)
        self._question = Question()
        self._inspection: Inspection | None = None
        self._method = self._box("whyMethodBox", "Method", "How the map is computed.")
        for method_id, method in METHODS.items():
            self._method.add_choice(method.name, method_id, method.source)
        self._method.show_choice(self._question.method)
        self._target = self._box("whyTargetBox", "Explained value", "Which value of the network the map explains.")
        self._digit = self._box("whyDigitBox", "Why this digit", "The digit that red ink speaks for.")
        self._rival = self._box("whyRivalBox", "And not that digit", "The digit that blue ink speaks for.")
        self._swap = QToolButton()
        describe(self._swap, "whySwapButton", "Swap the two digits", "Exchange the two digits.")
        self._patch = self._box("whyPatchBox", "Patch size", "How large the piece is that is covered at a time.")
        for side in PATCH_SIZES:
            self._patch.add_choice(f"{side} × {side} pixels", side)
        self._patch.show_choice(self._question.patch)
        self._layer = self._box("whyLayerBox", "Layer", "The convolution whose feature maps are shown.")
        self._overlay = QCheckBox("Show on the canvas")
        tip = "Show the map over the strokes on the canvas while this page is open; not over pictures."
        describe(self._overlay, "whyOverlayBox", "Show the map on the canvas", tip)
        self._lay_out()
        self._connect()
        self.follow_theme()

    def _box(self, name: str, spoken: str, tip: str) -> ChoiceBox:
        box = ChoiceBox(self)
        describe(box, name, spoken, tip)
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        box.setMinimumContentsLength(4)
        box.setMaxVisibleItems(_MOST_VISIBLE)
        return box

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_XS)
        column.addWidget(self._method)
        self._target_row = _row(column, "Explains", self._target)
        self._digit_row = _row(column, "Why", self._digit, self._swap)
        self._rival_row = _row(column, "and not", self._rival)
        self._patch_row = _row(column, "Patch", self._patch)
        self._layer_row = _row(column, "Layer", self._layer)
        column.addWidget(self._overlay)

    def _connect(self) -> None:
        for box in (self._method, self._target, self._digit, self._rival, self._patch, self._layer):
            box.activated.connect(self._on_box_activated)
        self._swap.clicked.connect(self._on_swap_clicked)
        self._overlay.toggled.connect(self.overlay_toggled)

    @property
    def question(self) -> Question:
        """What the person chose."""
        return self._question

    @property
    def wants_overlay(self) -> bool:
        """Whether the map is wanted on the canvas."""
        return self._overlay.isChecked()

    def choose_method(self, method: MethodId) -> None:
        """Choose another method, as in its box."""
        self._method.show_choice(method)
        self._on_box_activated()

    def show_state(self, inspection: Inspection, place: Place) -> None:
        """Offer what can be explained.

        Args:
            inspection: What the network computed for the drawing.
            place: The place of Explain, within the network.
        """
        self._inspection = inspection
        spec, question = inspection.snapshot.spec, self._question
        named = place_name(spec, explained_place(place))
        compares = METHODS[question.method].compares and spec.classifies
        self._target_row.setVisible(not compares)
        self._digit_row.setVisible(compares)
        self._rival_row.setVisible(compares)
        self._patch_row.setVisible(question.method is MethodId.OCCLUSION)
        self._layer_row.setVisible(question.method is MethodId.GRAD_CAM)
        if compares:
            self._offer_pair(inspection)
        elif spec.classifies:
            answer = replace(question, digit=None).answer(inspection)
            usual = (f"the answer: {spec.classes.name(answer)}", None)
            chosen = question.digit if question.digit is None or question.digit < spec.class_count else None
            _fill(self._target, [usual, *_digits(spec), (named, _PLACE)], _PLACE if question.is_place else chosen)
        else:
            _fill(self._target, [(named, _PLACE)], _PLACE)
        if question.method is MethodId.GRAD_CAM:
            self._offer_layers(spec, map_layers(spec, question.target(inspection, place, question.method)))

    def _offer_pair(self, inspection: Inspection) -> None:
        question, digits, classes = self._question, _digits(inspection.snapshot.spec), inspection.snapshot.spec.classes
        pair = question.pair(inspection)
        largest = replace(question, digit=None).pair(inspection)[0]
        next_largest = replace(question, rival=None).pair(inspection)[1]
        chosen = question.digit if question.digit == pair[0] else None
        _fill(self._digit, [(f"largest: {classes.name(largest)}", None), *digits], chosen)
        others = [(name, digit) for name, digit in digits if digit != pair[0]]
        chosen = question.rival if question.rival == pair[1] else None
        _fill(self._rival, [(f"next: {classes.name(next_largest)}", None), *others], chosen)

    def _offer_layers(self, spec: ModelSpec, layers: tuple[int, ...]) -> None:
        self._layer.setEnabled(bool(layers))
        chosen = self._question.layer if self._question.layer in layers else layers[-1] if layers else None
        _fill(self._layer, [(spec.layer_names[layer], layer) for layer in layers], chosen)

    def restyle(self) -> None:
        """Use the icons of the theme."""
        self._swap.setIcon(theme.icon("swap", self.palette()))

    @Slot()
    def _on_box_activated(self) -> None:
        question, target = self._question, self._target.currentData()
        method = self._method.currentData()
        if METHODS[question.method].compares:
            question = replace(question, digit=self._digit.currentData(), rival=self._rival.currentData())
        elif target == _PLACE:
            question = replace(question, is_place=True)
        else:
            question = replace(question, is_place=False, digit=target)
        layer = self._layer.currentData() if question.method is MethodId.GRAD_CAM else question.layer
        self._set(replace(question, method=method, patch=self._patch.currentData(), layer=layer))

    @Slot()
    def _on_swap_clicked(self) -> None:
        if self._inspection is not None:
            self._set(self._question.swapped(self._inspection))

    def _set(self, question: Question) -> None:
        self._question = question
        self.question_changed.emit(question)


def _row(column: QVBoxLayout, text: str, *widgets: QWidget) -> QWidget:
    """Add a row of widgets with a label and return it."""
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(theme.SPACE_XS)
    label = quiet_label(text, wraps=False)
    label.setFixedWidth(_LABEL_PX)
    line.addWidget(label)
    for widget in widgets:
        line.addWidget(widget)
    column.addWidget(row)
    return row


def _digits(spec: ModelSpec) -> list[tuple[str, int | str | None]]:
    return [(spec.classes.shown(digit), digit) for digit in range(spec.class_count)]


def _fill(box: ChoiceBox, choices: list[tuple[str, int | str | None]], chosen: int | str | None) -> None:
    """Offer choices, each a text and what it stands for; an unchanged list stays, as it may be open."""
    texts = [text for text, _ in choices]
    data = [value for _, value in choices]
    if [box.itemData(index) for index in range(box.count())] != data:
        box.clear()
        for text, value in choices:
            box.add_choice(text, value)
    for index, text in enumerate(texts):
        if box.itemText(index) != text:
            box.setItemText(index, text)
    place = data.index(chosen) if data else -1
    if box.currentIndex() != place:
        box.setCurrentIndex(place)
