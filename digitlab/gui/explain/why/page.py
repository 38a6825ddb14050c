"""The page "Why": a map of what speaks for a value, over the drawing, with what the method can and cannot tell."""

import time
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from digitlab.attribution.methods import METHODS, problem_with
from digitlab.attribution.result import MethodId
from digitlab.gui import theme
from digitlab.gui.explain.why.change import ValueBefore
from digitlab.gui.explain.why.choices import WhyChoices
from digitlab.gui.explain.why.ink import limit_of
from digitlab.gui.explain.why.map_view import MapView
from digitlab.gui.explain.why.method_tiles import MethodMap, MethodTiles
from digitlab.gui.explain.why.question import Answer, Inquiry, Question
from digitlab.gui.explain.why.wording import cell_line, explained_name, sum_line, value_line
from digitlab.gui.maps.tile_grid import Cell
from digitlab.gui.session.overlay import Overlay
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.card import Card, quiet_label
from digitlab.gui.widgets.label import Label, LayoutBarrier
from digitlab.gui.widgets.throttle import Throttle
from digitlab.insight.path import answer_place
from digitlab.insight.place import Place
from digitlab.words.numbers import percent

REFRESH_PERIOD_MS: Final = 22
"""The map follows the pen up to 45 times a second."""

_NARROW_PX: Final = 248
"""Width of the choices and texts in a small page."""

_BESIDE_PX: Final = 396
"""Least width of the choices with the maps of all methods below them."""

_TALL_PX: Final = 520
"""From this height on, the maps of all methods are below the choices."""

_CHOICES_PX: Final = 320
"""Height of the choices and texts above the maps of all methods."""

_WIDE_PX: Final = 1000
"""From this width on, they are beside them in a lower page."""

_AROUND_MAP_PX: Final = 56
"""What a page is wider than the square of the map with its captions."""

_LINE_PX: Final = 17
_SLOW_SHARE: Final = 0.98
_BLANK: Final = "The canvas is blank: draw a digit."


class WhyPage(QWidget):
    """Shows the map of one method for the network and the drawing on screen, in a wide window those of all methods.

    Signals:
        asked: Maps are wanted; carries an ``Inquiry``, or None as the page is hidden.
        overlay_changed: What the canvas should show over the drawing; carries an ``Overlay`` or None.
    """

    asked = Signal(object)
    overlay_changed = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Create a page that follows the session while it is visible."""
        super().__init__(parent)
        self.setObjectName("whyPage")
        self._session = session
        self._answer: Answer | None = None
        self._before = ValueBefore()
        self._refresh = Throttle(self._ask, REFRESH_PERIOD_MS, self, is_periodic=True)
        self.choices = WhyChoices()
        self.map = MapView()
        self.tiles = MethodTiles()
        self._value, self._sum = _text("whyValue"), _text("whySum")
        self._explanation, self._check, self._problem = _text("whyMeaning"), _text("whyCheck"), _text("whyProblem")
        self._readout = _text("whyReadout")
        self._readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._readout.setFixedHeight(_LINE_PX)
        self._lay_out()
        for changed in (session.view_changed, session.snapshot_changed, session.place_changed):
            changed.connect(self._on_session_changed)
        self.choices.question_changed.connect(self._on_question_changed)
        self.choices.overlay_toggled.connect(self._show_overlay)
        self.map.grid.cell_changed.connect(self._on_cell_changed)
        self.tiles.method_chosen.connect(self.choices.choose_method)

    def _lay_out(self) -> None:
        card = Card()
        card.column.setContentsMargins(theme.SPACE_S, theme.SPACE_S, theme.SPACE_S, theme.SPACE_XS)
        card.column.setSpacing(theme.SPACE_XS)
        card.column.addWidget(self.map, 1)
        card.column.addWidget(LayoutBarrier(self._readout))
        self._side = Card()
        self._side.column.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_S, theme.SPACE_S)
        self._side.column.addWidget(self.choices)
        self._side.column.addWidget(self._make_texts(), 1)
        self._all = Card()
        self._all.column.setContentsMargins(theme.SPACE_S, theme.SPACE_S, theme.SPACE_S, theme.SPACE_S)
        self._all.column.addWidget(self.tiles, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_S)
        row.addWidget(card, 1)
        self._right = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._right.setSpacing(theme.SPACE_S)
        self._right.addWidget(self._side, 1)
        self._right.addWidget(self._all, 1)
        row.addLayout(self._right)
        self._all.hide()

    def _make_texts(self) -> QScrollArea:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, theme.SPACE_XS, 0)
        column.setSpacing(theme.SPACE_S)
        for text in (self._problem, self._value, self._explanation, self._check, self._sum):
            column.addWidget(text)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setObjectName("whyTexts")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        scroll.setAccessibleName("What the map can and cannot tell")
        return scroll

    @property
    def question(self) -> Question:
        """What the person chose."""
        return self.choices.question

    @property
    def answer(self) -> Answer | None:
        """The map shown large, or None before the first."""
        return self._answer

    @property
    def _place(self) -> Place:
        """The place of Explain: the one wanted, or the answer before one is."""
        inspection, wanted = self._session.inspection, self._session.place
        return answer_place(inspection) if wanted is None else wanted.within(inspection.snapshot.spec)

    # Asking

    def _ask(self) -> None:
        """Ask for the maps of the newest drawing."""
        if not self.isVisible():
            return
        inspection, place, question = self._session.inspection, self._place, self.question
        self.choices.show_state(inspection, place)
        problems = self._problems()
        self.tiles.show_choice(question.method, problems)
        self._show_method(problems.get(question.method, ""), is_blank=inspection.is_blank)
        wanted = [question.method]
        if not self._all.isHidden():
            wanted += [method for method in METHODS if method is not question.method]
        tasks = [question.task(inspection, place, method) for method in wanted if method not in problems]
        view = self._session.view
        placement = view.steps.placement if view is not None and view.steps is not None else None
        if self._session.distortion.moves:
            placement = None
        self.asked.emit(Inquiry(inspection, placement, tuple(tasks)))

    def _problems(self) -> dict[MethodId, str]:
        """Return why some methods cannot explain what is chosen."""
        inspection, place = self._session.inspection, self._place
        spec, found = inspection.snapshot.spec, {}
        for method_id, method in METHODS.items():
            if method.compares and not spec.classifies:
                found[method_id] = "This network has no outputs to compare."
                continue
            problem = problem_with(method, spec, self.question.target(inspection, place, method_id))
            if problem is not None:
                found[method_id] = problem
        return found

    def _show_method(self, problem: str, *, is_blank: bool) -> None:
        method = METHODS[self.question.method]
        _set(self._problem, problem or (_BLANK if is_blank else ""))
        _set(self._explanation, method.explanation)
        _set(self._check, f"To check: {method.check}")
        if problem:
            self._answer = None
            self.map.grid.hide()
            for text in (self._value, self._sum, self._readout):
                text.setText("")
            self._show_overlay()

    # Showing

    @Slot(object)
    def take(self, answer: Answer) -> None:
        """Show a map that is computed."""
        inspection, task = answer.inquiry.inspection, answer.task
        if not self.isVisible() or inspection.snapshot.spec != self._session.snapshot.spec:
            return
        self.tiles.show_map(task.method, MethodMap(answer.attribution.values, inspection.image))
        if task.method is not self.question.method or task.method in self._problems():
            return
        self._answer = answer
        place = self._place
        name = explained_name(self.question, inspection, place, task.method)
        title = METHODS[task.method].name
        caption = name[0].upper() + name[1:] if METHODS[task.method].compares else f"{title}: {name}"
        self.map.show_map(answer.attribution.values, inspection.image, caption)
        before = self._before.take(answer, time.monotonic())
        _set(self._value, value_line(answer, self.question, place, before))
        _set(self._sum, sum_line(answer.attribution))
        self._show_cell(self.map.grid.cell)
        self._show_overlay()

    @Slot(float)
    def show_progress(self, share: float) -> None:
        """Show how much of a slow map is computed."""
        if self.isVisible() and self.map.grid.cell is None:
            self._readout.setText("" if share >= _SLOW_SHARE else f"Computing: {percent(share, decimals=0)}")

    def _show_cell(self, cell: Cell | None) -> None:
        self.map.grid.set_mark(cell)
        answer = self._answer
        if cell is None or answer is None:
            self._readout.setText("Point at a pixel to read its number.")
        else:
            image = answer.inquiry.inspection.image
            self._readout.setText(cell_line(image, answer.attribution, cell[1], cell[2]))

    @Slot()
    def _show_overlay(self) -> None:
        """Have the canvas show the map, if that is wanted."""
        answer = self._answer
        is_shown = self.choices.wants_overlay and self.isVisible()
        if answer is None or answer.inquiry.placement is None or not is_shown:
            self.overlay_changed.emit(None)
            return
        values = answer.attribution.values
        method = METHODS[answer.task.method].name
        name = explained_name(self.question, answer.inquiry.inspection, self._place, answer.task.method)
        overlay = Overlay(values, limit_of(values), answer.inquiry.placement, f"{method}, {name}")
        self.overlay_changed.emit(overlay)

    @Slot()
    def _on_session_changed(self) -> None:
        if self.isVisible():
            self._refresh.request()

    @Slot(object)
    def _on_question_changed(self, question: Question) -> None:
        del question
        self._ask()

    @Slot(object)
    def _on_cell_changed(self, cell: Cell | None) -> None:
        self._show_cell(cell)

    # Overrides of Qt

    def showEvent(self, event: QShowEvent) -> None:
        """Show what changed while the page was hidden."""
        super().showEvent(event)
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        """Cancel what is being computed, and clear the canvas."""
        super().hideEvent(event)
        self.asked.emit(None)
        self.overlay_changed.emit(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show all methods where there is space for them."""
        super().resizeEvent(event)
        directions = QBoxLayout.Direction
        is_tall = self.height() >= _TALL_PX and self.width() >= 2 * _BESIDE_PX
        has_all = is_tall or self.width() >= _WIDE_PX
        self._right.setDirection(directions.TopToBottom if is_tall else directions.LeftToRight)
        free = self.width() - self.height() - theme.SPACE_S + _AROUND_MAP_PX
        self._side.setFixedWidth(max(_BESIDE_PX, free) if is_tall else _NARROW_PX)
        self._side.setMaximumHeight(_CHOICES_PX if is_tall else self.height())
        self._all.setFixedWidth(max(_BESIDE_PX, free if is_tall else free - _NARROW_PX - theme.SPACE_S))
        if self._all.isHidden() is has_all:
            self._all.setVisible(has_all)
            self._ask()


def _text(name: str) -> Label:
    label = quiet_label()
    label.setObjectName(name)
    return label


def _set(label: Label, text: str) -> None:
    if text != label.text():
        label.setText(text)
    label.setHidden(not text)
