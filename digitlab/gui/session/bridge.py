"""The one place where something a worker made becomes a Qt signal in the GUI thread."""

from PySide6.QtCore import QObject, Signal, Slot


class Mailbox(QObject):
    """Delivers single values at once. Make it in the GUI thread and connect bound slots to ``arrived``.

    Signals:
        arrived: A value was posted; emitted in the GUI thread.
    """

    arrived = Signal(object)
    _posted = Signal(object)

    def __init__(self, parent: QObject) -> None:
        """Live in the calling thread, which must be the GUI thread."""
        super().__init__(parent)
        # A queued hop into this object's own thread: receivers never run in the worker, whatever they are.
        self._posted.connect(self._on_posted)

    def post(self, value: object) -> None:
        """Deliver a value; call it from any thread."""
        self._posted.emit(value)

    @Slot(object)
    def _on_posted(self, value: object) -> None:
        self.arrived.emit(value)
