"""The guided lessons: a dock beside the window with texts, questions and tasks about what is on screen.

It imports ``lessons``, ``session``, ``widgets`` and what is below them. It asks the stage for what is on screen and for
what to set up; never put here what only one tab knows.
"""
