"""The menu of layers that can be added at a place."""

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from digitlab.gui import theme
from digitlab.gui.widgets.fields import wrapped
from digitlab.gui.widgets.label import menu_text
from digitlab.model.drafting.candidates import Candidate
from digitlab.model.layer import Layer


class AddMenu(QMenu):
    """The layers that fit first; the others in a menu of their own, each with the reason. All can be chosen."""

    def __init__(self, candidates: tuple[Candidate, ...], add: Callable[[Layer], None], parent: QWidget) -> None:
        """Create the menu.

        Args:
            candidates: The layers.
            add: Called with the layer that was chosen.
            parent: The widget that shows the menu.
        """
        super().__init__(parent)
        self._add = add
        self._layers: dict[QAction, Layer] = {}
        self.setObjectName("addLayerMenu")
        self.setToolTipsVisible(True)
        others = QMenu("&Others", self)
        others.setObjectName("addOtherLayerMenu")
        others.setToolTipsVisible(True)
        for candidate in candidates:
            menu = others if candidate.reason else self
            layer = candidate.layer
            text = menu_text(layer.title)
            action = menu.addAction(theme.icon(layer.icon, self.palette()), text)
            if candidate.reason:
                action.setText(f"{text}\t{candidate.reason}")
            action.setToolTip(wrapped(layer.explanation))
            action.setObjectName(f"add.{layer.stem}")
            self._layers[action] = layer
        if not others.isEmpty():
            self.addSeparator()
            self.addMenu(others)
        self.triggered.connect(self._on_triggered)
        self.aboutToHide.connect(self.deleteLater)

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        self._add(self._layers[action])
