"""Keeping the person's own digits: wishes become changes of the set, and the file follows in a thread of its own."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Slot

from digitlab.data.drawing.sketch import Sketch
from digitlab.data.drawing.strokes import Drawing
from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.gui.messages import Messages, WayOn
from digitlab.gui.mydigits.jobs import (
    DraftWritten,
    Exported,
    Imported,
    Loaded,
    MyDigitsFile,
    NotWritten,
    Recovered,
    Reread,
    SetAside,
)
from digitlab.gui.session.bridge import Mailbox
from digitlab.gui.session.editor import SketchEditor
from digitlab.gui.session.my_set import MyChange, reason_not_to_keep
from digitlab.gui.session.session import Session
from digitlab.system.errors import DigitLabError
from digitlab.system.work import Worker
from digitlab.words.numbers import count
from digitlab.words.verdict import with_article

_UNDO_LIMIT: Final = 100
"""Changes that can be undone: more than anybody goes back."""


class MyDigitsController(QObject):
    """Keeps ``session.mine`` and its file, and writes down what lies on the canvas, stroke by stroke.

    A wish is shown at once and written after it, in order. What cannot be written is taken back and told.
    """

    def __init__(self, session: Session, editor: SketchEditor, messages: Messages, parent: QObject) -> None:
        """Start the thread; the file is opened when it is first needed."""
        super().__init__(parent)
        self._session = session
        self._mine = session.mine
        self._editor = editor
        self._messages = messages
        self._undoable: list[MyChange] = []
        self._redoable: list[MyChange] = []
        self._draft: Drawing | None = None
        self._change_number = 0
        self._is_loading = False
        self._is_closed = False
        self._is_draft_trouble_told = False
        self._mail = Mailbox(self)
        self._mail.arrived.connect(self._on_mail_arrived)
        self._file = MyDigitsFile(self._mail.post)
        # Not at a lower priority: a stroke must not wait for a training until it is written.
        self._worker = Worker("my digits", self._mail.post)
        editor.stack.indexChanged.connect(self._follow_canvas)

    def begin(self) -> None:
        """Bring back what a crash left on the canvas, and load the set."""
        self._worker.submit(self._file.recover)
        self.load()
        self._follow_canvas()  # it may have been drawn on already

    def load(self) -> None:
        """Load the set, if that was not begun yet."""
        if not self._is_loading:
            self._is_loading = True
            self._worker.submit(self._file.load)

    @Slot(bool)
    def watch(self, is_watched: bool) -> None:
        """Show what another window has changed by now, when the set comes into sight."""
        if is_watched and self._is_loading:
            number = self._change_number
            self._worker.submit(lambda: self._file.reread(number))

    def close(self, timeout_s: float) -> bool:
        """Forget the draft, finish writing and end the thread; returns whether it has ended."""
        if not self._is_closed:
            self._is_closed = True
            # The editor empties its stack while it is destroyed; nobody can be asked then what lies on the canvas.
            self._editor.stack.indexChanged.disconnect(self._follow_canvas)
        self._worker.submit(self._file.close)
        return self._worker.close(timeout_s)

    # Wishes

    @Slot(int)
    def keep_as(self, label: int) -> None:
        """Keep what lies on the canvas as a digit, or give it that label if it is kept already."""
        self.load()
        sketch = self._session.sketch
        known = self._mine.digit_on(sketch)
        if known is not None:
            self.relabel((known,), label)
        elif not reason_not_to_keep(sketch):
            digit = KeptDigit.of(sketch.drawing, label)
            self._change(MyChange((), (digit,), f"keeping {with_article(label)}"))

    @Slot(int)
    def keep_and_clear(self, label: int) -> None:
        """Keep what lies on the canvas, if there is anything, and make room for the next digit."""
        if not reason_not_to_keep(self._session.sketch):
            self.keep_as(label)
            self._editor.clear()

    @Slot()
    def clear_canvas(self) -> None:
        """Make room for the next digit."""
        self._editor.clear()

    @Slot(object, int)
    def relabel(self, digits: Sequence[KeptDigit], label: int) -> None:
        """Give digits another label."""
        others = tuple(digit for digit in digits if digit.label != label)
        if others:
            put = tuple(digit.relabelled(label) for digit in others)
            what = f"relabelling {count(len(others), 'digit')} as {with_article(label)}"
            self._change(MyChange(others, put, what))

    @Slot(object)
    def delete(self, digits: Sequence[KeptDigit]) -> None:
        """Take digits out of the set."""
        if digits:
            self._change(MyChange(tuple(digits), (), f"deleting {count(len(digits), 'digit')}"))

    @Slot()
    def undo(self) -> None:
        """Take back the last change of the set."""
        if self._undoable:
            change = self._undoable.pop()
            self._redoable.append(change)
            self._make(change.undone)

    @Slot()
    def redo(self) -> None:
        """Make the change again that was undone last."""
        if self._redoable:
            change = self._redoable.pop()
            self._undoable.append(change)
            self._make(change)

    @Slot(object)
    def put_on_canvas(self, digit: KeptDigit) -> None:
        """Put a digit's strokes on the canvas."""
        self._editor.replace(Sketch(digit.drawing), f"showing {with_article(digit.label)} of your own")

    @Slot(object)
    def import_files(self, paths: Sequence[Path]) -> None:
        """Take in the labelled drawings of files that are not in the set yet."""
        self.load()
        chosen = tuple(paths)
        # The set is asked for when its turn comes: it may be loading still.
        self._worker.submit(lambda: self._file.import_drawings(chosen))

    @Slot(object)
    def export_to(self, path: Path) -> None:
        """Write all digits into a file of drawings."""
        drawings = [digit.drawing for digit in self._mine.digits]
        self._worker.submit(lambda: self._file.export(path, drawings))

    # In the GUI thread

    def _change(self, change: MyChange) -> None:
        self._undoable = [*self._undoable[1 - _UNDO_LIMIT :], change]
        self._redoable = []
        self._make(change)

    def _make(self, change: MyChange) -> None:
        """Show a change and write it, together with what it leaves unkept on the canvas: no crash comes in between."""
        self._show(change)
        self._change_number += 1
        draft = self._draft_on_canvas()
        is_same, self._draft = draft is self._draft, draft
        self._worker.submit(lambda: self._file.write(change, draft, is_draft_written=not is_same))

    def _show(self, change: MyChange) -> None:
        undoable = self._undoable[-1] if self._undoable else None
        redoable = self._redoable[-1] if self._redoable else None
        self._mine.show(change.apply_to(self._mine.digits), undoable, redoable)

    def _draft_on_canvas(self) -> Drawing | None:
        """Return what lies on the canvas, if the person drew it and did not keep it."""
        sketch = self._session.sketch
        is_draft = self._editor.is_own and not reason_not_to_keep(sketch) and self._mine.digit_on(sketch) is None
        return sketch.drawing if is_draft else None

    @Slot()
    def _follow_canvas(self) -> None:
        """Write down what the person drew and did not keep, or forget it once it is gone."""
        draft = self._draft_on_canvas()
        if draft is not self._draft:
            self._draft = draft
            self._worker.submit(lambda: self._file.write_draft(draft))

    @Slot(object)
    def _on_mail_arrived(self, mail: object) -> None:
        match mail:
            case Loaded() | Reread() | Imported():
                self._take_in(mail)
            case NotWritten():
                self._withdraw(mail)
            case DraftWritten(error):
                self._tell_draft_trouble(error)
            case Recovered(drawing):
                self._offer_back(drawing)
            case SetAside(path):
                self._messages.show_info(
                    "The file with your own digits was damaged. A new set was begun.",
                    f"The old file is kept as {path}.",
                )
            case Exported(path, number):
                self._messages.show_info(f"Exported {count(number, 'digit')} to {path.name}.", str(path.parent))
            case Exception():
                self._messages.show_error(mail)

    def _offer_back(self, drawing: Drawing) -> None:
        """Put what a crash left on the canvas, or offer it if the person has begun to draw."""
        sketch = self._session.sketch
        if sketch.is_sample or sketch.is_empty:
            self._bring_back(drawing)
            self._messages.show_info(
                "DigitLab was not closed the last time. What you drew is back on the canvas.",
                "Keep it with its digit, or draw on.",
            )
        else:
            self._messages.offer(
                "DigitLab was not closed the last time. What you drew then was saved.",
                "It would take the place of what is on the canvas; Undo brings that back.",
                (WayOn("Bring it back", lambda: self._bring_back(drawing)),),
            )

    def _bring_back(self, drawing: Drawing) -> None:
        self._editor.replace(Sketch(drawing), "bringing back your drawing", is_own=True)

    def _take_in(self, mail: Loaded | Reread | Imported) -> None:
        match mail:
            case Loaded(digits, unusable_count):
                self._show(MyChange((), digits, ""))
                if unusable_count:
                    self._tell_unusable(unusable_count)
            case Reread():
                self._show_reread(mail)
            case Imported():
                self._show_imported(mail)

    def _show_reread(self, reread: Reread) -> None:
        """Show the set as the file has it; digits that are known stay the same objects, as the canvas knows them so."""
        number = self._change_number
        if number != reread.change_number:  # something was changed here meanwhile
            self._worker.submit(lambda: self._file.reread(number, is_forced=True))
            return
        known = {(digit.id, digit.label): digit for digit in self._mine.digits}
        digits = tuple(known.get((digit.id, digit.label), digit) for digit in reread.digits)
        is_new = any((digit.id, digit.label) not in known for digit in digits)
        if is_new or len(digits) != len(self._mine.digits):
            self._show(MyChange(self._mine.digits, digits, ""))

    def _tell_unusable(self, number: int) -> None:
        self._messages.show_info(
            f"{count(number, 'digit')} of your own could not be read.",
            "They stay in the file as they are; all others are here. The log has the details.",
        )

    def _show_imported(self, imported: Imported) -> None:
        change = imported.change
        if change is not None:
            self._undoable = [*self._undoable[1 - _UNDO_LIMIT :], change]
            self._redoable = []
            self._show(change)
        remarks = []
        if imported.known_count:
            remarks.append(f"{imported.known_count:,} were there already.")
        if imported.unlabelled_count:
            remarks.append(f"{imported.unlabelled_count:,} had no label and were left out.")
        taken_in = count(len(change.put) if change else 0, "digit")
        ways = (WayOn("Undo", self.undo),) if change is not None else ()
        self._messages.show_info(f"Imported {taken_in}.", " ".join(remarks), ways)

    def _withdraw(self, failed: NotWritten) -> None:
        """Show what the file holds again: a change that could not be written did not happen."""
        self._undoable = [change for change in self._undoable if not _is_same(change, failed.change)]
        self._redoable = [change for change in self._redoable if not _is_same(change, failed.change)]
        self._show(failed.change.undone)
        self._draft = None
        self._follow_canvas()
        again = WayOn("Try again", lambda: self._change(failed.change))
        self._messages.show_error(failed.error, (again,))

    def _tell_draft_trouble(self, error: DigitLabError | None) -> None:
        """Tell once that strokes are not written, not with every stroke."""
        if error is not None and not self._is_draft_trouble_told:
            self._messages.show_error(error)
        self._is_draft_trouble_told = error is not None


def _is_same(change: MyChange, other: MyChange) -> bool:
    """Return whether one is the other, or takes it back."""
    return {id(change.taken), id(change.put)} == {id(other.taken), id(other.put)}
