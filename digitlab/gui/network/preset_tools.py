"""Saving the network as a preset and deleting own presets, beside the list of presets."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.widgets.card import quiet_label
from digitlab.gui.widgets.fields import describe
from digitlab.gui.widgets.label import menu_text
from digitlab.gui.widgets.themed import Themed
from digitlab.model.files.own_presets import LONGEST_NAME
from digitlab.model.presets import EDITED_NAME, PRESETS
from digitlab.model.spec import ModelSpec


class PresetTools(Themed, QWidget):
    """A row to name and save a preset, hidden until it is asked for.

    Signals:
        save_requested: Save a network as a preset; carries it with the name of the preset.
        delete_requested: Delete an own preset; carries its name.

    Attributes:
        button: Opens the menu with both.
    """

    save_requested = Signal(object)
    delete_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create the row of a network that is shown later."""
        super().__init__(parent)
        self._spec = next(iter(PRESETS.values()))
        self._own: tuple[ModelSpec, ...] = ()
        self.button = QToolButton()
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        describe(self.button, "presetToolsButton", "Own presets", "Save this network as a preset, or delete one.")
        self._menu = QMenu(self.button)
        self.button.setMenu(self._menu)
        self._name = QLineEdit()
        self._name.setMaxLength(LONGEST_NAME)
        self._name.setPlaceholderText("Name of the preset")
        self._save, self._cancel = QPushButton("Save"), QPushButton("Cancel")
        describe(self._name, "presetNameField", "Name of the preset", "The name under which the network is saved.")
        describe(self._save, "savePresetButton", "Save preset", "Save the network under this name (Enter).")
        describe(self._cancel, "cancelPresetButton", "Cancel", "Save nothing (Esc).")
        self._question = quiet_label()
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_XS)
        row.addWidget(self._name, 1)
        row.addWidget(self._save)
        row.addWidget(self._cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_XS)
        column.addLayout(row)
        column.addWidget(self._question)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._menu.triggered.connect(self._on_menu_triggered)
        self._name.textChanged.connect(self._show_question)
        self._name.returnPressed.connect(self._on_save_clicked)
        self._save.clicked.connect(self._on_save_clicked)
        self._cancel.clicked.connect(self._close)
        self.hide()
        self.follow_theme()

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """The widgets of the row that take the focus, in order."""
        return (self._name, self._save, self._cancel)

    def show_network(self, spec: ModelSpec, own: Sequence[ModelSpec]) -> None:
        """Show what would be saved, and what can be deleted.

        Args:
            spec: The last valid network.
            own: The own presets.
        """
        self._spec, self._own = spec, tuple(own)
        self._show_question()

    @Slot()
    def _fill_menu(self) -> None:
        self._menu.clear()
        self._menu.addAction("&Save as preset…").setObjectName("savePresetAction")
        for spec in self._own:
            action = self._menu.addAction(f"Delete “{menu_text(spec.name)}”")
            action.setObjectName("deletePresetAction")
            action.setData(spec.name)

    @Slot(QAction)
    def _on_menu_triggered(self, action: QAction) -> None:
        if action.data() is not None:
            self.delete_requested.emit(action.data())
            return
        self._name.setText("" if self._spec.name == EDITED_NAME else self._spec.name)
        self.show()
        self._name.setFocus(Qt.FocusReason.OtherFocusReason)
        self._name.selectAll()

    @Slot()
    def _show_question(self) -> None:
        """Say whether a preset would be replaced; the names of DigitLab's own presets cannot be used."""
        name = self._chosen_name
        is_shipped = name in {preset.name for preset in PRESETS.values()}
        is_known = name in {spec.name for spec in self._own}
        self._save.setText("Replace" if is_known else "Save")
        self._save.setEnabled(bool(name) and not is_shipped)
        text = f"“{name}” is one of your presets. Replace it?" if is_known else ""
        self._question.setText(f"“{name}” is a preset of DigitLab. Choose another name." if is_shipped else text)
        self._question.setVisible(bool(self._question.text()))

    @property
    def _chosen_name(self) -> str:
        return " ".join(self._name.text().split())

    @Slot()
    def _on_save_clicked(self) -> None:
        if self._save.isEnabled():
            self.save_requested.emit(replace(self._spec, name=self._chosen_name))
            self._close()

    @Slot()
    def _close(self) -> None:
        self.hide()
        self.button.setFocus(Qt.FocusReason.OtherFocusReason)

    def restyle(self) -> None:
        """Colour the icon."""
        self.button.setIcon(theme.icon("save", self.palette()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Save nothing on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)
