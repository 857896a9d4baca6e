"""Reads text off images with rapidocr, whose weights come inside its wheel. Knows nothing of documents and pages."""

import importlib.util
import io
from collections.abc import Callable
from typing import Any

REMEDY = "it holds no text, only pictures of it: pip install 'attune[ocr]' to read scans"


def ocr_installed() -> bool:
    """Whether the extra `ocr` is there."""
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


def image_reader() -> Callable[[Any], str]:
    """A function from an image, an array of shape (height, width, 3) or encoded bytes, to its lines of text."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": 2})

    def read(image: Any) -> str:
        found = engine(_pixels(image) if isinstance(image, bytes) else image)
        return "\n".join(found.txts or ())

    return read


def _pixels(data: bytes) -> Any:
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))
