"""Several pictures side by side as one PNG data address."""

from __future__ import annotations

import base64
import io

import torch
from PIL import Image

_SIDE = 56
"""Small pictures are enlarged to about this many pixels, without smoothing: pixels stay pixels."""


def sprite(images: torch.Tensor, side: int = _SIDE) -> str:
    """Put pictures into one row.

    Args:
        images: uint8 (N, C, H, W); all cells of the row are equally wide.
        side: Least height of the row, in pixels.

    Returns:
        A PNG data address; empty where there are no pictures.
    """
    if not len(images):
        return ""
    scale = max(1, -(-side // images.shape[2]))
    row = images.cpu().permute(1, 2, 0, 3).flatten(2)
    large = row.repeat_interleave(scale, 1).repeat_interleave(scale, 2)
    array = large.permute(1, 2, 0).squeeze(-1).contiguous().numpy()
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
