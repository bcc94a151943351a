"""Pictures of every form become the arrays that a network reads, or are refused as what they are."""

import contextlib
import io
import json
import random
import struct
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from simplecell.data import Preprocessing, digits
from simplecell.errors import ArgumentError, DataError, FileError, SimplecellError

GREY = Preprocessing(1, 8, 8)
COLOUR = Preprocessing(3, 4, 5)


def test_a_picture_of_the_right_size_is_divided_by_255_and_nothing_else() -> None:
    pixels = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    made = COLOUR.pictures(pixels)
    assert made.shape == (1, 3, 4, 5)
    assert made.dtype == np.float32
    np.testing.assert_array_equal(made[0], pixels.transpose(2, 0, 1) / np.float32(255))


def test_box_is_the_average_of_what_a_pixel_covers() -> None:
    pixels = np.zeros((16, 16), np.uint8)
    pixels[:2, :2] = [[10, 20], [30, 40]]
    made = GREY.pictures(pixels)
    assert made[0, 0, 0, 0] == np.float32(25) / np.float32(255)
    assert made.sum() == made[0, 0, 0, 0]


def test_bilinear_weighs_by_distance() -> None:
    half = Preprocessing(1, 1, 2, resize="bilinear")
    made = half.pictures(np.array([[0, 0, 160, 160]], np.uint8)) * 255
    # a triangle of radius 2 around 1.0 weighs the pixel centres 0.5, 1.5, 2.5 with 3, 3, 1 sevenths
    np.testing.assert_array_equal(np.rint(made[0, 0, 0]), [round(160 / 7), round(160 * 6 / 7)])


def test_brightness_is_the_weighted_sum_of_the_colours() -> None:
    one = Preprocessing(1, 1, 1)
    colours = np.array([[[[255, 0, 0]]], [[[0, 255, 0]]], [[[0, 0, 255]]]], np.uint8)
    np.testing.assert_array_equal(np.rint(one.pictures(colours).ravel() * 255), np.rint([76.245, 149.685, 29.07]))


def test_mean_and_deviation_per_channel() -> None:
    scaled = Preprocessing(3, 1, 1, mean=(0.5, 0.0, 0.25), std=(0.5, 1.0, 0.25))
    made = scaled.pictures(np.array([[[255, 255, 0]]], np.uint8))
    np.testing.assert_array_equal(made.ravel(), [1.0, 1.0, -1.0])


@pytest.mark.parametrize(("invert", "paper", "ink"), [("never", 1, 0), ("always", 0, 1), ("auto", 0, 1)])
def test_dark_ink_on_light_paper(invert: str, paper: int, ink: int) -> None:
    pixels = np.full((80, 80), 255, np.uint8)
    pixels[30:50, 30:50] = 0
    made = Preprocessing(1, 8, 8, invert=invert).pictures(pixels)  # type: ignore[arg-type]
    assert made[0, 0, 0, 0] == paper
    assert made[0, 0, 4, 4] == ink


def test_light_ink_on_dark_stays_under_auto() -> None:
    auto = Preprocessing(1, 8, 8, invert="auto")
    train, _ = digits()
    sheet = np.rint(train.images[:50, 0] * 255).astype(np.uint8)
    np.testing.assert_allclose(auto.pictures(list(sheet)), train.images[:50], atol=0.5 / 255)
    np.testing.assert_allclose(auto.pictures(list(255 - sheet)), train.images[:50], atol=0.51 / 255)


def test_transparent_parts_are_white_paper() -> None:
    pixels = np.zeros((8, 8, 4), np.uint8)
    pixels[3, 4] = (0, 0, 0, 255)
    made = GREY.pictures(pixels)
    assert made[0, 0, 0, 0] == 1
    assert made[0, 0, 3, 4] == 0
    palette = Image.new("P", (8, 8), 0)
    palette.info["transparency"] = 0
    assert GREY.pictures(palette).min() == 1


def test_photographs_are_turned_upright(tmp_path: Path) -> None:
    picture = Image.new("L", (8, 8), 0)
    picture.putpixel((0, 0), 255)
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned by 90 degrees clockwise
    picture.save(tmp_path / "turned.png", exif=exif)
    assert GREY.pictures(tmp_path / "turned.png")[0, 0, 0, 7] == 1


def test_sixteen_bits_keep_their_scale() -> None:
    values = np.full((8, 8), 65535, np.uint16)
    values[0, 0] = 0
    values[1, 1] = 257 * 100
    made = GREY.pictures(Image.fromarray(values))
    assert (made[0, 0, 0, 0], made[0, 0, 5, 5]) == (0, 1)
    assert made[0, 0, 1, 1] == np.float32(100) / np.float32(255)


@pytest.mark.parametrize("ending", ["png", "jpg", "gif", "bmp", "webp", "tiff", "ppm"])
def test_files_pictures_arrays_and_lists_agree(tmp_path: Path, ending: str) -> None:
    picture = Image.new("RGB", (40, 32), (200, 100, 50))
    path = tmp_path / f"colour.{ending}"
    picture.save(path)
    with Image.open(path) as reopened:
        made = COLOUR.pictures([path, str(path), reopened, np.asarray(picture)])
    assert made.shape == (4, 3, 4, 5)
    assert made.flags.c_contiguous
    np.testing.assert_array_equal(made[0], made[1])
    np.testing.assert_allclose(made[0], made[3], atol=4 / 255)


def test_floats_of_the_networks_shape_pass_unchanged() -> None:
    images = np.random.default_rng(1).random((6, 3, 4, 5)) * 9 - 4
    np.testing.assert_array_equal(COLOUR.pictures(images), images.astype(np.float32))
    np.testing.assert_array_equal(COLOUR.pictures(images[2]), images[2:3].astype(np.float32))
    np.testing.assert_array_equal(COLOUR.pictures([images[1], images[0]]), images[[1, 0]].astype(np.float32))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (np.zeros((4, 5, 3)), r"float array of \(4, 5, 3\).*\n  fix: array.transpose\(2, 0, 1\)"),
        (np.zeros((3, 9, 9)), r"fix one of: float arrays of \(c, h, w\) = \(3, 4, 5\)"),
        (np.full((3, 4, 5), np.nan), "nan at channel 0, row 0, column 0"),
        (np.zeros((3, 40, 50), np.uint8), r"3x40x50 is \(c, h, w\).\n  fix: array.transpose\(1, 2, 0\)"),
        (np.zeros((4, 5, 2), np.uint8), "uint8 array of 4x5x2"),
        (np.zeros((0, 5), np.uint8), "uint8 array of 0x5"),
        (np.zeros(7, np.uint8), "uint8 array of 7;"),
        (np.zeros((4, 5), np.int32), r"an array of int32 \(4x5\)"),
        ([], "the list is empty"),
        (7, "a int is not one"),
        (Image.new("F", (4, 4)), "its pixels are floats"),
        (Image.new("I", (4, 4), 70000), "70,000; 8 or 16 bits"),
        (Image.new("1", (8001, 8000)), "8,001 x 8,000 pixels; at most 64,000,000"),
    ],
)
def test_what_is_not_a_picture_is_refused(given: object, expected: str) -> None:
    with pytest.raises(DataError, match=expected):
        COLOUR.pictures(given)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [9_000, 10_000, 30_000, 2**31 - 1])
def test_a_picture_that_claims_to_be_huge_is_refused_before_decoding(tmp_path: Path, side: int) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png(side, side))
    start = time.process_time()
    with pytest.raises(DataError, match=r"at most 64,000,000|damaged|not a picture"):
        GREY.pictures(path)
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "not a picture"),
        (b"hello", "not a picture in one of PNG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "not a picture"),
    ],
)
def test_files_that_are_not_pictures(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(content)
    with pytest.raises(DataError, match=expected):
        GREY.pictures(path)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"nothing\.png: cannot be read: No such file"):
        GREY.pictures(tmp_path / "nothing.png")
    with pytest.raises(FileError, match="Is a directory"):
        GREY.pictures(tmp_path)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM"])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damaged_pictures_give_only_our_errors(tmp_path: Path, form: str) -> None:
    drawn = np.random.default_rng(2).integers(0, 256, (20, 24, 3), np.uint8)
    memory = io.BytesIO()
    Image.fromarray(drawn).save(memory, form)
    good, dice, path = memory.getvalue(), random.Random(form), tmp_path / "damaged"
    for _ in range(150):
        bad = bytearray(good[: dice.randint(0, len(good))] if dice.random() < 0.3 else good)
        for _ in range(min(len(bad), dice.randint(1, 6))):
            bad[dice.randrange(min(len(bad), 200 if dice.random() < 0.7 else len(bad)))] = dice.randrange(256)
        path.write_bytes(bad)
        start = time.process_time()
        with contextlib.suppress(SimplecellError):
            assert GREY.pictures(path).shape == (1, 1, 8, 8)
        assert time.process_time() - start < 2


def test_json_round_trip() -> None:
    made = Preprocessing(3, 224, 200, "bilinear", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), "auto")
    assert Preprocessing.from_json(json.loads(json.dumps(made.to_json()))) == made
    assert made.shape == (3, 224, 200)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"channels": 2}, "channels=2: pictures have 1 or 3"),
        ({"channels": True}, "channels=True: a whole number is needed"),
        ({"height": 0}, "height=0: 1 to 32,768"),
        ({"width": 1.5}, "width=1.5: a whole number"),
        ({"width": 10**9}, "width=1000000000: 1 to 32,768"),
        ({"resize": "cubic"}, r"resize='cubic': is unknown.\n  fix one of: 'box' \| 'bilinear'"),
        ({"invert": None}, "invert=None: is unknown"),
        ({"mean": [0.1, 0.2]}, r"mean=\(0.1, 0.2\): 1 finite numbers"),
        ({"mean": "x"}, "mean='x': one number per channel"),
        ({"std": [0.0]}, r"std=\(0.0,\): it divides"),
        ({"std": [float("nan")]}, "std=.*finite"),
        ({"colour": 1}, "'colour'.*are needed"),
    ],
)
def test_wrong_settings_are_refused(change: dict[str, object], expected: str) -> None:
    with pytest.raises(ArgumentError, match=expected):
        Preprocessing.from_json(GREY.to_json() | change)
