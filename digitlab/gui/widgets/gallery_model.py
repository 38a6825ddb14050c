"""The items of a gallery, as a model for Qt's views."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QStringListModel, Qt

from digitlab.gui.widgets.gallery_tile import ITEM_ROLE, GalleryItem

MOST_SINGLE: Final = 50
"""Up to this many changed tiles are repainted one by one; above it, all of them are."""

_MOST_ITEMS: Final = 2_000
"""Items that are cached: more than a screen shows."""

_Index = QModelIndex | QPersistentModelIndex

Keys = NDArray[np.int64]
"""Shape (n,): identifies the item of each row, also after its row has changed."""

MakeItem = Callable[[int], GalleryItem]
"""Returns the item of a row, 0..n-1."""


class GalleryModel(QStringListModel):
    """Items by row. Each is made when it is first asked for, so thousands cost nothing before they are seen.

    The strings are empty: they are there so that Qt has a row count of its own. To lay out 60,000 rows it asks for the
    count 60,000 times, which takes 50 ms where the answer comes from Python.
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
        """Return the item of a row that exists."""
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
        """Replace the items of the same keys, and announce which differ.

        Args:
            make: Returns the item of a row.
            rows: The rows in sight; the items of all others are made when they come into sight.

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
                return self.item(index.row()).tooltip
        return None
