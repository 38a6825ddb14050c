"""Datasets and their sources, drawings, and the built-in digits.

Imports `system`. Not here: networks, training, or Qt. Subpackages: `drawing`, `files`, `mine`.
"""
