"""The shipped lessons, and the strict reader of lesson files: a Markdown file with the texts, a YAML file with the rest.

Each mistake names its file, its line, what was found and what was expected. It builds the values of ``lessons`` and
computes nothing from them.
"""
