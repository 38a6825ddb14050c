"""The one error that DigitLab raises on purpose and shows to a person."""


class DigitLabError(Exception):
    """A failure that a person can understand and act on.

    Args:
        happened: What happened, as one plain sentence.
        expected: What was expected instead; empty when obvious.
        remedy: What the person can do now; empty when there is nothing to do.
    """

    def __init__(self, happened: str, *, expected: str = "", remedy: str = "") -> None:
        """Keep the three sentences and join them as the exception's text."""
        self.happened = happened
        self.expected = expected
        self.remedy = remedy
        super().__init__(" ".join(part for part in (happened, expected, remedy) if part))
