"""From places in a fitted picture to pixels of its photo. Copied into bundles: the standard library and numpy.

Places are x and y with -1 and 1 at the picture's edges, as fastai's `TensorPoint` has them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.problems.vision.fitting import shown_box

Size = tuple[int, int]


def in_photo(places: NDArray[Any], photo: Size, size: Size, method: str) -> NDArray[np.float64]:
    """Places (points, 2) in a picture of `size` as pixels of the photo, upright, from its upper left.

    Parameters
    ----------
    photo, size : (int, int)
        Width and height of the photo and of the picture made of it.
    method : {"squish", "crop", "pad"}
        How it was made.
    """
    left, top, wide, high = shown_box(photo, size, method)
    scaled = (np.asarray(places, dtype=np.float64) + 1.0) / 2.0
    found: NDArray[np.float64] = scaled * (wide, high) + (left, top)
    return found
