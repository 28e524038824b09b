"""Pictures that people hand in: written anew, and made small."""

import io

from PIL import Image, ImageOps

from portal.core.errors import Invalid
from portal.core.words import words

MAX_PIXELS = 40_000_000

_KEEP_MODES = {"1": "L", "L": "L", "I;16": "L", "I": "L", "F": "L", "LA": "RGBA", "RGBA": "RGBA"}


def plain(data: bytes) -> bytes:
    """A JPEG or PNG turned upright and written anew; nothing but the picture is left of it.

    Raises ``Invalid`` when it is broken or has more than ``MAX_PIXELS``.
    """
    try:
        picture = Image.open(io.BytesIO(data), formats=["JPEG", "PNG"])
        if picture.width * picture.height > MAX_PIXELS:
            raise Image.DecompressionBombError
        mode = _KEEP_MODES.get(picture.mode, "RGB")
        if "transparency" in picture.info:
            mode = "RGBA"
        upright = ImageOps.exif_transpose(picture).convert(mode)
    except Image.DecompressionBombError:
        raise Invalid(
            words(
                "This picture has more than %(limit)s million pixels. Take it at a lower setting.",
                limit=MAX_PIXELS // 1_000_000,
            )
        ) from None
    except (OSError, ValueError, SyntaxError, EOFError):
        raise Invalid(words("This picture is broken. Take or save it again.")) from None
    # Pillow writes comments and colour profiles back from here.
    upright.info.clear()
    if picture.format == "JPEG":
        return _jpeg(_on_white(upright), quality=88)
    out = io.BytesIO()
    upright.save(out, "PNG")
    return out.getvalue()


def small(data: bytes, width: int) -> bytes | None:
    """A JPEG at most ``width`` wide and twice as high; None for what cannot be shown."""
    try:
        picture = Image.open(io.BytesIO(data), formats=["JPEG", "PNG"])
        picture.draft("RGB", (width, width * 2))
        picture.thumbnail((width, width * 2))
        return _jpeg(_on_white(picture), quality=80)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode == "L":
        return picture
    if picture.mode not in ("RGBA", "LA", "P"):
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    white = Image.new("RGB", layer.size, "white")
    white.paste(layer, mask=layer.getchannel("A"))
    return white


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
