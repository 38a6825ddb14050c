"""The data to train and evaluate the pen network on: MNIST, pen digits and letters by writer and site."""

import gzip
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from forms import form_of
from numpy.typing import NDArray

from digitlab.data.dataset import Dataset
from digitlab.data.drawing.strokes import Drawing
from digitlab.data.files.drawings_file import read_drawings
from digitlab.data.files.mnist import read_mnist

SEED: Final = 1

UCI: Final = "uci"
"""The site of the pen digits of the UCI repository: one laboratory."""

OMNIGLOT: Final = "omniglot"
"""The site of Omniglot's letters."""

HELD_OUT_SITES: Final = (
    frozenset({"syn", "sie", "lav"}),
    frozenset({UCI, "mot"}),
    frozenset({"ced", "cea", "ceb", "art", "kai"}),
    frozenset({"gmd", "tos", "aga", "imp", "lou"}),
)
"""The sites that each fold holds out; some contributed letters only."""

FOLDS: Final = len(HELD_OUT_SITES)

HELD_OUT_ALPHABETS: Final = ("Greek", "Japanese_(katakana)", "Latin", None)
"""The alphabet of Omniglot that each fold holds out."""

_UCI_PARTS: Final = (0, None, 1, 2)
"""Which third of UCI's writers a fold holds out, where it does not hold out all of them."""

MNIST_HELD_OUT: Final = 5_000
"""The last training digits of MNIST, which the folds hold out in place of its test digits."""

FEW_DIGITS: Final = 60
"""Writers with fewer digits count double, so that a site with a few busy writers does not outweigh many hands."""

FORM_COUNT: Final = 500
MOST_REPEATS: Final = 6
"""The digits of a named form are repeated up to about ``FORM_COUNT`` of that form, but not more often than this."""

OMNIGLOT_WEIGHT: Final = 2
"""How often Omniglot's letters are repeated, beside UNIPEN's, of which there are more."""

_LATIN_LOOK_ALIKES: Final = frozenset("bgiloqszIOSZ")

_OMNIGLOT_LOOK_ALIKES: Final = frozenset(
    [
        *(f"Latin/character{number:02d}" for number in (2, 7, 9, 12, 15, 17, 19, 26)),
        *(f"Greek/character{number:02d}" for number in (4, 9, 15)),
        *(f"Japanese_(katakana)/character{number:02d}" for number in (24, 27)),
    ]
)

LOOK_ALIKES: Final = _LATIN_LOOK_ALIKES | _OMNIGLOT_LOOK_ALIKES
"""Letters that look like digits: Latin b g i l o q s z and capital I O S Z; of Omniglot, Latin b g i l o q s z, Greek
delta iota omicron, katakana no and fu.

They are not used as examples of "no digit", which would make the network reject zeros, ones and sevens."""


@dataclass(frozen=True, slots=True, eq=False)
class Tagged:
    """A drawing, and who wrote it where.

    Attributes:
        drawing: The strokes; without a label if it is not a digit.
        site: Where it was collected: a site of UNIPEN, ``UCI`` or ``OMNIGLOT``.
        writer: Number of the writer at the source.
        character: The letter, or alphabet and character in Omniglot; empty for a digit.
    """

    drawing: Drawing
    site: str
    writer: int
    character: str = ""

    @property
    def looks_like_a_digit(self) -> bool:
        """Whether it is a letter that looks like a digit."""
        return self.character in LOOK_ALIKES

    def is_held_out(self, fold: int) -> bool:
        """Return whether a fold, 0..3, holds it out."""
        if self.site in HELD_OUT_SITES[fold]:
            return True
        if self.site == OMNIGLOT:
            return self.character.partition("/")[0] == HELD_OUT_ALPHABETS[fold]
        return self.site == UCI and self.writer % 3 == _UCI_PARTS[fold]


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """All data.

    Attributes:
        mnist: Training and test images.
        digits: Pen digits, without those whose labels are wrong.
        letters: Letters, the examples of what is not a digit.
    """

    mnist: Dataset
    digits: tuple[Tagged, ...]
    letters: tuple[Tagged, ...]

    def split(self, fold: int | None) -> "Split":
        """Return the training data and the held-out data of a fold.

        Args:
            fold: 0..3 holds out sites, writers, an alphabet and the last of MNIST's training digits; its dataset has
                these in place of the test digits. None trains on everything but MNIST's test digits.
        """
        held_digits = [fold is not None and digit.is_held_out(fold) for digit in self.digits]
        held_letters = [fold is not None and letter.is_held_out(fold) for letter in self.letters]
        digits = [digit for digit, out in zip(self.digits, held_digits, strict=True) if not out]
        letters = [
            letter
            for letter, out in zip(self.letters, held_letters, strict=True)
            if not out and not letter.looks_like_a_digit
        ]
        weights = _weights(digits)
        drawings = [one.drawing for one, weight in zip(digits, weights, strict=True) for _ in range(weight)]
        drawings += [one.drawing for one in letters for _ in range(OMNIGLOT_WEIGHT if one.site == OMNIGLOT else 1)]
        train, test = self.mnist.train, self.mnist.test
        if fold is not None:
            train, test = train.subset(slice(-MNIST_HELD_OUT)), train.subset(slice(-MNIST_HELD_OUT, None))
        return Split(
            Dataset("MNIST and pen strokes", train, test, tuple(drawings)),
            np.flatnonzero(held_digits),
            np.flatnonzero(held_letters),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """One fold.

    Attributes:
        dataset: The training data; its test digits are held out.
        digits: Indices of the held-out pen digits.
        letters: Indices of the held-out letters.
    """

    dataset: Dataset
    digits: NDArray[np.intp]
    letters: NDArray[np.intp]


def _weights(digits: Sequence[Tagged]) -> list[int]:
    """Return how often each digit is repeated: rare forms, and the digits of writers who wrote few."""
    counts = Counter((digit.site, digit.writer) for digit in digits)
    forms = [form_of(digit.drawing) for digit in digits]
    form_counts = Counter(forms)
    repeats = {form: min(-(-FORM_COUNT // count), MOST_REPEATS) for form, count in form_counts.items() if form}
    return [
        repeats.get(form, 1) * (2 if counts[digit.site, digit.writer] < FEW_DIGITS else 1)
        for digit, form in zip(digits, forms, strict=True)
    ]


def read_material(mnist: Path, digits: Sequence[Path], letters: Sequence[Path], faults: Path) -> Material:
    """Read all files.

    Args:
        mnist: MNIST as an npz file or a folder.
        digits: Files of drawings with ``label``, ``writer`` and ``site``; without a site they are UCI's.
        letters: Files of drawings with ``writer``, ``character`` and ``site``; without a site they are Omniglot's.
        faults: List of the digits to leave out.

    Raises:
        DigitLabError: If a file cannot be read.
    """
    wrong = {(fault["file"], fault["line"]) for fault in json.loads(faults.read_text("utf-8"))}
    kept = [one for path in digits for line, one in enumerate(_tagged(path, UCI), 1) if (path.name, line) not in wrong]
    return Material(read_mnist(mnist), tuple(kept), tuple(one for path in letters for one in _tagged(path, OMNIGLOT)))


def _tagged(path: Path, site: str) -> list[Tagged]:
    drawings: Sequence[Drawing] = read_drawings(path)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        tags = [json.loads(line) for line in lines if line.strip()]
    return [
        Tagged(drawing, str(tag.get("site", site)), int(tag["writer"]), str(tag.get("character", "")))
        for drawing, tag in zip(drawings, tags, strict=True)
    ]
