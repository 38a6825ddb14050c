"""Digits as values: datasets, where they come from, and the built-in digits.

Imports `system`. Never here: networks, training, or Qt. Rooms inside: `drawing`, `files`, `mine`.
"""
