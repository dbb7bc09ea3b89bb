"""Makes the small JPEG files that ImageFileTests reads (Pillow 13.0.0).

Each is 16 × 8 pixels: the left half green, the right half red in the upper and blue in the lower part.
"""
import pathlib

import numpy
from PIL import Image

here = pathlib.Path(__file__).parent
pixels = numpy.zeros((8, 16, 3), numpy.uint8)
pixels[:, :8] = (0, 200, 0)
pixels[:4, 8:] = (200, 0, 0)
pixels[4:, 8:] = (0, 0, 200)
picture = Image.fromarray(pixels)
picture.save(here / "upright.jpg", quality=95, subsampling=0)

# 6 in the tag Orientation: to be turned by 90° clockwise for viewing.
tags = Image.Exif()
tags[0x0112] = 6
picture.rotate(90, expand=True).save(here / "turned.jpg", quality=95, subsampling=0, exif=tags.tobytes())
