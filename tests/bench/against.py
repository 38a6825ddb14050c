"""Compares another checkout with this one: ``python -m tests.bench.against ../older start pen --rounds 3``.

Both are measured in turn, subject by subject, so that a machine that gets slower meanwhile slows both. Rows are matched
by their place within the subject. A row is called worse only if it is worse in every round and by more than the rounds
of the other checkout differ among themselves.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.results import read
from tests.bench.rows import Row, median

HERE: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Pair:
    """One row in both checkouts.

    Attributes:
        name: What was measured.
        unit: Its unit.
        older: Its value in each round, in the other checkout.
        newer: Its value in each round, in this checkout.
    """

    name: str
    unit: str
    older: tuple[float, ...]
    newer: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The median of the ratios, this checkout to the other, round by round."""
        return median([new / old for old, new in zip(self.older, self.newer, strict=True) if old])

    @property
    def noise(self) -> float:
        """How far the other checkout's rounds lie apart, as a ratio of the largest to the smallest."""
        return max(self.older) / min(self.older) if min(self.older) > 0 else float("inf")

    @property
    def is_worse(self) -> bool:
        """Whether this checkout is worse by more than the noise."""
        always = all(new > old for old, new in zip(self.older, self.newer, strict=True))
        return always and self.ratio > self.noise


def main() -> int:
    """Measure and print; returns 1 if a row is worse."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.against", description=__doc__)
    parser.add_argument("other", type=Path, help="another checkout, for example a worktree of an older commit")
    parser.add_argument("subjects", nargs="+", metavar="SUBJECT", help="see python -m tests.bench --list")
    parser.add_argument("--rounds", type=int, default=3, help="default: %(default)s")
    options = parser.parse_args()
    pairs: list[Pair] = []
    for subject in options.subjects:
        rounds = []
        for number in range(options.rounds):
            order = [options.other, HERE] if number % 2 == 0 else [HERE, options.other]
            measured = {folder: _measure(folder, subject) for folder in order}
            rounds.append((measured[options.other], measured[HERE]))
            print(f"{subject}: round {number + 1} of {options.rounds}", file=sys.stderr, flush=True)
        pairs += _pairs(rounds)
    print(table(pairs))
    return 1 if any(pair.is_worse for pair in pairs) else 0


def _measure(folder: Path, subject: str) -> tuple[Row, ...]:
    with tempfile.TemporaryDirectory(prefix="digitlab-against-") as results:
        path = Path(results) / "bench.json"
        command = [sys.executable, "-m", "tests.bench", subject, "--result", str(path)]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return read(path)[1][0].rows


def _pairs(rounds: Sequence[tuple[tuple[Row, ...], tuple[Row, ...]]]) -> list[Pair]:
    """Return the rows that both checkouts have, by their place."""
    count = min(min(len(older), len(newer)) for older, newer in rounds)
    return [
        Pair(
            rounds[0][1][place].name,
            rounds[0][1][place].unit,
            tuple(older[place].measured for older, _ in rounds),
            tuple(newer[place].measured for _, newer in rounds),
        )
        for place in range(count)
    ]


def table(pairs: Sequence[Pair]) -> str:
    """Return the pairs as text: medians, the ratio, and the range of each checkout's rounds."""
    width = max(len(pair.name) for pair in pairs)
    lines = [f"{'what':<{width}}  {'older':>9}  {'newer':>9}  ratio  older's rounds, newer's rounds"]
    for pair in pairs:
        spans = ", ".join(f"{min(values):.4g} to {max(values):.4g}" for values in (pair.older, pair.newer))
        values = f"{median(pair.older):>9.4g}  {median(pair.newer):>9.4g}  {pair.ratio:>5.2f}"
        lines.append(f"{pair.name:<{width}}  {values}  {spans} {pair.unit}{'  WORSE' if pair.is_worse else ''}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
