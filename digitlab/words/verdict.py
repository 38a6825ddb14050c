"""A verdict as text: which digit a network recognises in a drawing, and how confident it is."""

from digitlab.data.classes import DIGITS, Classes
from digitlab.insight.verdict import Verdict, VerdictKind
from digitlab.words.lists import listed


def verdict_text(verdict: Verdict, classes: Classes = DIGITS) -> str:
    """Return a verdict as the text beside the digit: ``confident``, ``probably a 4``, ``not a digit``."""
    match verdict.kind:
        case VerdictKind.EMPTY:
            return f"Draw {classes.with_article}"
        case VerdictKind.CONFIDENT:
            return "confident"
        case VerdictKind.PROBABLE:
            return f"probably {named(verdict.digits[0], classes)}"
        case VerdictKind.BETWEEN:
            return "between " + " and ".join(
                classes.name(one) for one in (*verdict.digits, verdict.runner_up) if one is not None
            )
        case VerdictKind.UNCERTAIN:
            return "uncertain"
        case VerdictKind.POSSIBLE:
            return f"possibly {named(verdict.digits[0], classes)}"
        case VerdictKind.NO_DIGIT:
            return "not a digit" if classes.are_digits else "none of the classes"
        case VerdictKind.SEVERAL:
            return f"several digits: {listed(str(digit) for digit in verdict.digits)}"
        case VerdictKind.MANY:
            return "several digits, more than I read"


def named(label: int, classes: Classes) -> str:
    """Return a class within a sentence: a digit with its article, others by their name alone."""
    return with_article(label) if classes.are_digits else classes.name(label)


def with_article(digit: int) -> str:
    """Return a digit with its article: "a 4", "an 8"."""
    return f"{'an' if digit == 8 else 'a'} {digit}"
