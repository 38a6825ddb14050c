"""Several things named in one sentence."""

from collections.abc import Iterable


def listed(names: Iterable[str], word: str = "and") -> str:
    """Return names as a sentence lists them: "conv1", "conv1 and conv2", "conv1, conv2 and dense"; empty for none."""
    *first, last = (*names,) or ("",)
    return f"{', '.join(first)} {word} {last}" if first else last
