"""Measurements against the targets: ``make bench``, or ``python -m tests.bench [SUBJECT ...]``.

One module a subject, each with ``measure() -> Iterable[Row]``. A new subject is one module and its line in
``subjects.SUBJECTS``. ``raster_choices`` and ``crashes`` are commands of their own. Nothing here is a test: a slow
machine fails none. ``REPORT.md`` says how, and what came of it.
"""
