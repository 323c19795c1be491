"""What is done to the pixels of a photo, with Pillow; knows neither the web nor the database. Pure.

Nothing is decoded before its kind and its size are known, and nothing but pixels comes out: an output is made
of an image whose `info` was emptied, so that no exif, position, comment or profile can travel along.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from PIL import Image, ImageCms, ImageFilter

FORMATS = ("JPEG", "PNG", "WEBP")
"""What is taken, by its content; the name of a file says nothing."""
MOST_BYTES = 10_000_000
MOST_PIXELS = 40_000_000
SIZES = {"small": 320, "medium": 960, "large": 2048}
"""The long side of each size in pixels; a photo that is smaller is not made larger."""
KEPT = 4096
"""The long side of what is kept to make the sizes from."""
WHITE = (255, 255, 255)
CELLS = 5
"""So many cells of colour remain along the longer side of a blurred region: too few for a face."""
ORIENTATION = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a photo upright, by the orientation in its exif (Exif 2.32, 4.6.4 A)."""

Region = tuple[float, float, float, float]
"""A rectangle: left, top, width and height as fractions of the photo's width and height."""


class NotTaken(Exception):
    """The bytes are not a photo that is taken; `reason` is `kind`, `pixels` or `damaged`."""

    def __init__(self, reason: str, **values: int) -> None:
        self.reason = reason
        self.values = values
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Pictures:
    """A photo as it is kept (JPEG) and as it is shown (WebP, by size), with the size of the kept one."""

    width: int
    height: int
    kept: bytes
    sizes: dict[str, bytes]


def taken(data: bytes) -> Pictures:
    """The pictures of a photo that somebody sent; raises NotTaken."""
    return blurred(_written(_upright(_opened(data)), "JPEG", quality=92, subsampling=0), [])


def blurred(kept: bytes, regions: Sequence[Region]) -> Pictures:
    """The pictures of a photo with these regions blurred, made of what was kept, which stays as it is."""
    image = Image.open(io.BytesIO(kept), formats=["JPEG"]).convert("RGB")
    for region in regions:
        _blur(image, region)
    return Pictures(image.width, image.height, kept, _sizes(image))


def fitted(width: int, height: int, side: int) -> tuple[int, int]:
    """The width and height in pixels of a picture whose long side is at most `side`."""
    share = min(1.0, side / max(width, height))
    return max(1, round(width * share)), max(1, round(height * share))


def _opened(data: bytes) -> Image.Image:
    """The image with its kind and size judged, not yet decoded."""
    Image.MAX_IMAGE_PIXELS = None  # the next lines are stricter than its warning, and say it better
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.UnidentifiedImageError as error:
        raise NotTaken("kind") from error
    except Exception as error:  # a decoder may raise anything over bytes that were made to break it
        raise NotTaken("damaged") from error
    if image.width * image.height > MOST_PIXELS:
        raise NotTaken("pixels", width=image.width, height=image.height)
    return image


def _upright(image: Image.Image) -> Image.Image:
    """The image decoded, as large as it is kept, upright, in sRGB, on white, with nothing but pixels."""
    try:
        size = fitted(image.width, image.height, KEPT)
        image.draft("RGB", size)  # a JPEG can be decoded at a half or a quarter, for a part of the price
        image.load()
        turn = UPRIGHT.get(_orientation(image))
        profile = image.info.get("icc_profile")
        image = _plain(image)
        image = _in_srgb(image, profile) if profile else image.convert("RGB")
        image = image.resize(size, Image.Resampling.LANCZOS) if image.size != size else image.copy()
    except Exception as error:
        raise NotTaken("damaged") from error
    image.info.clear()
    return image.transpose(turn) if turn is not None else image


def _orientation(image: Image.Image) -> int:
    try:
        return cast(int, image.getexif().get(ORIENTATION, 1))
    except Exception:  # exif that cannot be read turns nothing
        return 1


def _plain(image: Image.Image) -> Image.Image:
    """The image without transparency, palette or more than 8 bits; L, RGB and CMYK stay, for profiles."""
    if image.mode in ("I", "I;16", "I;16B", "I;16L", "F"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        drawn = image.convert("RGBA")
        ground = Image.new("RGB", drawn.size, WHITE)
        ground.paste(drawn, mask=drawn.getchannel("A"))
        return ground
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The colours as sRGB has them; a profile that makes no sense or is for another mode changes nothing."""
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return cast(
            Image.Image,
            ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode="RGB"),
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image.convert("RGB")


def _sizes(image: Image.Image) -> dict[str, bytes]:
    sizes = {}
    smaller = image
    for name in reversed(SIZES):  # each is made of the next larger one: the largest step is paid once
        smaller = smaller.resize(fitted(*image.size, SIZES[name]), Image.Resampling.LANCZOS)
        smaller.info.clear()
        sizes[name] = _written(smaller, "WEBP", quality=80, method=4)
    return sizes


def _written(image: Image.Image, kind: str, **how: int) -> bytes:
    output = io.BytesIO()
    image.save(output, kind, **how)
    return output.getvalue()


def _blur(image: Image.Image, region: Region) -> None:
    left, top = int(region[0] * image.width), int(region[1] * image.height)
    right = min(image.width, max(left + 1, round((region[0] + region[2]) * image.width)))
    bottom = min(image.height, max(top + 1, round((region[1] + region[3]) * image.height)))
    piece = image.crop((left, top, right, bottom))
    cells = piece.resize(fitted(*piece.size, CELLS), Image.Resampling.BOX)
    smooth = cells.resize(piece.size, Image.Resampling.BICUBIC)
    image.paste(smooth.filter(ImageFilter.GaussianBlur(max(piece.size) / (4 * CELLS))), (left, top))
