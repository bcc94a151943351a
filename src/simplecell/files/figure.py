"""Matplotlib's figures without its global state: made, given fonts for a language, written as PNG or SVG.

Figures have a white ground of their own, so that they can be read on a light and on a dark page.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from simplecell.errors import FileError, MissingExtra
from simplecell.files.atomic import write_atomically
from simplecell.words import language

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS: Final = (".png", ".svg")

_FONTS: Final[dict[str, tuple[str, ...]]] = {
    "zh": ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
           "PingFang SC", "Hiragino Sans GB", "Heiti SC", "Microsoft YaHei", "SimHei", "Arial Unicode MS",
           "Noto Sans CJK JP"),  # a collection's first face stands for all of it, and has the signs of both
    "ja": ("Noto Sans CJK JP", "Noto Sans JP", "Source Han Sans JP", "IPAexGothic", "IPAGothic", "TakaoGothic",
           "VL Gothic", "Hiragino Sans", "Hiragino Kaku Gothic ProN", "Yu Gothic", "Meiryo", "MS Gothic"),
}  # fmt: skip

_STYLE: Final[dict[Any, Any]] = {
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "text.color": "#1a1a1a",
    "axes.edgecolor": "#666666",
    "axes.titlesize": 10,
    "font.size": 9,
    "svg.hashsalt": "simplecell",
    "svg.fonttype": "path",
}


@cache
def installed_font(lang: str) -> str | None:
    """The first font of this machine that has the signs of `lang`; None if there is none. Fonts that were installed
    after matplotlib made its list are found as well."""
    from matplotlib import font_manager

    known = font_manager.fontManager
    found = _first(lang, {font.name for font in known.ttflist})
    if found is None:
        listed = {font.fname for font in known.ttflist}
        for path in font_manager.findSystemFonts():
            if path not in listed:
                with suppress(RuntimeError, OSError):  # a damaged file is no font
                    known.addfont(path)
        found = _first(lang, {font.name for font in known.ttflist})
    return found


def has_font(lang: str) -> bool:
    """Whether pictures can be labelled in a language here; where not they are in English."""
    return lang not in _FONTS or installed_font(lang) is not None


def _first(lang: str, names: set[str]) -> str | None:
    return next((name for name in _FONTS[lang] if name in names), None)


@contextmanager
def drawing(lang: str | None = None) -> Iterator[str]:
    """Draw inside `with drawing("ja") as lang:`; gives the language that this machine has a font for, else "en".

    Raises: MissingExtra without matplotlib.
    """
    try:
        import matplotlib
    except ImportError:
        raise MissingExtra("matplotlib", "plots", "drawing pictures") from None
    wanted = language(lang)
    font = installed_font(wanted) if wanted in _FONTS else None
    families = ["DejaVu Sans"] if font is None else [font, "DejaVu Sans"]
    with matplotlib.rc_context({**_STYLE, "font.family": families}):
        yield wanted if font is not None else "en"


def blank(width: float, height: float, layout: Literal["constrained"] | None = "constrained") -> Figure:
    """A figure to draw on, of so many inches, inside `drawing`; a notebook shows it where it stands as a result."""
    return _shown()(figsize=(width, height), layout=layout)


@cache
def _shown() -> type[Figure]:
    from matplotlib.figure import Figure

    class Shown(Figure):
        def _repr_png_(self) -> bytes:
            return rendered(self)

    return Shown


def rendered(figure: Figure, form: str = ".png") -> bytes:
    """The figure as the bytes of a PNG (144 dots per inch) or SVG file; equal figures give equal bytes.

    Raises: FileError for another form.
    """
    if form not in FORMATS:
        raise FileError(f"pictures are written as {' or '.join(FORMATS)}, got {form!r}")
    buffer = io.BytesIO()
    with drawing("en"):
        metadata = {"Date": None} if form == ".svg" else {"Software": None}
        figure.savefig(buffer, format=form[1:], dpi=144, metadata=metadata)
    return buffer.getvalue()


def save(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Write the figure; the path's ending, .png or .svg, says how.

    Raises: FileError for another ending, or with the path and the cause if it cannot be written.
    """
    ending = Path(path).suffix.lower()
    if ending not in FORMATS:
        raise FileError(f"{os.fspath(path)}: pictures are written as {' or '.join(FORMATS)}")
    write_atomically(path, [rendered(figure, ending)])
