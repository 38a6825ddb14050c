"""Read changed and hostile files with every reader, and report what fails; ends with 1 if anything does."""

import argparse
import hashlib
import json
import logging
import os
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a process is forked for each file: it must have one thread

from tests.fuzz.cases import outcome_of_case
from tests.fuzz.hostile import CASES
from tests.fuzz.limits import Ending, Outcome, outcome_of
from tests.fuzz.mutations import mutated
from tests.fuzz.readers import READERS, Reader

_KEPT: Final = 200
"""Changed files of a reader that are changed again."""


@dataclass(slots=True)
class _Tally:
    """What came of the files of a reader."""

    endings: Counter[Ending] = field(default_factory=Counter)
    sentences: set[str] = field(default_factory=set)
    worst_cpu_s: float = 0.0
    worst_growth_mb: float = 0.0

    def add(self, outcome: Outcome) -> bool:
        """Count an outcome; returns whether it is a refusal with a sentence that is new."""
        self.endings[outcome.ending] += 1
        self.worst_cpu_s = max(self.worst_cpu_s, outcome.cpu_s)
        self.worst_growth_mb = max(self.worst_growth_mb, outcome.growth_mb)
        sentence = "".join(letter for letter in outcome.text[:120] if not letter.isdigit())
        is_new = outcome.ending is Ending.REFUSED and sentence not in self.sentences
        self.sentences.add(sentence)
        return is_new


def main() -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0, help="how long to change files (default: 1)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the changes (default: the time)")
    parser.add_argument("--reader", action="append", help="only this reader; may be given several times")
    parser.add_argument("--finds", type=Path, default=Path("build/fuzz"), help="where files that fail are kept")
    parser.add_argument("--outcomes", type=Path, help="a file for what came of each hostile file, as JSON")
    parser.add_argument("--verbose", action="store_true", help="print what came of each hostile file")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    readers = [reader for reader in READERS if not options.reader or reader.name in options.reader]
    tallies = {reader.name: _Tally() for reader in readers}
    for reader in READERS:
        reader.seeds()  # made once, and known to all processes
    outcomes: dict[str, tuple[Ending, str]] = {}
    print(f"seed {options.seed}")
    with tempfile.TemporaryDirectory(prefix="digitlab-fuzz-") as folder:
        for name in ("DIGITLAB_HOME", "DIGITLAB_DATA", "DIGITLAB_CONFIG", "DIGITLAB_STATE"):
            os.environ[name] = folder
        for case in CASES:
            if case.reader in tallies:
                outcome = outcome_of_case(case, Path(folder) / "hostile")
                tallies[case.reader].add(outcome)
                outcomes[f"{case.reader}, {case.name}"] = (outcome.ending, outcome.text)
                if options.verbose or not outcome.is_fine:
                    print(f"{case.reader}, {case.name}: {outcome}", flush=True)
        if options.outcomes:
            options.outcomes.write_text(json.dumps(outcomes))
        _fuzz(readers, tallies, options.minutes * 60, random.Random(options.seed), Path(folder), options.finds)
    _report(tallies)
    return int(any(tally.endings.keys() - {Ending.RESULT, Ending.REFUSED} for tally in tallies.values()))


def _fuzz(
    readers: list[Reader],
    tallies: dict[str, _Tally],
    seconds: float,
    random_: random.Random,
    folder: Path,
    finds: Path,
) -> None:
    pools = {reader.name: list(reader.seeds()) for reader in readers}
    every = [content for pool in pools.values() for content in pool]
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for number, reader in enumerate(readers):
            pool = pools[reader.name]
            content = mutated(random_.choice(pool), pool if random_.random() < 0.9 else every, random_)
            case = folder / str(number)
            case.mkdir(exist_ok=True)
            for old in case.iterdir():
                old.unlink()
            (case / reader.file_name).write_bytes(content)
            outcome = outcome_of(reader.read, case / reader.file_name)
            if tallies[reader.name].add(outcome) and len(pool) < _KEPT and len(content) < 100_000:
                pool.append(content)
            if not outcome.is_fine:
                _keep(finds, reader, content, outcome)


def _keep(finds: Path, reader: Reader, content: bytes, outcome: Outcome) -> None:
    finds.mkdir(parents=True, exist_ok=True)
    path = finds / f"{reader.name.replace(' ', '-')}-{hashlib.sha256(content).hexdigest()[:12]}"
    path.write_bytes(content)
    path.with_suffix(".txt").write_text(str(outcome.text))
    print(f"FAILED {reader.name}: {outcome.ending}, {outcome.cpu_s:.1f} s, {outcome.growth_mb:.0f} MB: {path}")
    print("    " + outcome.text.strip().splitlines()[-1][:200], flush=True)


def _report(tallies: dict[str, _Tally]) -> None:
    columns = (("results", 9), ("refused", 9), ("failures", 10), ("max s", 8), ("max MB", 8), ("sentences", 11))
    print(f"{'reader':<16}{'cases':>8}" + "".join(f"{name:>{width}}" for name, width in columns))
    for name, tally in tallies.items():
        cases, fine = tally.endings.total(), tally.endings[Ending.RESULT] + tally.endings[Ending.REFUSED]
        print(
            f"{name:<16}{cases:>8}{tally.endings[Ending.RESULT]:>9}{tally.endings[Ending.REFUSED]:>9}{cases - fine:>10}"
            f"{tally.worst_cpu_s:>8.2f}{tally.worst_growth_mb:>8.0f}{len(tally.sentences):>11}"
        )
    cases = sum(tally.endings.total() for tally in tallies.values())
    fine = sum(tally.endings[Ending.RESULT] + tally.endings[Ending.REFUSED] for tally in tallies.values())
    print(f"{cases:,} cases, failures {cases - fine}")


if __name__ == "__main__":
    sys.exit(main())
