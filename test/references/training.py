"""Keras's own training, step by step, for the tests of lib/training/; written to training.json beside this file.

Each case trains a small dense network for 100 steps in a fixed order of the examples and stores the data, the first
weights and the last ones, and the loss of every epoch. (Keras's Adam adds its epsilon at another place than
TensorFlow.js's, which shows where gradients are as small as epsilon: no case has such.)

    pip install tensorflow-cpu==2.21.0 keras==3.15.1
    python test/references/training.py
"""
import json
import os
import pathlib

os.environ['KERAS_BACKEND'] = 'tensorflow'
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import keras
import numpy as np
import tensorflow

EXAMPLES, INPUTS, CLASSES, BATCH, EPOCHS = 55, 9, 4, 16, 25
random = np.random.default_rng(6)
plain = lambda value: [float(f'{number:.9g}') for number in np.asarray(value, dtype=float).ravel()]

labels = random.integers(CLASSES, size=EXAMPLES)
inputs = (np.cos(2 * labels[:, None] + np.arange(INPUTS)) + random.normal(size=(EXAMPLES, INPUTS))).astype('float32')
one_hot = np.eye(CLASSES, dtype='float32')[labels]
numbers = (np.sin(labels[:, None] + np.arange(CLASSES)) / 2).astype('float32')

optimizers = {
    'sgd': lambda: keras.optimizers.SGD(0.1),
    'momentum': lambda: keras.optimizers.SGD(0.03, momentum=0.9),
    'nesterov': lambda: keras.optimizers.SGD(0.03, momentum=0.9, nesterov=True),
    'rmsprop': lambda: keras.optimizers.RMSprop(0.003),
    'adam': lambda: keras.optimizers.Adam(0.003),
    'adamw': lambda: keras.optimizers.AdamW(0.003, weight_decay=0.1),
}


def train(hidden, activation, loss, targets, optimizer, l2=0.0):
    keras.utils.set_random_seed(7)
    model = keras.Sequential([
        keras.Input((INPUTS,)),
        keras.layers.Dense(7, activation=hidden, kernel_regularizer=keras.regularizers.l2(l2) if l2 else None),
        keras.layers.Dense(CLASSES, activation=activation),
    ])
    model.compile(optimizer=optimizers[optimizer](), loss=loss)
    first = [plain(weight) for weight in model.get_weights()]
    history = model.fit(inputs, targets, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0)
    return {
        'hidden': hidden, 'activation': activation, 'loss': loss, 'optimizer': optimizer, 'l2': l2,
        'first': first, 'last': [plain(weight) for weight in model.get_weights()], 'history': plain(history.history['loss']),
    }


cases = [train('relu', 'softmax', 'sparse_categorical_crossentropy', labels, name, l2=0.01) for name in optimizers]
cases += [
    train('tanh', 'softmax', 'categorical_crossentropy', one_hot, 'adam'),
    train('sigmoid', 'linear', 'mean_squared_error', numbers, 'adam'),
    train('softmax', 'sigmoid', 'binary_crossentropy', one_hot, 'momentum'),
    train('linear', 'tanh', 'mean_squared_error', numbers, 'nesterov'),
]
result = {
    'versions': {'keras': keras.__version__, 'tensorflow': tensorflow.__version__, 'numpy': np.__version__},
    'batchSize': BATCH, 'epochs': EPOCHS, 'examples': EXAMPLES, 'inputs': plain(inputs),
    'targets': {
        'sparse_categorical_crossentropy': plain(labels), 'categorical_crossentropy': plain(one_hot),
        'binary_crossentropy': plain(one_hot), 'mean_squared_error': plain(numbers),
    },
    'cases': cases,
}
target = pathlib.Path(__file__).with_name('training.json')
target.write_text(json.dumps(result, separators=(',', ':')) + '\n')
