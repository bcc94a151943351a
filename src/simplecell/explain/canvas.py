"""Scenes as pictures: an animated GIF and PNG through Pillow, SVG as text, and the film itself as JSON."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from simplecell.errors import FileError
from simplecell.files import write_atomically
from simplecell.words import language

if TYPE_CHECKING:
    from PIL.Image import Image

    from simplecell.explain.film import Film
    from simplecell.explain.scenes import Scene

FORMATS: Final = (".gif", ".png", ".svg", ".json")
MOST_PICTURES: Final = 400


def save(film: Film, path: str, lang: str | None, seconds: float) -> list[str]:
    """See Film.save."""
    target = Path(path)
    ending = target.suffix.lower()
    if ending not in FORMATS:
        raise FileError(f"{path}: a film is written as {', '.join(FORMATS)}")
    if ending == ".json":
        write_atomically(target, [json.dumps(film.to_dict(), ensure_ascii=False).encode()])
        return [str(target)]
    if len(film.frames) > MOST_PICTURES:
        raise FileError(
            f"{path}: {len(film.frames):,} frames; pictures are drawn of at most {MOST_PICTURES}, .json of all"
        )
    if ending == ".gif":
        write_atomically(target, [gif(film, lang, seconds)])
        return [str(target)]
    names: list[str] = []
    for number, scene in enumerate(film.scenes(_spoken(lang))):
        name = target.with_name(f"{target.stem}-{number:03d}{ending}")
        write_atomically(name, [png(scene, _spoken(lang)) if ending == ".png" else svg(scene).encode()])
        names.append(str(name))
    return names


def gif(film: Film, lang: str | None = None, seconds: float = 0.5) -> bytes:
    """All frames as one animation that repeats; the last stays longer."""
    spoken = _spoken(lang)
    first, *others = _indexed([_drawn(scene, spoken) for scene in film.scenes(spoken)])
    durations = [round(1000 * seconds)] * len(others) + [round(4000 * seconds)]
    buffer = io.BytesIO()
    first.save(buffer, "GIF", save_all=True, append_images=others, duration=durations, loop=0)
    return buffer.getvalue()


def _indexed(pictures: list[Image]) -> list[Image]:
    """The pictures with one palette of the 256 colours they have most of; the others become the nearest of these."""
    import numpy as np
    from PIL.Image import fromarray

    count = Counter[Any]()
    for picture in pictures:
        count.update({colour: pixels for pixels, colour in picture.getcolors(picture.width * picture.height) or ()})
    colours = np.array([colour for colour, _ in count.most_common()], np.int32)
    palette = colours[:256]
    nearest = ((colours[:, None] - palette) ** 2).sum(-1).argmin(-1).astype(np.uint8)
    red, green, blue = colours.T
    table = np.zeros((256, 256, 256), np.uint8)
    table[red, green, blue] = nearest
    found: list[Image] = []
    for picture in pictures:
        red, green, blue = np.moveaxis(np.asarray(picture), -1, 0)
        found.append(fromarray(table[red, green, blue], "L"))
        found[-1].putpalette(palette.astype(np.uint8).tobytes())
    return found


def png(scene: Scene, lang: str = "en") -> bytes:
    buffer = io.BytesIO()
    _drawn(scene, lang).save(buffer, "PNG")
    return buffer.getvalue()


def svg(scene: Scene) -> str:
    """A scene as SVG; texts stay texts."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{scene.width}" height="{scene.height}" '
        f'viewBox="0 0 {scene.width} {scene.height}" font-family="sans-serif">',
        '<rect width="100%" height="100%" fill="white"/>',
    ]
    for b in scene.boxes:
        parts.append(
            f'<rect x="{b.x}" y="{b.y}" width="{b.width}" height="{b.height}" fill="{b.fill}" stroke="{b.edge}" '
            f'stroke-width="{b.weight}"/>'
        )
        if b.text:
            x, y = b.x + b.width / 2, b.y + b.height / 2
            parts.append(
                f'<text x="{x:g}" y="{y:g}" font-size="10" fill="{b.ink}" text-anchor="middle" '
                f'dominant-baseline="central">{escape(b.text)}</text>'
            )
    for label in scene.labels:
        weight = ' font-weight="bold"' if label.bold else ""
        parts.append(
            f'<text x="{label.x}" y="{label.y}" font-size="13"{weight} dominant-baseline="hanging">'
            f"{escape(label.text)}</text>"
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _drawn(scene: Scene, lang: str) -> Image:
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (scene.width, scene.height), "white")
    draw = ImageDraw.Draw(picture)
    small, normal = _font(lang, 10), _font(lang, 13)
    for b in scene.boxes:
        fill = None if b.fill == "none" else b.fill
        draw.rectangle((b.x, b.y, b.x + b.width, b.y + b.height), fill=fill, outline=b.edge, width=b.weight)
        if b.text:
            draw.text((b.x + b.width / 2, b.y + b.height / 2), b.text, b.ink, small, anchor="mm")
    for label in scene.labels:
        draw.text((label.x, label.y), label.text, "#1a1a1a", normal)
    return picture


def _font(lang: str, size: int) -> Any:
    """Pillow's own font; for Chinese and Japanese one of the machine's, if it has one."""
    from PIL import ImageFont

    path = _installed(lang)
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)


def _installed(lang: str) -> str | None:
    """The file of a font that has a language's signs; None for English, or where there is none."""
    if lang == "en":
        return None
    try:
        from matplotlib import font_manager

        from simplecell.files.figure import installed_font
    except ImportError:
        return None
    name = installed_font(lang)
    return None if name is None else str(font_manager.findfont(name))


def _spoken(lang: str | None) -> str:
    """The language in which pictures are labelled: the one asked for where there is a font for it, else English."""
    code = language(lang)
    return code if code == "en" or _installed(code) else "en"
