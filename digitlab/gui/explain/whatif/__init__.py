"""What if: the network on screen with filters off, weights set by hand, noise or rounding.

`page.py` shows the edits of the session and asks for others, which `session.network_editor` makes, with undo. Never
here: what an edit does to the weights, which is `model/edits.py`.
"""
