"""Files: opening and saving what the user chooses, drops or pastes, and the file dialogs.

Imports the shared rooms of `gui` and the core. Never here: file formats (`data.files`, `model.files`, `runs`).
"""
