"""MNIST as NumPy arrays, from the folder that the first argument names."""
import pathlib
import sys

import numpy as np


def read(name):
    content = (pathlib.Path(sys.argv[1]) / name).read_bytes()
    dimensions = content[3]
    shape = [int.from_bytes(content[4 + 4 * axis:8 + 4 * axis], 'big') for axis in range(dimensions)]
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def images(part):
    """float32 in [0, 1], shape [count, 784]"""
    pixels = read(f'{part}-images-idx3-ubyte')
    return pixels.reshape(len(pixels), 784).astype('float32') / 255


def labels(part):
    return read(f'{part}-labels-idx1-ubyte').astype('int64')
