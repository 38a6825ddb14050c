"""The network as a column of blocks: their fields, what is added between them, the clipboard, and undo.

Imports the shared rooms of `gui` and the core. Never here: another feature, or the panel around it.
"""
