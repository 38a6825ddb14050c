"""Galleries of digits: many small images to look through, select and act on.

They import ``theme``, ``words`` and other ``widgets``; where the images come from is the business of the panels.
"""
