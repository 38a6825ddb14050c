"""The items of a gallery, as a model for Qt's views."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QStringListModel, Qt

from digitlab.gui.widgets.fields import wrapped
from digitlab.gui.widgets.gallery.tile import ITEM_ROLE, GalleryItem

MOST_SINGLE: Final = 50
"""Up to this many changed tiles are repainted individually; above it, all tiles are."""

_MOST_ITEMS: Final = 2_000
"""Number of cached items: more than fit on a screen."""

_Index = QModelIndex | QPersistentModelIndex

Keys = NDArray[np.int64]
"""Shape (n,): identifies the item of each row, even after its row has changed."""

MakeItem = Callable[[int], GalleryItem]
"""Returns the item of a row, 0..n-1."""


class GalleryModel(QStringListModel):
    """Items by row. Each is created on first access, so thousands cost nothing until they are visible.

    The strings are empty: they only give Qt its own row count. To lay out 60,000 rows it reads the
    count 60,000 times, which would take 50 ms through Python.
    """

    def __init__(self, parent: QObject) -> None:
        """Create a model without items."""
        super().__init__(parent)
        self._keys: Keys = np.empty(0, np.int64)
        self._make: MakeItem | None = None
        self._items: dict[int, GalleryItem] = {}

    @property
    def keys(self) -> Keys:
        """The key of each row."""
        return self._keys

    def item(self, row: int) -> GalleryItem:
        """Return the item of an existing row."""
        if row not in self._items:
            assert self._make is not None
            if len(self._items) >= _MOST_ITEMS:
                self._items.clear()
            self._items[row] = self._make(row)
        return self._items[row]

    def reset(self, keys: Keys, make: MakeItem) -> None:
        """Show other items.

        Args:
            keys: The key of each row.
            make: Returns the item of a row.
        """
        self._keys, self._make, self._items = keys, make, {}
        self.setStringList([""] * len(keys))

    def refresh(self, make: MakeItem, rows: range) -> int:
        """Replace the items while their keys stay the same, and report which ones differ.

        Args:
            make: Returns the item of a row.
            rows: The visible rows; the items of all others are created when they become visible.

        Returns:
            How many of the rows differ.
        """
        before, self._items, self._make = self._items, {}, make
        changed = [row for row in rows if self.item(row) != before.get(row)]
        if len(changed) > MOST_SINGLE:
            self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))
        else:
            for row in changed:
                self.dataChanged.emit(self.index(row), self.index(row))
        return len(changed)

    # Overrides of Qt

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the item, its text or its tooltip."""
        if not index.isValid():
            return None
        match role:
            case _ if role == ITEM_ROLE:
                return self.item(index.row())
            case Qt.ItemDataRole.AccessibleTextRole:
                return self.item(index.row()).text
            case Qt.ItemDataRole.ToolTipRole:
                return wrapped(self.item(index.row()).tooltip)
        return None
