"""What Keras itself makes of MNIST's bytes: the figures that notebooks 06 and 07 quote, written to keras-bytes.json.

The program of notebook 07, as printed there, is handed what `mnist.load_data()` gives, 28 x 28 bytes (the shape error),
and then the same digits as rows of 784 bytes, and as rows of numbers from 0 to 1: one epoch on the first 10,000 training
digits, five seeds, judged on the last 10,000 training digits.

    pip install tensorflow-cpu==2.21.0 keras==3.15.1
    python test/references/keras-bytes.py FOLDER    # the folder with train-images-idx3-ubyte and its labels
"""
import json
import os
import pathlib
import sys

os.environ['KERAS_BACKEND'] = 'tensorflow'
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import keras
import numpy as np
import tensorflow as tf

folder = pathlib.Path(sys.argv[1])
images = np.frombuffer((folder / 'train-images-idx3-ubyte').read_bytes(), np.uint8, offset=16).reshape(-1, 28, 28)
labels = np.frombuffer((folder / 'train-labels-idx1-ubyte').read_bytes(), np.uint8, offset=8)
few, judged = slice(0, 10_000), slice(50_000, 60_000)


def create_model(seed):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([
        keras.Input((784,)),
        keras.layers.Dense(128, activation='relu'),
        keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    return model


def after_one_epoch(prepared, seed):
    model = create_model(seed)
    model.fit(prepared[few], labels[few], epochs=1, batch_size=32, verbose=0)
    return model.evaluate(prepared[judged], labels[judged], verbose=0)[1]


try:
    create_model(1).fit(images[few], labels[few], epochs=1, batch_size=32, verbose=0)
    complaint = None
except Exception as error:
    complaint = f'{type(error).__name__}: {error}'

rows = images.reshape(-1, 784)
seeds = [1, 2, 3, 4, 5]
result = {
    'versions': {'keras': keras.__version__, 'tensorflow': tf.__version__},
    'complaint': complaint,
    'bytes': [round(after_one_epoch(rows, seed), 4) for seed in seeds],
    'scaled': [round(after_one_epoch(rows / np.float32(255), seed), 4) for seed in seeds],
}
text = json.dumps(result, indent=2, ensure_ascii=False)
(pathlib.Path(__file__).parent / 'keras-bytes.json').write_text(text + '\n')
print(text)
