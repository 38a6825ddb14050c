"""The network editor: from an edit to its consequences on screen, with the tutorial's network and with 60 layers."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QTableView

from digitlab.gui.main_window import MainWindow
from digitlab.gui.network.diagram import NetworkDiagram
from digitlab.gui.network.editor import NetworkEditor
from digitlab.model.layer import Activation, Padding
from digitlab.model.layers import Conv2D, Dense, Flatten, Pooling2D
from digitlab.model.presets import TUTORIAL
from digitlab.model.spec import ModelSpec
from tests.bench.app_window import FRAME_MS, Painted, open_window, rest, wait
from tests.bench.rows import Row, median, percentile

ROUNDS: Final = 40
_PAUSE_MS: Final = 20
_SETTLE_MS: Final = 1_000

_LONG: Final = ModelSpec(
    "60 layers", (*[Conv2D(4, 3, padding=Padding.SAME)] * 58, Flatten(), Dense(10, Activation.SOFTMAX))
)


def measure() -> Iterator[Row]:
    """Measure in a real window."""
    window = open_window(begins=False)
    window.panels.setCurrentWidget(window.panels.network)
    for spec in (TUTORIAL, _LONG):
        window.controllers.training.set_recipe(replace(window.session.recipe, spec=spec))
        rest(_SETTLE_MS)
        yield from _edits(window, spec)
    window.close()


def _edits(window: MainWindow, spec: ModelSpec) -> Iterator[Row]:
    editor = window.findChild(NetworkEditor)
    assert editor is not None
    field = editor.column.blocks[0].findChild(QLineEdit, "conv1.filters")
    assert field is not None
    wait(field.isVisible)
    seen = [editor.column, window.findChild(QTableView, "summaryTable").viewport(), window.findChild(NetworkDiagram)]
    # Of an invalid edit, and if equal layers change places, only the blocks change.
    whole, blocks = Painted(seen), Painted(seen[:1])
    pool = Pooling2D(1)
    for what, action in (
        ("a number typed", lambda nth: _type(field, str(1 + nth % 9))),
        ("an invalid text typed", lambda nth: _type(field, "x" * (1 + nth % 9))),
        ("a layer added", lambda nth: editor.column.add(1, pool)),
        ("an addition undone", lambda nth: editor.history.undo()),
        ("a layer moved", lambda nth: editor.column.move_layer(nth % 2, 1 - nth % 2)),
    ):
        is_invalid, is_move = "invalid" in what, "moved" in what
        yield from _row(blocks if is_invalid or is_move else whole, f"editor, {spec.name}: {what}", action)
        if is_invalid:
            _type(field, "4")
            rest(_SETTLE_MS)


def _type(field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


def _row(painted: Painted, name: str, action: Callable[[int], object]) -> Iterator[Row]:
    times = []
    for nth in range(ROUNDS):
        times.append(painted.after(lambda nth=nth: action(nth)))  # type: ignore[misc]
        rest(_PAUSE_MS)
    for share, value in (("median", median(times)), ("p95", percentile(times, 95))):
        yield Row(f"{name}, {share}", value, "ms", goal=FRAME_MS)
