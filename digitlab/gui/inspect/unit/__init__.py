"""One unit in detail: its worked sum, its tiles enlarged, the histogram of its values.

Belongs to `inspect`; the same rules hold.
"""
