"""Images, feature maps and kernels as tiles of coloured cells: their grid, colours, picture, and an enlarged view.

Imports `theme`, `words`, `widgets` and the core. Never here: what a tile of one feature means.
"""
