"""Tables for other programs."""

import csv
import io

from digitlab.words.tables import comma_separated, markdown, tab_separated

TABLE = [("Layer", "Output"), ("conv1", "24 × 24"), ('a|b, "c"', "1\n2")]


def test_csv_is_read_back():
    assert [tuple(row) for row in csv.reader(io.StringIO(comma_separated(TABLE), newline=""))] == TABLE


def test_markdown_has_a_rule_below_the_headers_and_escapes_its_bars():
    assert markdown([*TABLE[:2], ("a|b", "1")]) == (
        "| Layer | Output |\n| --- | ---: |\n| conv1 | 24 × 24 |\n| a\\|b | 1 |\n"
    )


def test_tabs_separate_columns():
    assert tab_separated(TABLE[:2]) == "Layer\tOutput\nconv1\t24 × 24"
