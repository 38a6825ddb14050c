"""Bad files for every reader: ``python -m tests.fuzz --minutes 10``.

Small good files, made by the code itself, are changed at random, and hostile ones are added; each is read in a process
of its own with limits on time and memory. A reader may return a result or raise a ``DigitLabError``; anything else is a
failure, as is more than 2 s of CPU or 200 MB; processes that a reader starts have their own limits
(``digitlab/data/files/apart.py``). ``hostile.py`` holds what was found and is also a test,
``tests/unit/test_hostile_files.py``.
"""
