"""Pictures from files and arrays, through Pillow, bounded before anything is decoded."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from simplecell.errors import DataError, FileError, SimplecellError, message

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS: Final = 64_000_000
_FORMATS: Final = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")
_OPENING: Final = threading.Lock()
"""Held while warnings are set for a moment: their settings belong to the whole process."""


def opened(given: Any, channels: int) -> Image:
    """Return a file, a PIL picture or a uint8 array as a PIL picture in mode "L" (1 channel) or "RGB" (3).

    Raises: DataError for what is not a picture or has more than 64 million pixels; FileError for an unreadable file.
    """
    from PIL import Image

    if isinstance(given, Image.Image):
        return _flat(given, "picture", channels)
    if isinstance(given, str | os.PathLike):
        return _from_file(os.fspath(given), channels)
    if isinstance(given, np.ndarray):
        return _flat(_from_array(given), "picture", channels)
    raise DataError(
        message(
            "picture",
            f"a {type(given).__name__} is not one.",
            remedies=["a path", "a PIL picture", "a uint8 array (h, w, 3) or (h, w)", "a list of these"],
        )
    )


def look(path: str) -> tuple[int, int, int]:
    """Decode a file for a look: (channels, height, width), 1 channel where it is black and white or gray.

    Raises: as `opened`.
    """
    with _opened_file(path) as picture:
        upright = _flat(picture, path, 3)
        gray = picture.mode in ("1", "L", "LA", "La") or picture.mode.startswith("I")
        return 1 if gray else 3, upright.height, upright.width


def resized(picture: Image, width: int, height: int, how: str) -> Image:
    """Return the picture in another size: by "box" averages or "bilinear" weights over what each pixel covers."""
    from PIL import Image

    if picture.size == (width, height):
        return picture
    return picture.resize((width, height), Image.Resampling[how.upper()])


def _from_file(path: str, channels: int) -> Image:
    with _opened_file(path) as picture:
        return _flat(picture, path, channels)


@contextmanager
def _opened_file(path: str) -> Iterator[Image]:
    """A file as a picture that is decoded when it is used, with every failure said as one of ours."""
    from PIL import Image

    try:
        with open(path, "rb") as file:
            with _OPENING, warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                picture = Image.open(file, formats=_FORMATS)
            with picture:
                yield picture
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as cause:
        raise DataError(f"{path}: {cause}; at most {MOST_PIXELS:,} pixels are read") from cause
    except Image.UnidentifiedImageError as cause:
        raise DataError(f"{path}: not a picture in one of {', '.join(_FORMATS)}") from cause
    except SimplecellError:
        raise
    except Exception as cause:
        if isinstance(cause, OSError) and cause.errno is not None:
            raise FileError(f"{path}: cannot be read: {cause.strerror}") from cause
        raise DataError(f"{path}: a damaged picture: {cause}") from cause


def _from_array(array: NDArray[Any]) -> Image:
    from PIL import Image

    shape = "x".join(map(str, array.shape))
    if array.dtype != np.uint8:
        remedies = ["uint8 from 0 to 255", "float arrays of the network's own (c, h, w)"]
        raise DataError(message("picture", f"an array of {array.dtype} ({shape}).", remedies=remedies))
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim == 3 and array.shape[0] in (1, 3) and array.shape[2] not in (3, 4):
        raise DataError(message("picture", f"{shape} is (c, h, w).", remedies=["array.transpose(1, 2, 0)"]))
    if not array.size or not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))):
        raise DataError(f"picture: a uint8 array of {shape}; (h, w), (h, w, 3) or (h, w, 4) is needed")
    return Image.fromarray(np.ascontiguousarray(array))


def _flat(picture: Image, place: str, channels: int) -> Image:
    """Return the picture upright, on white paper, in mode "L" or "RGB"."""
    from PIL import Image, ImageOps

    if picture.width * picture.height > MOST_PIXELS:
        size = f"{picture.width:,} x {picture.height:,}"
        raise DataError(f"{place}: {size} pixels; at most {MOST_PIXELS:,} are read")
    if not picture.width * picture.height:
        raise DataError(f"{place}: {picture.width} x {picture.height} pixels")
    try:
        upright = _eight_bit(ImageOps.exif_transpose(picture), place)
        if upright.has_transparency_data:
            above = upright.convert("RGBA")
            upright = Image.alpha_composite(Image.new("RGBA", above.size, "white"), above)
        return upright.convert("L" if channels == 1 else "RGB")
    except DataError:
        raise
    except Exception as cause:
        raise DataError(f"{place}: a damaged picture: {cause}") from cause


def _eight_bit(picture: Image, place: str) -> Image:
    from PIL import Image

    if picture.mode == "F":
        raise DataError(f"{place}: its pixels are floats; 8 or 16 bits are read")
    if not picture.mode.startswith("I"):
        return picture
    values = np.asarray(picture).astype(np.int64)
    if values.min() < 0 or values.max() > 65535:
        raise DataError(f"{place}: its pixels go from {values.min():,} to {values.max():,}; 8 or 16 bits are read")
    return Image.fromarray((values // 257).astype(np.uint8))
