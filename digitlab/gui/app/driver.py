"""Driving the window as a person does: with mouse and keys, and by waiting for what comes of it."""

import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

from PySide6.QtCore import QBuffer, QEventLoop, QIODevice, QPoint, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from digitlab.data.drawing.strokes import Drawing
from digitlab.gui.main_window import MainWindow
from digitlab.system.errors import DigitLabError
from digitlab.system.signals import Interruption
from digitlab.system.storage import atomic_write

_log = logging.getLogger(__name__)

Found = TypeVar("Found", bound=QWidget)

PATIENCE_S: Final = 300.0
"""How long nothing at all may change; how long a step takes depends on what else the machine does."""

_QUIET_S: Final = 1.5
"""From then on without a change, work in the background has ended."""

_POLL_MS: Final = 10

_GIF_COLOURS: Final = 256


class Driver:
    """Drives a window.

    Attributes:
        pictures: The pictures that were saved.
    """

    def __init__(self, window: MainWindow, out: Path, asked: Sequence[int]) -> None:
        """Take over a window.

        Args:
            window: The window.
            out: The folder for pictures; created if missing.
            asked: Gets the signals that ask the process to end, while this waits.
        """
        self.pictures: list[Path] = []
        self._window = window
        self._session = window.session
        self._out = out
        self._asked = asked
        self._state: tuple[object, ...] = ()
        self._changed_s = 0.0

    def clear(self) -> None:
        """Clear the canvas."""
        self._window.actions_by_name["clear"].trigger()

    def draw(self, drawing: Drawing) -> None:
        """Draw on the canvas with the mouse, stroke by stroke."""
        canvas = self._window.draw.canvas
        side = min(canvas.width(), canvas.height())
        left, top = (canvas.width() - side) / 2, (canvas.height() - side) / 2
        for stroke in drawing.strokes:
            points = [QPoint(round(left + x * side), round(top + y * side)) for x, y in stroke.points[:, :2]]
            QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, points[0])
            for point in points[1:]:
                QTest.mouseMove(canvas, point)
            QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, points[-1])

    def choose(self, name: str, start: str) -> None:
        """Choose an entry of a list by typing the beginning of its text."""
        box = self.find(QComboBox, name)
        box.setFocus()
        QTest.keyClicks(box, start)

    def type_text(self, name: str, text: str) -> None:
        """Replace the text of a field, and press Enter."""
        field = self.find(QWidget, name)
        editor = field if isinstance(field, QLineEdit) else field.findChild(QLineEdit)
        if not isinstance(editor, QLineEdit):
            raise DigitLabError(f"The field {name} does not accept text.")
        editor.setFocus()
        editor.selectAll()
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, Qt.Key.Key_Return)

    def find(self, kind: type[Found], name: str) -> Found:
        """Return a widget by its kind and object name, once there is one."""

        def find() -> Found | None:
            found = self._window.findChild(kind, name)
            return found if isinstance(found, kind) else None

        self.wait(lambda: find() is not None, f"The window has no {name}.")
        found = find()
        assert found is not None
        return found

    def picture(self, name: str) -> None:
        """Save a picture of the window."""
        path = self._out / f"{name}.png"
        pixmap = self._window.grab()
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        pixmap.save(buffer, "PNG")
        with atomic_write(path) as file:
            file.write(buffer.data().data())
        self.pictures.append(path)

    def frames(self, widget: QWidget, *, count: int, frame_ms: int, width: int) -> list[QImage]:
        """Return pictures of a widget over some time, scaled to a width in pixels."""
        images = []
        for _ in range(count):
            self.rest(frame_ms)
            scaled = widget.grab().toImage().scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
            images.append(scaled.convertToFormat(QImage.Format.Format_RGB888))
        return images

    def animation(self, name: str, frames: Sequence[QImage], frame_ms: int) -> None:
        """Save pictures as an animated GIF, which repeats for ever.

        Args:
            name: File name without the extension.
            frames: The pictures, each 8-bit RGB, of the same size.
            frame_ms: How long each is shown.
        """
        from PIL import Image

        size, line = (frames[0].width(), frames[0].height()), frames[0].bytesPerLine()
        images = [Image.frombytes("RGB", size, bytes(one.constBits()), "raw", "RGB", line, 1) for one in frames]
        palette = images[len(images) // 2].quantize(_GIF_COLOURS, Image.Quantize.MAXCOVERAGE)
        first, *others = [one.quantize(palette=palette, dither=Image.Dither.NONE) for one in images]
        path = self._out / f"{name}.gif"
        with atomic_write(path) as file:
            first.save(file, "GIF", save_all=True, append_images=others, duration=frame_ms, loop=0, optimize=True)
        self.pictures.append(path)

    def rest(self, duration_ms: int) -> None:
        """Run the event loop for a time."""
        end_s = time.monotonic() + duration_ms / 1000
        self.wait(lambda: time.monotonic() >= end_s, "The clock stands still.")

    def settle(self) -> None:
        """Wait until the work in the background has ended."""
        self._changed_s = time.monotonic()
        self.wait(lambda: time.monotonic() - self._changed_s >= _QUIET_S, "The work in the background did not end.")

    def wait(self, is_done: Callable[[], bool], error: str) -> None:
        """Run the event loop until a condition holds, for as long as anything changes.

        Raises:
            DigitLabError: If nothing changes for a long time.
            Interruption: At a signal.
        """
        self._changed_s = time.monotonic()
        loop = QEventLoop()
        polls = QTimer()
        polls.timeout.connect(lambda: loop.quit() if is_done() or self._asked or self._is_stuck() else None)
        polls.start(_POLL_MS)
        loop.exec()
        polls.stop()
        if self._asked:
            raise Interruption(self._asked[0])
        if not is_done():
            _log.error("%s The window: %s Its threads:\n%s", error, self._state, "\n".join(_stacks()))
            raise DigitLabError(error, expected=self._window.messages.text, remedy="For details, see the log.")

    def _is_stuck(self) -> bool:
        """Note whether anything has changed; return whether nothing has for too long."""
        session, now_s = self._session, time.monotonic()
        state = (
            session.training_state,
            session.activity,
            session.run.step if session.run is not None else None,
            self._window.messages.text,
            len(session.kept.runs),
            len(session.mine.digits),
            len(sys.modules),  # grows while TensorFlow is loaded
            *(id(value) for value in (session.view, session.evaluation, session.learning, session.mine)),
        )
        if state != self._state:
            self._state, self._changed_s = state, now_s
        return now_s - self._changed_s > PATIENCE_S


def _stacks() -> Iterator[str]:
    """Yield what each thread is doing."""
    frames = sys._current_frames()
    for thread in threading.enumerate():
        if thread.ident in frames:
            yield f"{thread.name}: {' | '.join(traceback.format_stack(frames[thread.ident]))}"
