"""What a file is, by its first bytes, so that a good file of another kind is not called damaged."""

import codecs
import re
import zlib
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import zipfile

READABLE: Final = (
    "DigitLab opens networks and runs (.digitlab, .digitlab-run), pictures (PNG, JPEG, BMP, GIF, TIFF, WebP, PNM, "
    "HEIC, AVIF, SVG, the first page of a PDF), drawings (.jsonl, .jsonl.gz, .ndjson), digits for training (.npz, "
    "or a folder with the four IDX files of MNIST) and lessons (.md, .yaml)."
)
"""What DigitLab can open."""

_SAVE_AS_NPZ: Final = (
    'Load it with Python and save its digits with numpy.savez("digits.npz", x_train=..., y_train=..., x_test=..., '
    "y_test=...): images of 28x28 pixels as uint8, labels from 0 to 9."
)
_REBUILD: Final = (
    "Networks of other programs can contain code, so DigitLab opens only its own. Build the same layers under Network, "
    "and train them here."
)
_UNPACK: Final = "Unpack it, and open what is in it."
TO_PNG: Final = "Save it as a PNG or JPEG picture, and open that."
"""What to do with a picture or document that cannot be read."""

_AS_PICTURE: Final = "Open it in the window, or classify it with digitlab predict."
_AS_NETWORK: Final = "Its name must end in .digitlab; open it with File > Open, or name it as the model of a command."
_AS_DATASET: Final = "Its name must end in .npz; open it with File > Open, or name it after --data."


class Kind(Enum):
    """A kind of file: its name with the article, what to do with it, and whether DigitLab can read it.

    Attributes:
        label: Its name, with the article.
        remedy: What to do with it.
        is_readable: Whether DigitLab reads it somewhere.
    """

    PICTURE = ("a picture", _AS_PICTURE, True)
    HEIF = ("a HEIC photo", _AS_PICTURE, True)
    AVIF = ("an AVIF picture", _AS_PICTURE, True)
    PDF = ("a PDF document", _AS_PICTURE, True)
    SVG = ("an SVG drawing", _AS_PICTURE, True)
    NETWORK = ("a network of DigitLab (.digitlab)", _AS_NETWORK, True)
    RUN = ("a run of DigitLab (.digitlab-run)", "Its name must end in .digitlab-run; open it with File > Open.", True)
    OWN_DIGITS = ("DigitLab's file of your own digits", "They are under My digits; export them from there.", True)
    ARRAYS = ("a file of NumPy arrays (.npz)", _AS_DATASET, True)
    IDX = ("a file of IDX data, as of MNIST", "Choose the folder that contains all four IDX files of MNIST.", True)
    DRAWINGS = (
        "a file of drawings",
        "Its name must end in .jsonl, .jsonl.gz or .ndjson; rename it, then open it again.",
        True,
    )

    EMPTY = ("an empty file", "Copy or download it again, or open another one.", True)
    ARRAY = ("a single NumPy array (.npy)", _SAVE_AS_NPZ, False)
    PICKLE = (
        "a pickle of Python",
        "Pickles can run code, so DigitLab never opens them. If you trust it: " + _SAVE_AS_NPZ,
        False,
    )
    TABLE = ("a table of comma-separated values (CSV)", _SAVE_AS_NPZ, False)
    KERAS = ("a Keras model (.keras)", _REBUILD, False)
    HDF5 = ("an HDF5 file, as Keras writes (.h5)", _REBUILD, False)
    ONNX = ("an ONNX model", _REBUILD, False)
    TFLITE = ("a LiteRT model (.tflite)", _REBUILD, False)
    TORCH = ("a PyTorch model", _REBUILD, False)
    MATLAB = ("a MATLAB file (.mat)", _SAVE_AS_NPZ, False)
    PARQUET = ("a Parquet table", _SAVE_AS_NPZ, False)
    SQLITE = ("an SQLite database", "Open another file.", False)
    VIDEO = ("a video", TO_PNG, False)
    POSTSCRIPT = ("a PostScript document", TO_PNG, False)
    PSD = ("a Photoshop document", TO_PNG, False)
    ZIP = ("a zip archive", _UNPACK, False)
    ARCHIVE = ("an archive", _UNPACK, False)
    GZIP = ("a file compressed with gzip", _UNPACK, False)
    JSON = ("a JSON text", 'Drawings are lines like {"label": 3, "strokes": [[[0.1, 0.2], [0.3, 0.4]]]}.', False)
    WEB_PAGE = ("a web page", "The download may have failed; download the file itself.", False)
    TEXT = ("a text", "Open another file.", False)
    PROGRAM = ("a program", "Open another file.", False)

    def __init__(self, label: str, remedy: str, is_readable: bool) -> None:
        """Store the parts of the value."""
        self.label = label
        self.remedy = remedy
        self.is_readable = is_readable


_MAGIC: Final[tuple[tuple[str, Kind], ...]] = (
    (r"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|II\*\0|MM\0\*|RIFF.{4}WEBP", Kind.PICTURE),
    (r"BM.{12}[\x0c\x28\x38\x6c\x7c]\0\0\0", Kind.PICTURE),
    (r"P[1-6][ \t\r\n#]", Kind.PICTURE),
    (r"\x93NUMPY", Kind.ARRAY),
    (r"\x89HDF\r\n\x1a\n", Kind.HDF5),
    (r"SQLite format 3\0.{52}DLRU", Kind.RUN),
    (r"SQLite format 3\0.{52}DLMD", Kind.OWN_DIGITS),
    (r"SQLite format 3\0", Kind.SQLITE),
    (r"\0\0\x08[\x01\x03]", Kind.IDX),
    (r"\x80[\x02-\x05](?:[\x95cq}\](\x8c]|.$)", Kind.PICKLE),
    (r"MATLAB 5\.0", Kind.MATLAB),
    (r"PAR1", Kind.PARQUET),
    (r".{4}TFL3", Kind.TFLITE),
    (r"\x08[\x01-\x20](?:\x12|:|B|\x1a|\x22)", Kind.ONNX),
    (r".{4}ftyp(?:.{4}){0,16}avi[fs]", Kind.AVIF),
    (r".{4}ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1)", Kind.HEIF),
    (r".{4}ftyp|\x1aE\xdf\xa3|RIFF.{4}AVI ", Kind.VIDEO),
    (r"%PDF-", Kind.PDF),
    (r"%!PS|\xc5\xd0\xd3\xc6", Kind.POSTSCRIPT),
    (r"8BPS", Kind.PSD),
    (r"7z\xbc\xaf\x27\x1c|Rar!|\xfd7zXZ\0|BZh[1-9]|\x28\xb5\x2f\xfd|.{257}ustar", Kind.ARCHIVE),
    (r"\x7fELF|MZ.{58}|\xcf\xfa\xed\xfe|#!", Kind.PROGRAM),
)
"""Patterns of the first bytes; the first that fits decides (https://en.wikipedia.org/wiki/List_of_file_signatures, and
for SQLite's application id https://www.sqlite.org/fileformat.html)."""

_ZIP: Final = b"PK\x03\x04"
_GZIP: Final = b"\x1f\x8b"

_TEXTS: Final[tuple[tuple[str, Kind], ...]] = (
    (r'\s*\{[^\n]*"(?:strokes|drawing)"\s*:', Kind.DRAWINGS),
    (
        # Atomic, so that many comments take no time.
        r"\s*(?>(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE svg\b[^>\[]*(?:\[.*?\]\s*)?>)\s*)*+<(?:svg:)?svg\b",
        Kind.SVG,
    ),
    (r"\s*<(?:!doctype html|html|head|body)\b", Kind.WEB_PAGE),
    (r"\s*[\[{]", Kind.JSON),
    (r"[^\n]*?([,;\t])[^\n]*\1[^\n]*\n[^\n]*\1[^\n]*\1", Kind.TABLE),
)
_ENDS: Final[tuple[tuple[frozenset[str], Kind], ...]] = (
    (frozenset({"model.json"}), Kind.NETWORK),
    (frozenset({"weights.npz"}), Kind.NETWORK),
    (frozenset({"config.json", "model.weights.h5"}), Kind.KERAS),
)
"""Members of a zip that show what it is."""


def recognise(head: bytes, opened_as_zip: Callable[[], "zipfile.ZipFile"]) -> Kind | None:
    """Return what a file is.

    Args:
        head: Its first bytes.
        opened_as_zip: Opens the file as a zip, within limits.

    Returns:
        The kind, or None if it is unknown.
    """
    if not head:
        return Kind.EMPTY
    if head.startswith(_ZIP):
        return _kind_of_zip(opened_as_zip)
    if head.startswith(_GZIP):
        return _kind_of_gzip(head)
    return _kind_of_bytes(head)


def _kind_of_bytes(head: bytes) -> Kind | None:
    # Compiled here, because files are rarely refused, and every start would wait for it.
    found = (kind for pattern, kind in _MAGIC if re.match(pattern.encode("latin-1"), head, re.DOTALL))
    return next(found, None) or _kind_of_text(head)


def _kind_of_text(head: bytes) -> Kind | None:
    try:
        # Incrementally, because the last character may be cut.
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(head)
    except UnicodeDecodeError:
        return None
    if any(ord(letter) < 32 and letter not in "\t\n\r\f" for letter in text):
        return None
    found = (kind for pattern, kind in _TEXTS if re.match(pattern, text, re.DOTALL | re.IGNORECASE))
    return next(found, Kind.TEXT)


def _kind_of_gzip(head: bytes) -> Kind | None:
    try:
        inner = zlib.decompressobj(wbits=31).decompress(head, len(head))
    except zlib.error:
        return None
    return (_kind_of_bytes(inner) or Kind.GZIP) if inner else None


def _kind_of_zip(opened_as_zip: Callable[[], "zipfile.ZipFile"]) -> Kind | None:
    """Return the kind by the members' names; None if the zip is damaged."""
    try:
        with opened_as_zip() as archive:
            names = frozenset(archive.namelist())
    except Exception:  # noqa: BLE001 - a damaged zip can raise anything, and is not recognised
        return None
    for members, kind in _ENDS:
        if members <= names:
            return kind
    if names and all(name.endswith(".npy") for name in names):
        return Kind.ARRAYS
    return Kind.TORCH if any(name.endswith("/data.pkl") for name in names) else Kind.ZIP
