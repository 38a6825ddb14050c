"""Help: the keyboard shortcuts, the log folder, and the text about DigitLab."""

from collections.abc import Iterable, Sequence
from typing import Final

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QGridLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from digitlab import __version__
from digitlab.gui import theme
from digitlab.gui.widgets.card import quiet_label
from digitlab.gui.widgets.fields import describe
from digitlab.gui.widgets.label import Label
from digitlab.system.storage import state_folder

_SCREEN_SHARE: Final = 0.8
"""The dialog is at most so much of the screen high; the list scrolls."""

_MORE_KEYS: Final = (
    ("Arrow keys", "Move between the tiles of Look inside"),
    ("Enter, Shift+F10", "Explain the tile or the value; open its menu"),
    ("Tab, Shift+Tab", "Move from one control to the next"),
    ("Space", "Press the button, or play back the run"),
    ("Esc", "Cancel the edit, close the message, end collecting digits, leave full screen"),
    ("Right mouse or barrel button", "Erase on the canvas"),
    ("Alt+0 … Alt+9", "Keep the drawing as that digit"),
    ("Up, Down, Enter, Esc", "In Network: move between the layers, into the fields of one, back"),
    ("Insert, Delete, Ctrl+Shift+D", "In Network: add a layer, remove, duplicate"),
    ("Alt+Up, Alt+Down", "In Network: move the layer"),
    ("Ctrl+X, Ctrl+C, Ctrl+V, Ctrl+Z", "In Network: cut, copy, paste a layer, undo"),
    ("0 … 9, Delete, Ctrl+Z", "In My digits: relabel, delete, undo"),
)


def keyboard_dialog(rows: Iterable[tuple[str, str]], parent: QWidget) -> QDialog:
    """Return a dialog that lists all keyboard shortcuts.

    Args:
        rows: The shortcuts of each action, for example ``Ctrl+Shift+Z, Ctrl+Y``, and its label.
        parent: The window that the dialog belongs to.
    """
    return _KeyboardDialog((*rows, *_MORE_KEYS), parent)


class _KeyboardDialog(QDialog):
    """The keyboard shortcuts in a list that scrolls, with a field to search it."""

    def __init__(self, rows: Sequence[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("keyboardDialog")
        self.setWindowTitle("Keyboard")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._search = QLineEdit()
        self._search.setPlaceholderText("Search keys and commands")
        self._search.setClearButtonEnabled(True)
        describe(self._search, "keyboardSearch", "Search", "Shows only the rows that contain this text.")
        self._search.textChanged.connect(self._on_search_text_changed)
        grid_holder = QWidget()
        grid = QGridLayout(grid_holder)
        grid.setContentsMargins(0, 0, theme.SPACE_M, 0)
        grid.setHorizontalSpacing(theme.SPACE_L * 2)
        self._rows: list[tuple[Label, Label]] = []
        for row, (keys, text) in enumerate(rows):
            labels = Label(keys), Label(text)
            labels[0].setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            for column, label in enumerate(labels):
                grid.addWidget(label, row, column)
            self._rows.append(labels)
        grid.setRowStretch(len(rows), 1)
        self._none = quiet_label("No key or command contains this text.")
        self._none.hide()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(grid_holder)
        scroll.setMinimumWidth(grid_holder.sizeHint().width() + scroll.verticalScrollBar().sizeHint().width())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_L, theme.SPACE_L, theme.SPACE_L, theme.SPACE_L)
        layout.setSpacing(theme.SPACE_M)
        layout.addWidget(self._search)
        layout.addWidget(self._none)
        layout.addWidget(scroll, 1)
        wanted = self.sizeHint().height() + grid_holder.sizeHint().height() - scroll.sizeHint().height()
        self.resize(self.sizeHint().width(), min(wanted, round(_SCREEN_SHARE * self.screen().availableSize().height())))

    @Slot(str)
    def _on_search_text_changed(self, text: str) -> None:
        for labels in self._rows:
            matches = any(text.casefold() in label.text().casefold() for label in labels)
            for label in labels:
                label.setVisible(matches)
        self._none.setVisible(all(labels[0].isHidden() for labels in self._rows))


def open_log_folder() -> None:
    """Show the log folder in the system's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(state_folder())))


def about_text() -> tuple[str, str]:
    """Return the text about DigitLab: a headline and the details."""
    return (
        f"DigitLab {__version__}",
        "Draw digits, train the classic Keras network and look inside it. MIT licence. Networks trained on MNIST by "
        "Y. LeCun, C. Cortes and C. J. C. Burges, on pen digits by E. Alpaydin and F. Alimoglu (CC BY 4.0), and on "
        "letters from Omniglot by B. Lake, R. Salakhutdinov and J. Tenenbaum.",
    )
