"""A verdict as text: which digit a network recognises in a drawing, and how confident it is."""

from digitlab.insight.verdict import Verdict, VerdictKind
from digitlab.words.lists import listed


def verdict_text(verdict: Verdict) -> str:
    """Return a verdict as the text beside the digit: ``confident``, ``probably a 4``, ``not a digit``."""
    match verdict.kind:
        case VerdictKind.EMPTY:
            return "Draw a digit"
        case VerdictKind.CONFIDENT:
            return "confident"
        case VerdictKind.PROBABLE:
            return f"probably {with_article(verdict.digits[0])}"
        case VerdictKind.BETWEEN:
            return f"between {verdict.digits[0]} and {verdict.runner_up}"
        case VerdictKind.UNCERTAIN:
            return "uncertain"
        case VerdictKind.POSSIBLE:
            return f"possibly {with_article(verdict.digits[0])}"
        case VerdictKind.NO_DIGIT:
            return "not a digit"
        case VerdictKind.SEVERAL:
            return f"several digits: {listed(str(digit) for digit in verdict.digits)}"
        case VerdictKind.MANY:
            return "several digits, more than I read"


def with_article(digit: int) -> str:
    """Return a digit with its article: "a 4", "an 8"."""
    return f"{'an' if digit == 8 else 'a'} {digit}"
