"""Layers on the clipboard, as JSON."""

from typing import Final

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication

from digitlab.model.files.layers_text import layers_from_text, layers_to_text
from digitlab.model.layer import Layer
from digitlab.system.errors import DigitLabError

MIME_TYPE: Final = "application/x-digitlab-layers+json"


class LayerClipboard(QObject):
    """Puts layers on the clipboard and takes them from there.

    Signals:
        refused: The clipboard holds no valid layers; carries why.
    """

    refused = Signal(str)

    @property
    def has_layers(self) -> bool:
        """Whether the clipboard says that it holds layers; they may be invalid."""
        data = QGuiApplication.clipboard().mimeData()
        return data is not None and data.hasFormat(MIME_TYPE)

    def put(self, layers: tuple[Layer, ...]) -> None:
        """Put layers on the clipboard, as text too."""
        text, data = layers_to_text(layers), QMimeData()
        data.setData(MIME_TYPE, text)
        data.setText(text.decode())
        QGuiApplication.clipboard().setMimeData(data)

    def get(self) -> tuple[Layer, ...]:
        """Return the layers on the clipboard; if they are invalid, say so and return none."""
        content = QGuiApplication.clipboard().mimeData().data(MIME_TYPE).data()
        try:
            return layers_from_text(bytes(content))
        except DigitLabError as error:
            self.refused.emit(str(error))
            return ()
