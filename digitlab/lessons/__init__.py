"""Guided lessons as values: texts, questions and tasks, read from files and computed from the network on screen.

Here live what a lesson is, the strict reader of lesson files, what lessons can ask for and what they can set up. It
imports everything up to ``words``; nothing here knows Qt or the window.
"""
