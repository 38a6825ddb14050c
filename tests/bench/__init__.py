"""Measurements against the targets: ``make bench``, or ``python -m tests.bench [SUBJECT ...]``.

One module per subject, each with ``measure() -> Iterable[Row]``. A new subject is one module and its entry in
``subjects.SUBJECTS``. ``raster_choices``, ``training_choices`` and ``crashes`` are separate commands. Nothing here is a
test: a slow machine makes nothing fail. ``REPORT.md`` describes the method and the results.
"""
