"""Pictures made for tests: with positions in their metadata, turned, broken and enormous."""

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageCms, TiffImagePlugin
from PIL.PngImagePlugin import PngInfo

MARK = "45.0712345"
"""A latitude in exif, XMP, IPTC and comments, which must be found nowhere afterwards."""
RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 180, 30), (30, 30, 220), (230, 220, 30)
CORNERS = (RED, GREEN, BLUE, YELLOW)
"""Top left, top right, bottom left, bottom right."""
HTML = b"<!doctype html><html><body><script>alert(1)</script></body></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64)


def quarters(width: int = 400, height: int = 200, mode: str = "RGB") -> Image.Image:
    """An image of four colours, so that turning it shows."""
    image = Image.new("RGB", (width, height))
    for number, colour in enumerate(CORNERS):
        left, top = (number % 2) * width // 2, (number // 2) * height // 2
        image.paste(colour, (left, top, left + width // 2, top + height // 2))
    return image.convert(mode)


def written(image: Image.Image, kind: str = "JPEG", **how: Any) -> bytes:
    output = io.BytesIO()
    image.save(output, kind, **how)
    return output.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """Exif with an orientation and the position of `MARK`."""
    made = Image.Exif()
    made[0x0112] = orientation
    made[0x010E] = f"taken at {MARK}"
    made[0x8825] = {
        1: "N",
        2: tuple(TiffImagePlugin.IFDRational(value) for value in (45, 4, 16.44)),
        3: "E",
        4: tuple(TiffImagePlugin.IFDRational(value) for value in (7, 41, 9.6)),
    }
    return made


def talkative(kind: str, orientation: int = 1) -> bytes:
    """A photo that tells its position in every way that its format has."""
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>{MARK}</exif:GPSLatitude></x:xmpmeta>'
    how: dict[str, Any] = {"exif": exif(orientation), "xmp": xmp.encode()}
    how["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + MARK.encode()
    if kind == "PNG":
        del how["xmp"]
        how["pnginfo"] = PngInfo()
        how["pnginfo"].add_text("Comment", MARK)
        how["pnginfo"].add_itxt("XML:com.adobe.xmp", xmp, zip=False)
    if kind == "JPEG":
        how["comment"] = MARK
    data = written(quarters(), kind, **how)
    if kind == "JPEG":  # IPTC, as Photoshop writes it: APP13, a resource 0x0404 with the sub-location
        iptc = b"\x1c\x02\x5c" + struct.pack(">H", len(MARK)) + MARK.encode()
        block = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(iptc)) + iptc + b"\0"
        data = data[:2] + b"\xff\xed" + struct.pack(">H", len(block) + 2) + block + data[2:]
    return data + MARK.encode()  # what stands after the end is not of the picture, either


def png_bomb(width: int, height: int) -> bytes:
    """A small file that says to hold many pixels, and does: one bit each, all alike."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    size = (1 + (width + 7) // 8) * height
    pieces = (bytes(min(1 << 20, size - begun)) for begun in range(0, size, 1 << 20))
    rows = b"".join(map(packer.compress, pieces)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def corners(data: bytes) -> list[tuple[int, int, int]]:
    """The colours of the corners of a picture, as the nearest of `CORNERS`."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    width, height = image.size
    spots = [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)]
    seen = [image.getpixel((int(x * width), int(y * height))) for x, y in spots]
    return [min(CORNERS, key=lambda colour: distance(colour, one)) for one in seen]  # type: ignore[arg-type]


def distance(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """How far two colours are apart: the largest difference of a channel."""
    return max(abs(a - b) for a, b in zip(one, other, strict=True))
