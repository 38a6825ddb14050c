"""The error that DigitLab raises on purpose and shows to the user."""


class DigitLabError(Exception):
    """A failure that the user can understand and act on.

    Args:
        happened: What happened, in one sentence.
        expected: What was expected instead; empty if obvious.
        remedy: What the user can do now; empty if there is nothing to do.
    """

    def __init__(self, happened: str, *, expected: str = "", remedy: str = "") -> None:
        """Store the three sentences, joined as the exception's text."""
        self.happened = happened
        self.expected = expected
        self.remedy = remedy
        super().__init__(" ".join(part for part in (happened, expected, remedy) if part))
