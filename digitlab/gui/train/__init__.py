"""Train: the recipe, the buttons, the progress, the live curves, and the controller of the training thread.

Imports the shared rooms of `gui` and the core. Never here: another feature.
"""
