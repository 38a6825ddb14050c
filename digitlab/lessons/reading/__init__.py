"""The shipped lessons, and the strict reader of lesson files: Markdown with the texts, YAML beside it with the rest.

Each mistake names its file, its line, what was found and what was expected. It builds the values of ``lessons`` and
computes nothing from them.
"""
