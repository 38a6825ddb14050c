"""Measure the given subjects, or all, each in a separate process; print a table and write ``build/bench.json``."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.bench.machine import facts, load_now
from tests.bench.results import QUIET_LOAD, Result, put_into_report, read, table, write
from tests.bench.rows import Row
from tests.bench.subjects import SUBJECTS, Subject

RESULT: Final = Path("build") / "bench.json"
REPORT: Final = Path(__file__).with_name("REPORT.md")
_FOLDERS: Final = ("DIGITLAB_DATA", "DIGITLAB_HOME", "DIGITLAB_CONFIG", "DIGITLAB_STATE")
_LAST_WORDS: Final = 300


def main() -> int:
    """Run the command; returns the exit code: 1 if a subject failed."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__,
        epilog="subjects:\n" + "\n".join(f"  {one.name:<12} {one.minutes:4.1f} min  {one.title}" for one in SUBJECTS),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help="what to measure (default: all)")
    parser.add_argument("--list", action="store_true", help="list the subjects and their durations")
    parser.add_argument("--result", type=Path, default=RESULT, metavar="FILE", help="default: %(default)s")
    parser.add_argument("--keep", action="store_true", help="keep the results of other subjects in FILE")
    parser.add_argument("--show", action="store_true", help="print the table of the results in FILE without measuring")
    parser.add_argument("--report", action="store_true", help="insert the table of the results in FILE into the report")
    options = parser.parse_args()
    if options.list:
        print(_list())
        return 0
    if options.show or options.report:
        return _tell(options.result, into_report=options.report)
    known = {subject.name: subject for subject in SUBJECTS}
    if unknown := set(options.subjects) - set(known):
        parser.error(f"no such subject: {', '.join(sorted(unknown))}")
    chosen = [known[name] for name in options.subjects] or SUBJECTS
    kept = read(options.result)[1] if options.keep and options.result.exists() else []
    results = _measure_all(chosen, options.result, [one for one in kept if one.name not in {s.name for s in chosen}])
    print(table(facts(), results))
    print(f"\nwritten to {options.result}")
    return 1 if any(result.failure for result in results) else 0


def _list() -> str:
    lines = [f"{one.name} (about {one.minutes:g} min): {one.title}\n    {one.measures}" for one in SUBJECTS]
    return "\n".join([*lines, f"All together: about {sum(one.minutes for one in SUBJECTS):.0f} min."])


def _tell(path: Path, *, into_report: bool) -> int:
    text = table(*read(path))
    if into_report:
        put_into_report(REPORT, text)
    print(text)
    return 0


def _measure_all(subjects: Sequence[Subject], path: Path, kept: Sequence[Result]) -> list[Result]:
    """Measure one subject after the other, updating the file after each."""
    order = [subject.name for subject in SUBJECTS]
    results = list(kept)
    begun = time.perf_counter()
    for number, subject in enumerate(subjects, 1):
        minutes = (time.perf_counter() - begun) / 60
        _say(f"[{number} of {len(subjects)}, {minutes:.1f} min] {subject.title} (about {subject.minutes:g} min) ...")
        result = _measure(subject)
        results = sorted([*results, result], key=lambda one: order.index(one.name))
        if result.failure:
            _say(f"  FAILED: {result.failure}\n  The other subjects go on.")
        write(facts(), results, path)
    return results


def _measure(subject: Subject) -> Result:
    """Measure a subject in a separate process, away from the user's trainings and digits."""
    load = load_now()
    if load > QUIET_LOAD:
        _say(f"  Others keep {load:.1f} processors busy: the figures will be worse than they should be.")
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="digitlab-bench-") as folder:
        rows = Path(folder) / "rows.jsonl"
        command = [sys.executable, "-m", "tests.bench.run_subject", subject.name, str(rows)]
        code, last_words = _run(command, {**os.environ, **dict.fromkeys(_FOLDERS, folder)})
        seconds = time.perf_counter() - begun
        lines = rows.read_text(encoding="utf-8").splitlines() if rows.exists() else []
        measured = tuple(Row.from_json(json.loads(line)) for line in lines)
    failure = f"exit code {code} after {seconds:.0f} s: {last_words}" if code else ""
    return Result(subject.name, subject.title, measured, seconds, load, failure)


def _run(command: list[str], environment: dict[str, str]) -> tuple[int, str]:
    """Run a command and forward its standard error; return its exit code and the last line of that."""
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace"
    )
    assert process.stderr is not None
    last = ""
    for line in process.stderr:
        sys.stderr.write(line)
        last = line.strip() or last
    return process.wait(), last[:_LAST_WORDS]


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
