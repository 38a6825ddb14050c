"""Explain: from any answer down to the single multiplication.

`panel.py` has the path through the network and the pages: `sheets` the worked sum of one value, `slide` the sliding
window, `sandbox` a convolution of one's own, `whatif` the edited network. Imports the shared rooms of `gui` and the
core. Never here: arithmetic (`insight`), or another feature.
"""
