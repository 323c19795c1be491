"""Where the pictures of a photo are. Pure."""

from app.cities import City
from app.photos.queries import Photo


def photo_address(city: City, photo: Photo, size: str) -> str:
    """The path of one size of a photo; another version of it has another address."""
    return f"/{city.slug}/photos/{photo.id}/{size}.webp?v={photo.version}"
