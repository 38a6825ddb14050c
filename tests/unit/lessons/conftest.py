"""Lesson files, and a scene with the network of the tutorial and a drawn 5."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from digitlab.lessons.arrangements import ShowDrawing, ShowNetwork
from digitlab.lessons.mistakes import Mistake
from digitlab.lessons.reading.reader import examine
from digitlab.lessons.rehearsal import first_scene


@pytest.fixture(scope="session")
def scene():
    return ShowDrawing(5).apply(ShowNetwork("tutorial").apply(first_scene()))


@dataclass
class Files:
    """Writes the two files of a lesson and reads them."""

    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / "own.md"

    def write(self, texts: str, data: str = "") -> Path:
        self.path.write_text(texts, "utf-8")
        self.path.with_suffix(".yaml").write_text(data, "utf-8")
        return self.path

    def mistakes(self, texts: str, data: str = "") -> list[Mistake]:
        return list(examine(self.write(texts, data)).mistakes)

    def lesson(self, texts: str, data: str = ""):
        read = examine(self.write(texts, data))
        assert [str(mistake) for mistake in read.mistakes] == []
        return read.lesson


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path)
