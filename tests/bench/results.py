"""The results of the bench: as JSON, as a table, and in the report."""

import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.bench.rows import Row

WIDTH: Final = 160
_NAME_WIDTH: Final = 56
_HEADER: Final = ("what", "measured", "reference", "ratio", "goal", "", "the reference is")
_INDENT: Final = "      "

QUIET_LOAD: Final = 0.5
"""Maximum number of processors that other programs may keep busy before a reliable measurement."""

_BEGIN, _END = "<!-- results: begin -->", "<!-- results: end -->"


@dataclass(frozen=True, slots=True)
class Result:
    """The results of one subject.

    Attributes:
        name: The subject.
        title: Its title.
        rows: The measurements; after a failure, those before it.
        seconds: Duration.
        load: Number of processors that other programs kept busy just before.
        failure: The failure, or empty.
    """

    name: str
    title: str
    rows: tuple[Row, ...]
    seconds: float
    load: float
    failure: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the result for the file."""
        return {
            "name": self.name,
            "title": self.title,
            "seconds": round(self.seconds, 1),
            "load_before": round(self.load, 2),
            "failure": self.failure,
            "rows": [row.as_json() for row in self.rows],
        }

    @staticmethod
    def from_json(values: dict[str, Any]) -> "Result":
        """Return what ``as_json`` wrote."""
        rows = tuple(Row.from_json(row) for row in values["rows"])
        return Result(
            values["name"], values["title"], rows, values["seconds"], values["load_before"], values["failure"]
        )


def write(machine: dict[str, Any], results: Sequence[Result], path: Path) -> None:
    """Write the results and a description of the machine as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"machine": machine, "subjects": [result.as_json() for result in results]}
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def read(path: Path) -> tuple[dict[str, Any], list[Result]]:
    """Read a file that ``write`` wrote."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return content["machine"], [Result.from_json(result) for result in content["subjects"]]


def table(machine: dict[str, Any], results: Sequence[Result]) -> str:
    """Return all rows by subject as text of 160 columns, below a description of the machine."""
    cells = {result.name: [_cells(row) for row in result.rows] for result in results}
    every = [_HEADER, *(line for lines in cells.values() for line in lines)]
    widths = [max(len(line[column]) for line in every) for column in range(len(_HEADER) - 1)]
    widths[0] = min(widths[0], _NAME_WIDTH)
    lines = [*_facts(machine, results), "", *_lines(_HEADER, widths)]
    for result in results:
        lines += ["", f"{result.title} ({result.seconds / 60:.1f} min)"]
        for row, texts in zip(result.rows, cells[result.name], strict=True):
            lines += _lines(texts, widths)
            if row.is_reached is False:
                lines += _wrapped(row.obstacle or "No obstacle was measured.")
        if result.failure:
            lines += _wrapped(f"FAILED: {result.failure}")
    return "\n".join(lines)


def put_into_report(report: Path, text: str) -> None:
    """Replace the table in the report."""
    content = report.read_text(encoding="utf-8")
    before, rest = content.split(_BEGIN)
    _, after = rest.split(_END)
    report.write_text(f"{before}{_BEGIN}\n```text\n{text}\n```\n{_END}{after}", encoding="utf-8")


def _facts(machine: dict[str, Any], results: Sequence[Result]) -> Iterator[str]:
    memory = f", {machine['memory_gb']} GB" if machine["memory_gb"] else ""
    yield f"{machine['cpus']} x {machine['processor']}{memory}, {machine['system']}, Python {machine['python']}"
    rows = [row for result in results for row in result.rows]
    goals = [row for row in rows if row.is_reached is not None]
    reached = sum(bool(row.is_reached) for row in goals)
    minutes = sum(result.seconds for result in results) / 60
    yield f"{len(rows)} rows; {reached} of {len(goals)} goals reached; {minutes:.0f} min."
    if busy := [f"{result.name} ({result.load:.1f})" for result in results if result.load > QUIET_LOAD]:
        yield from textwrap.wrap(
            f"BUSY: other programs kept more than {QUIET_LOAD} processors busy just before {', '.join(busy)}.", WIDTH
        )


def _lines(texts: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Return a row of the table; the first cell and the last one are wrapped."""
    middle = "  ".join(text.rjust(width) for text, width in zip(texts[1:-1], widths[1:], strict=True))
    space = WIDTH - widths[0] - len(middle) - 6
    names, lasts = textwrap.wrap(texts[0], widths[0], subsequent_indent="  "), textwrap.wrap(texts[-1], space)
    lines = []
    for number in range(max(len(names), len(lasts))):
        name = names[number] if number < len(names) else ""
        last = lasts[number] if number < len(lasts) else ""
        lines.append(
            f"{name.ljust(widths[0])}  {'' if number else middle}{' ' * len(middle) if number else ''}  {last}"
        )
    return [f"  {line}".rstrip() for line in lines]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}" if abs(value) < 1 else f"{value:.2f}"


def _cells(row: Row) -> tuple[str, ...]:
    unit = f" {row.unit}" if row.unit else ""
    reference = "" if row.reference is None else f"{_number(row.reference)}{unit}"
    goal = "" if row.goal is None else f"<= {row.goal:.3g}{' x' if row.is_ratio_goal else unit}"
    reached = {True: "reached", False: "MISSED", None: ""}[row.is_reached]
    ratio = "" if row.ratio is None else f"{row.ratio:.3g}" if row.ratio < 100 else f"{row.ratio:,.0f}"
    return (row.name, f"{_number(row.measured)}{unit}", reference, ratio, goal, reached, row.reference_name)
