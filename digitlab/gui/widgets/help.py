"""Help: the keyboard shortcuts, the log folder, and the text about DigitLab."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QVBoxLayout, QWidget

from digitlab import __version__
from digitlab.gui import theme
from digitlab.system.storage import state_folder

_MORE_KEYS = (
    ("Arrow keys", "Move between the tiles of Look inside"),
    ("Enter", "Enlarge the tile"),
    ("Tab, Shift+Tab", "Move from one control to the next"),
    ("Right mouse button", "Erase on the canvas"),
    ("Alt+0 … Alt+9", "Keep the drawing as that digit"),
    ("0 … 9, Delete, Ctrl+Z", "In My digits: relabel, delete, undo"),
)


def keyboard_dialog(rows: Iterable[tuple[str, str]], parent: QWidget) -> QDialog:
    """Return a dialog that lists all keyboard shortcuts.

    Args:
        rows: The shortcuts of each action, for example ``Ctrl+Shift+Z, Ctrl+Y``, and its label.
        parent: The window that the dialog belongs to.
    """
    dialog = QDialog(parent)
    dialog.setObjectName("keyboardDialog")
    dialog.setWindowTitle("Keyboard")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(theme.SPACE_L, theme.SPACE_L, theme.SPACE_L, theme.SPACE_L)
    grid = QGridLayout()
    grid.setHorizontalSpacing(theme.SPACE_L * 2)
    for row, (keys, text) in enumerate((*rows, *_MORE_KEYS)):
        key_label = QLabel(keys, dialog)
        key_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(key_label, row, 0)
        grid.addWidget(QLabel(text, dialog), row, 1)
    layout.addLayout(grid)
    return dialog


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
