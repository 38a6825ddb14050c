"""The user's own digits: changes are shown immediately and written to the file in a separate thread."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from digitlab.data.drawing.sketch import Sketch
from digitlab.data.drawing.strokes import Drawing
from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.data.mine.opening import SetAside
from digitlab.gui.messages import Messages, Option, ShownError
from digitlab.gui.mydigits.jobs import Imported, Loaded, MyDigitsFile, export
from digitlab.gui.mydigits.saving import Saving
from digitlab.gui.session.desk import Desk
from digitlab.gui.session.editor import SketchEditor
from digitlab.gui.session.own_digits import OwnDigitsChange, reason_not_to_keep
from digitlab.gui.session.session import Session
from digitlab.system.errors import DigitLabError
from digitlab.words.numbers import count
from digitlab.words.verdict import with_article

_UNDO_LIMIT: Final = 100
"""Number of changes that can be undone; more than anyone needs."""


class MyDigitsController(QObject):
    """Keeps ``session.mine`` and its file, and saves a draft of the canvas after every stroke.

    Changes are shown immediately and then written in order. What cannot be written stays on screen until it is.

    Signals:
        export_requested: The user chose to write the digits to another file.

    Attributes:
        desk: The thread of the file.
    """

    export_requested = Signal()

    def __init__(self, session: Session, editor: SketchEditor, messages: Messages, parent: QObject) -> None:
        """Start the thread; the file is opened when it is first needed."""
        super().__init__(parent)
        self._session = session
        self._mine = session.mine
        self._editor = editor
        self._messages = messages
        self._undoable: list[OwnDigitsChange] = []
        self._redoable: list[OwnDigitsChange] = []
        self._draft: Drawing | None = None
        self._change_number = 0
        self._is_loading = False
        self._is_closed = False
        self._cleared_when_saved: Sketch | None = None
        # Not in the background: writing a stroke must not wait for a training.
        self.desk = Desk("my digits", messages, self)
        # A successful write must not clear an earlier error, which may still apply; so the jobs are quiet.
        self._ask = partial(self.desk.ask, is_quiet=True)
        self._file = MyDigitsFile(lambda aside: self.desk.post(lambda: self._show_set_aside(aside)))
        self._saving = Saving(self._file, self.desk, self)
        self._export_error = ShownError(messages)
        self._saving.saved.connect(self._on_saving_saved)
        self._saving.rejected.connect(self._on_saving_rejected)
        self._saving.export_requested.connect(self.export_requested)
        editor.stack.indexChanged.connect(self._follow_canvas)

    def begin(self) -> None:
        """Restore the draft after a crash and digits that could not be saved, and load the set."""
        self._ask(self._file.recover, then=self._offer_draft)
        self._ask(self._file.import_rescued, then=self._show_rescued)
        self.load()
        self._follow_canvas()  # the user may have drawn already

    def load(self) -> None:
        """Load the set, unless that was begun before and has not failed."""
        if not self._is_loading:
            self._is_loading = True
            self._ask(self._file.load, then=self._add_loaded, failed=self._on_load_failed, progress=self._add_loaded)

    @Slot(bool)
    def watch(self, is_watched: bool) -> None:
        """Show changes made in another window when the panel becomes visible."""
        if is_watched and self._is_loading:
            self._reread(is_forced=False)
        elif is_watched:
            self.load()

    def close(self, timeout_s: float) -> bool:
        """Delete the draft, finish writing and end the thread; returns whether it has ended."""
        if not self._is_closed:
            self._is_closed = True
            # The editor clears its undo stack while it is destroyed, when the canvas can no longer be read.
            self._editor.stack.indexChanged.disconnect(self._follow_canvas)
            self._saving.close()
        self._ask(self._file.close)
        return self.desk.close(timeout_s)

    # Commands

    @Slot(int)
    def keep_as(self, label: int) -> None:
        """Keep what is on the canvas as a digit, or relabel it if it is already kept."""
        self.load()
        sketch = self._session.sketch
        known = self._mine.digit_on(sketch)
        if known is not None:
            self.relabel((known,), label)
        elif not reason_not_to_keep(sketch):
            digit = KeptDigit.of(sketch.drawing, label)
            self._change(OwnDigitsChange((), (digit,), f"keeping {with_article(label)}"))

    @Slot(int)
    def keep_and_clear(self, label: int) -> None:
        """Keep what is on the canvas, if there is anything new, and clear it for the next digit once it is saved."""
        sketch = self._session.sketch
        if not reason_not_to_keep(sketch) and self._mine.digit_on(sketch) is None:
            self._cleared_when_saved = sketch
            self.keep_as(label)

    @Slot()
    def clear_canvas(self) -> None:
        """Clear the canvas for the next digit."""
        self._editor.clear()

    @Slot(bool)
    def set_collecting(self, is_collecting: bool) -> None:
        """Set whether digits are being collected."""
        self._session.is_collecting = is_collecting

    @Slot(object, int)
    def relabel(self, digits: Sequence[KeptDigit], label: int) -> None:
        """Give digits another label."""
        others = tuple(digit for digit in digits if digit.label != label)
        if others:
            put = tuple(digit.relabelled(label) for digit in others)
            what = f"relabelling {count(len(others), 'digit')} as {with_article(label)}"
            self._change(OwnDigitsChange(others, put, what))

    @Slot(object)
    def delete(self, digits: Sequence[KeptDigit]) -> None:
        """Delete digits."""
        if digits:
            self._change(OwnDigitsChange(tuple(digits), (), f"deleting {count(len(digits), 'digit')}"))

    @Slot()
    def undo(self) -> None:
        """Undo the last change of the set."""
        if self._undoable:
            change = self._undoable.pop()
            self._redoable.append(change)
            self._apply(change.undone)

    @Slot()
    def redo(self) -> None:
        """Redo the last undone change."""
        if self._redoable:
            change = self._redoable.pop()
            self._undoable.append(change)
            self._apply(change)

    @Slot(object)
    def put_on_canvas(self, digit: KeptDigit) -> None:
        """Put a digit's strokes on the canvas."""
        self._editor.replace(Sketch(digit.drawing), f"showing {with_article(digit.label)} of your own")

    @Slot(object)
    def import_files(self, paths: Sequence[Path]) -> None:
        """Add the labelled drawings of files that are not yet in the set."""
        self.load()
        self._ask(partial(self._file.import_drawings, tuple(paths)), then=self._show_imported)

    @Slot(object)
    def export_to(self, path: Path) -> None:
        """Write all digits to a file of drawings."""
        drawings = [digit.drawing for digit in self._mine.digits]
        message = f"Exported {count(len(drawings), 'digit')} to {path.name}."
        self._ask(
            partial(export, path, drawings),
            then=lambda _: self._show_exported(message, path),
            failed=partial(self._show_export_error, path),
        )

    def _show_exported(self, message: str, path: Path) -> None:
        self._export_error.withdraw()
        self._messages.show_info(message, str(path.parent))

    def _show_export_error(self, path: Path, error: Exception) -> None:
        again = Option("Try again", partial(self.export_to, path))
        self._export_error.show(error, (again, Option("Export elsewhere…", self.export_requested.emit)))

    # Changes

    def _change(self, change: OwnDigitsChange) -> None:
        self._remember(change)
        self._apply(change)

    def _remember(self, change: OwnDigitsChange) -> None:
        """Make a change the next one to undo."""
        self._undoable = [*self._undoable[1 - _UNDO_LIMIT :], change]
        self._redoable = []

    def _apply(self, change: OwnDigitsChange) -> None:
        """Show a change and write it, together with the resulting draft."""
        self._show(change)
        self._change_number += 1
        self._draft = self._draft_on_canvas()
        self._saving.write(change, self._draft)

    def _show(self, change: OwnDigitsChange) -> None:
        undoable = self._undoable[-1] if self._undoable else None
        redoable = self._redoable[-1] if self._redoable else None
        self._mine.show(change.apply_to(self._mine.digits), undoable, redoable)

    @Slot()
    def _on_saving_saved(self) -> None:
        """Clear the canvas for the next digit, unless the user has changed it meanwhile."""
        sketch, self._cleared_when_saved = self._cleared_when_saved, None
        if sketch is not None and sketch is self._session.sketch:
            self._editor.clear()

    @Slot(object, object)
    def _on_saving_rejected(self, change: OwnDigitsChange, error: Exception) -> None:
        """Revert to the content of the file, since a change can never be written."""
        self._undoable = [other for other in self._undoable if not _is_same(other, change)]
        self._redoable = [other for other in self._redoable if not _is_same(other, change)]
        self._show(change.undone)
        self._cleared_when_saved = None
        self._follow_canvas()
        self.desk.show_error(error)

    # The draft

    def _draft_on_canvas(self) -> Drawing | None:
        """Return what is on the canvas, if the user drew it and has not kept it."""
        sketch = self._session.sketch
        is_draft = self._editor.is_own and not reason_not_to_keep(sketch) and self._mine.digit_on(sketch) is None
        return sketch.drawing if is_draft else None

    @Slot()
    def _follow_canvas(self) -> None:
        """Write what the user drew and has not kept, or delete the draft if there is nothing."""
        draft = self._draft_on_canvas()
        if draft is not self._draft:
            self._draft = draft
            self._saving.write_draft(draft)

    def _offer_draft(self, drawing: Drawing | None) -> None:
        """Restore the draft after a crash; if the user has started to draw, offer it."""
        if drawing is None:
            return
        sketch = self._session.sketch
        if sketch.is_sample or sketch.is_empty:
            self._restore(drawing)
            self._messages.show_info(
                "DigitLab was not closed properly last time. Your drawing was restored.",
                "Keep it as a digit, or continue drawing.",
            )
        else:
            self._messages.offer(
                "DigitLab was not closed properly last time. Your drawing was saved.",
                "Restoring it replaces what is on the canvas; Undo brings that back.",
                (Option("Restore the drawing", lambda: self._restore(drawing)),),
            )

    def _restore(self, drawing: Drawing) -> None:
        self._editor.replace(Sketch(drawing), "restoring your drawing", is_own=True)

    # The file

    def _add_loaded(self, loaded: Loaded) -> None:
        self._show(OwnDigitsChange((), loaded.digits, ""))
        if loaded.unusable_count:
            self._messages.show_info(
                f"{count(loaded.unusable_count, 'digit')} of your own could not be read.",
                "They stay in the file. All others are shown; the log has the details.",
            )

    def _on_load_failed(self, error: Exception) -> None:
        self._is_loading = False
        self.desk.show_error(error)

    def _reread(self, *, is_forced: bool) -> None:
        self._ask(partial(self._file.reread, is_forced=is_forced), then=partial(self._show_reread, self._change_number))

    def _show_reread(self, change_number: int, read: tuple[KeptDigit, ...] | None) -> None:
        """Show the set in the file; known digits stay the same objects, by which the canvas recognises them."""
        if read is None:
            return
        if change_number != self._change_number:  # something was changed here meanwhile
            self._reread(is_forced=True)
            return
        known = {(digit.id, digit.label): digit for digit in self._mine.digits}
        digits = tuple(known.get((digit.id, digit.label), digit) for digit in read)
        is_new = any((digit.id, digit.label) not in known for digit in digits)
        if is_new or len(digits) != len(self._mine.digits):
            self._show(OwnDigitsChange(self._mine.digits, digits, ""))

    def _show_imported(self, imported: Imported) -> None:
        change = imported.change
        if change is not None:
            self._remember(change)
            self._show(change)
        remarks = []
        if imported.known_count:
            remarks.append(f"{_were(imported.known_count)} already in the set.")
        if imported.unlabelled_count:
            remarks.append(f"{_were(imported.unlabelled_count)} skipped because of a missing label or missing strokes.")
        remarks += [left_out.text for left_out in imported.left_out]
        added = count(len(change.put) if change else 0, "digit")
        options = (Option("Undo", self.undo),) if change is not None else ()
        self._messages.show_info(f"Imported {added}.", " ".join(remarks), options)

    def _show_rescued(self, imported: Imported | None) -> None:
        if imported is not None and imported.change is not None:
            self._show_imported(imported)
            digits = count(len(imported.change.put), "digit")
            self._messages.show_info(f"Restored {digits} of your own that could not be saved last time.")

    def _show_set_aside(self, aside: SetAside) -> None:
        what = "was empty: its digits are lost" if aside.was_empty else "was damaged"
        recovered = count(aside.recovered_count, "digit") if aside.recovered_count else "No digit"
        result = "" if aside.was_empty else f" {recovered} could be recovered."
        self._messages.show_error(
            DigitLabError(
                f"The file of your own digits {what}, so a new one was created.{result}",
                remedy=f"The old file is kept as {aside.path}. If you exported your digits before, import that file.",
            )
        )


def _were(number: int) -> str:
    return f"{count(number, 'drawing')} {'was' if number == 1 else 'were'}"


def _is_same(change: OwnDigitsChange, other: OwnDigitsChange) -> bool:
    """Return whether one change is the other, or undoes it."""
    return {id(change.taken), id(change.put)} == {id(other.taken), id(other.put)}
