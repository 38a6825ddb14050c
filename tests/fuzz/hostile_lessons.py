"""Hostile lesson files."""

from typing import Final

from tests.fuzz.cases import of_bytes

_BOMB: Final = b"a: &a [x, x]\n" + b"".join(
    b"%c: &%c [*%c, *%c]\n" % (letter + 1, letter + 1, letter, letter) for letter in range(ord("a"), ord("p"))
)

LESSONS: Final = (
    of_bytes("lesson texts", "thousands of steps", lambda: b"# T\n" + b"## s\nx\n" * 12_000, is_good=True),
    of_bytes("lesson texts", "thousands of parts", lambda: b"# T\n## s\n" + b"### p\n" * 16_000, is_good=True),
    of_bytes("lesson texts", "open braces", lambda: b"# T\n## s\n" + b"{{" * 49_000, is_good=True),
    of_bytes("lesson texts", "open dollar signs", lambda: b"# T\n## s\n" + b"$$x" * 33_000, is_good=True),
    of_bytes("lesson texts", "a sign over two lines", lambda: b"# T\n## s\n{$$a\nb$$ {", is_good=True),
    of_bytes(
        "lesson texts",
        "a deep expression",
        lambda: b"# T\n## s\n{{" + b"(" * 190 + b"1" + b")" * 190 + b"}}",
        is_good=True,
    ),
    of_bytes("lesson texts", "a large power", lambda: b"# T\n## s\n{{9**9**9**9}}", is_good=True),
    of_bytes(
        "lesson texts", "a long product", lambda: b"# T\n## s\n{{" + b"*".join([b"9" * 12] * 23) + b"}}", is_good=True
    ),
    of_bytes("lesson texts", "formulas without end", lambda: b"# T\n## s\n$" + b"{" * 900 + b"$", is_good=True),
    of_bytes("lesson data", "an alias bomb", lambda: _BOMB, is_good=True),
    of_bytes("lesson data", "deep brackets", lambda: b"[" * 90_000, is_good=True),
    of_bytes("lesson data", "many entries", lambda: b"{" + b"a: b, " * 16_000 + b"}", is_good=True),
    of_bytes("lesson data", "a Python object", lambda: b"steps: !!python/object/apply:os.system [ls]", is_good=True),
    of_bytes("lesson data", "a long name", lambda: b"a" * 90_000 + b": b\n", is_good=True),
    of_bytes("lesson data", "a long text", lambda: b"steps: " + b"a " * 45_000, is_good=True),
    of_bytes("lesson data", "numbers in base 60", lambda: b"steps: 1" + b":59" * 30_000, is_good=True),
)
