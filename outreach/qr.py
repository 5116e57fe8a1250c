"""QR codes of tracked links, drawn here: nobody else is asked, and none says anything but its address."""

from io import BytesIO

import segno

SCALE = 12  # pixels to a square: sharp in print at 4 cm
KINDS = {"svg": "image/svg+xml", "png": "image/png"}  # files that are handed out
QUIET = 4  # squares that stay white around it, as ISO/IEC 18004 wants


def svg(address: str) -> str:
    """A picture without size or script, to stand in a page."""
    found: str = _made(address).svg_inline(border=QUIET, omitsize=True, dark="#000", light="#fff")
    return found


def file(address: str, kind: str) -> bytes:
    """To be printed: of one of KINDS."""
    out = BytesIO()
    _made(address).save(out, kind=kind, border=QUIET, scale=SCALE, dark="#000", light="#fff")
    return out.getvalue()


def _made(address: str) -> segno.QRCode:
    """A quarter of it may be scratched or covered."""
    return segno.make_qr(address, error="q")
