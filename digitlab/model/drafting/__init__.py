"""A network while it is edited: the draft, what can be added to it, and what repairs it.

All are values and functions, which ``gui/network/blocks/`` shows. Imports `data`, `system` and `model`.
"""
