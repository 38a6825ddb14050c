"""Good files of other programs, as their first bytes or as small as they can be."""

import gzip
import io
import pickle
import struct
import zipfile
from typing import Final

import numpy as np

from digitlab.system.kinds import Kind


def _zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, b"{}")
    return buffer.getvalue()


def _array() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.zeros((2, 28, 28), np.uint8))
    return buffer.getvalue()


_TABLE: Final = b"label,pixel0,pixel1\n7,0,255\n1,0,0\n"
_PICKLE: Final = pickle.dumps((np.zeros(3), np.ones(3)))

FOREIGN: Final[dict[str, tuple[bytes, Kind]]] = {
    "kaggle.csv": (_TABLE, Kind.TABLE),
    "semicolons.csv": (_TABLE.replace(b",", b";"), Kind.TABLE),
    "tabs.tsv": (_TABLE.replace(b",", b"\t"), Kind.TABLE),
    "bom.csv": (b"\xef\xbb\xbf" + _TABLE, Kind.TABLE),
    "packed.csv.gz": (gzip.compress(_TABLE), Kind.TABLE),
    "images.npy": (_array(), Kind.ARRAY),
    "mnist.pkl": (_PICKLE, Kind.PICKLE),
    "old.pkl": (pickle.dumps([1, 2], protocol=2), Kind.PICKLE),
    "mnist.pkl.gz": (gzip.compress(_PICKLE), Kind.PICKLE),
    "model.h5": (b"\x89HDF\r\n\x1a\n" + bytes(500), Kind.HDF5),
    "model.keras": (_zipped("metadata.json", "config.json", "model.weights.h5"), Kind.KERAS),
    "model.onnx": (b"\x08\x08\x12\x07pytorch\x1a\x052.1.0:\x9e\x01" + bytes(100), Kind.ONNX),
    "model.tflite": (b"\x1c\0\0\0TFL3" + bytes(100), Kind.TFLITE),
    "model.pt": (_zipped("model/data.pkl", "model/version"), Kind.TORCH),
    "digits.mat": (b"MATLAB 5.0 MAT-file, Platform: GLNXA64" + bytes(100), Kind.MATLAB),
    "train.parquet": (b"PAR1" + bytes(100), Kind.PARQUET),
    "film.mp4": (b"\0\0\0\x18ftypisom\0\0\0\0" + bytes(100), Kind.VIDEO),
    "scan.eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n", Kind.POSTSCRIPT),
    "folder.zip": (_zipped("a.png", "b.png"), Kind.ZIP),
    "folder.7z": (b"7z\xbc\xaf\x27\x1c" + bytes(30), Kind.ARCHIVE),
    "other.sqlite": (b"SQLite format 3\0" + bytes(100), Kind.SQLITE),
    "annotations.json": (b'{"word":"7","image":[0,200]}\n', Kind.JSON),
    "download.html": (b"<!DOCTYPE html>\n<html><body>Not found</body></html>", Kind.WEB_PAGE),
    "readme.txt": ("Ein Text, mit Umlauten: ä.\n".encode(), Kind.TEXT),
    "program": (b"\x7fELF\x02\x01\x01" + bytes(100), Kind.PROGRAM),
    "noise.gz": (gzip.compress(b"\xfe\0\1\2" * 30), Kind.GZIP),
}
"""By name: the content, and the kind."""

IDX: Final = gzip.compress(struct.pack(">4I", 0x803, 1, 28, 28) + bytes(784))
"""A single IDX file, which DigitLab reads only with the other three."""
