"""From a picture to ink: told from paper in any light, without clutter, thin lines widened.

Imports `system`, `data` and the rasteriser's constants from `data.drawing`. Not here: the steps themselves
(`data.drawing.pictures`), reading picture files (`data.files`), networks, or Qt.
"""
