"""Measurements against the targets: ``make bench``, or ``python -m tests.bench [SUBJECT ...]``.

One module a subject, each with ``measure() -> Iterator[Row]``. A new subject is one module and its name in
``__main__.SUBJECTS``. ``raster_choices`` is a command of its own, for it needs a file of drawings. Nothing here is a
test: a slow machine fails none.
"""
