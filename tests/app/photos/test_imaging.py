"""What comes out of a photo: pixels, upright, in three sizes, and nothing that it told besides."""

import io

import pytest
from PIL import Image, ImageChops, ImageCms, ImageStat

from app.photos.imaging import SIZES, NotTaken, Pictures, blurred, fitted, taken
from tests.app.photos.pictures import (
    BLUE,
    CORNERS,
    GREEN,
    HEIC,
    HTML,
    MARK,
    PDF,
    RED,
    SVG,
    YELLOW,
    corners,
    distance,
    png_bomb,
    quarters,
    talkative,
    written,
)

TURNED = {
    1: (RED, GREEN, BLUE, YELLOW),
    2: (GREEN, RED, YELLOW, BLUE),
    3: (YELLOW, BLUE, GREEN, RED),
    4: (BLUE, YELLOW, RED, GREEN),
    5: (RED, BLUE, GREEN, YELLOW),
    6: (BLUE, RED, YELLOW, GREEN),
    7: (YELLOW, GREEN, BLUE, RED),
    8: (GREEN, YELLOW, RED, BLUE),
}
"""The corners as they must be seen; by hand, from Exif 2.32, 4.6.4 A (6: row 0 is on the right)."""


def every(pictures: Pictures) -> list[bytes]:
    return [pictures.kept, *pictures.sizes.values()]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_that_a_photo_told_is_in_any_byte(kind: str) -> None:
    sent = talkative(kind)
    assert sent.count(MARK.encode()) >= 3

    made = taken(sent)

    for data in every(made):
        assert MARK.encode() not in data
        for word in (b"Exif", b"EXIF", b"http://ns.adobe", b"XMP ", b"8BIM", b"ICC", b"Comment"):
            assert word not in data
        image = Image.open(io.BytesIO(data))
        assert dict(image.getexif()) == {}
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "loop", "background",
                                   "timestamp", "duration"}  # fmt: skip


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", TURNED)
def test_a_turned_photo_stands_upright(kind: str, orientation: int) -> None:
    made = taken(talkative(kind, orientation))

    assert (made.width, made.height) == ((400, 200) if orientation < 5 else (200, 400))
    for data in every(made):
        assert tuple(corners(data)) == TURNED[orientation]


@pytest.mark.parametrize(
    ("size", "small", "medium", "large", "kept"),
    [
        ((400, 200), (320, 160), (400, 200), (400, 200), (400, 200)),
        ((3000, 1500), (320, 160), (960, 480), (2048, 1024), (3000, 1500)),
        ((1000, 6000), (53, 320), (160, 960), (342, 2048), (683, 4096)),
        ((5000, 1), (320, 1), (960, 1), (2048, 1), (4096, 1)),
    ],
)
def test_three_sizes_and_none_larger_than_what_was_sent(
    size: tuple[int, int],
    small: tuple[int, int],
    medium: tuple[int, int],
    large: tuple[int, int],
    kept: tuple[int, int],
) -> None:
    made = taken(written(Image.new("RGB", size, RED)))

    opened = {name: Image.open(io.BytesIO(data)) for name, data in made.sizes.items()}
    assert {name: image.size for name, image in opened.items()} == {
        "small": small,
        "medium": medium,
        "large": large,
    }
    assert {image.format for image in opened.values()} == {"WEBP"}
    assert (made.width, made.height) == kept == Image.open(io.BytesIO(made.kept)).size
    assert all(fitted(*kept, side) == opened[name].size for name, side in SIZES.items())


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("L", "JPEG"),
        ("CMYK", "JPEG"),
        ("P", "PNG"),
        ("RGBA", "PNG"),
        ("LA", "PNG"),
        ("1", "PNG"),
        ("RGBA", "WEBP"),
    ],
)
def test_every_way_of_writing_colours_is_read(mode: str, kind: str) -> None:
    made = taken(written(quarters(mode=mode), kind, quality=95))

    assert Image.open(io.BytesIO(made.sizes["small"])).mode == "RGB"
    if mode in ("CMYK", "P", "RGBA"):
        assert tuple(corners(made.sizes["small"])) == CORNERS


def test_sixteen_bits_become_eight_by_their_upper_half() -> None:
    grey = Image.new("I;16", (100, 100), 0x8040)

    made = taken(written(grey, "PNG"))

    pixel = Image.open(io.BytesIO(made.sizes["small"])).getpixel((50, 50))
    assert distance(pixel, (0x80, 0x80, 0x80)) <= 2  # type: ignore[arg-type]


def test_what_is_transparent_stands_on_white() -> None:
    clear = Image.new("RGBA", (100, 100), (200, 0, 0, 0))
    palette = Image.new("P", (100, 100), 3)
    palette.putpalette([9, 9, 9] * 4)

    for data in (
        written(clear, "PNG"),
        written(clear, "WEBP"),
        written(palette, "PNG", transparency=b"\xff\xff\xff\0"),
    ):
        made = taken(data)
        assert Image.open(io.BytesIO(made.kept)).getpixel((50, 50)) == (255, 255, 255)


def test_colours_of_another_profile_become_those_of_srgb() -> None:
    # In a Lab profile nothing of RGB makes sense: the photo keeps its numbers. In XYZ's of a grey file, too.
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    kept = taken(written(quarters(), "PNG", icc_profile=lab))
    assert tuple(corners(kept.sizes["small"])) == CORNERS

    wide = swapped_profile()
    made = taken(written(Image.new("RGB", (64, 64), (250, 0, 0)), "PNG", icc_profile=wide))
    pixel = Image.open(io.BytesIO(made.kept)).getpixel((30, 30))
    assert distance(pixel, (0, 250, 0)) < 25, "what the profile calls red is green"  # type: ignore[arg-type]


def swapped_profile() -> bytes:
    """sRGB's profile with the tags of its red and green primaries exchanged."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)


@pytest.mark.parametrize("data", [HTML, SVG, PDF, HEIC, b"", b"\xff\xd8", written(quarters(), "GIF")])
def test_what_is_no_photo_is_known_by_its_content(data: bytes) -> None:
    with pytest.raises(NotTaken) as told:
        taken(data)
    assert told.value.reason in ("kind", "damaged")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_file_that_was_cut_off_is_not_taken(kind: str, share: float) -> None:
    data = written(Image.effect_noise((300, 300), 80).convert("RGB"), kind)

    with pytest.raises(NotTaken, match="damaged"):
        taken(data[: int(len(data) * share)])


@pytest.mark.parametrize(("width", "height"), [(8000, 5126), (1, 40_000_001), (30_000, 30_000)])
def test_too_many_pixels_are_refused_before_they_are_decoded(width: int, height: int) -> None:
    bomb = png_bomb(width, height)
    assert len(bomb) < 300_000

    with pytest.raises(NotTaken) as told:
        taken(bomb)
    assert (told.value.reason, told.value.values) == ("pixels", {"width": width, "height": height})


def test_forty_millions_are_taken() -> None:
    made = taken(png_bomb(8000, 5000))

    assert (made.width, made.height) == (4096, 2560)


def test_a_blurred_region_keeps_nothing_and_the_rest_stays() -> None:
    noise = taken(written(Image.effect_noise((1000, 500), 120).convert("RGB"), "PNG"))

    made = blurred(noise.kept, [(0.25, 0.2, 0.5, 0.4)])

    assert made.kept == noise.kept
    for name, data in made.sizes.items():
        before, after = (Image.open(io.BytesIO(d)).convert("L") for d in (noise.sizes[name], data))
        width, height = after.size
        inside = after.crop((int(0.27 * width), int(0.23 * height), int(0.73 * width), int(0.57 * height)))
        low, high = inside.getextrema()
        assert high - low < 40, "the noise went from 0 to 255"  # type: ignore[operator]
        outside = (0, int(0.65 * height), width, height)
        change = ImageStat.Stat(ImageChops.difference(before.crop(outside), after.crop(outside)))
        assert change.mean[0] < 8, "WebP writes the same noise a little differently"
