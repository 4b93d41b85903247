"""Reference values for test/lib/model/mnist-model.test.ts, written to keras-model.json beside this file.

Python Keras trains the course's network, with 16 hidden units, from weights and on digits that a formula gives, so that
TensorFlow.js can start from the same. Each optimizer makes 20 updates of 32 examples.

    pip install tensorflow-cpu keras
    python test/references/keras-model.py
"""
import json
import os
import pathlib

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import keras
import numpy as np

inputs, units, classes, examples, batch = 784, 16, 10, 64, 32
sines = lambda count, pace: np.sin((np.arange(count) + 1) * pace)
weights = [
    (0.08 * sines(inputs * units, 1.7)).reshape(inputs, units),
    0.01 * sines(units, 1.1),
    (0.4 * sines(units * classes, 2.3)).reshape(units, classes),
    0.01 * sines(classes, 1.3),
]
images = np.maximum(0, sines(examples * inputs, 0.37)).reshape(examples, inputs)
labels = (7 * np.arange(examples)) % classes
optimizers = {
    'sgd': keras.optimizers.SGD(0.1),
    'momentum': keras.optimizers.SGD(0.02, momentum=0.9),
    'nesterov': keras.optimizers.SGD(0.02, momentum=0.9, nesterov=True),
    'rmsprop': keras.optimizers.RMSprop(0.001),
    'adam': keras.optimizers.Adam(0.001),
    'adamw': keras.optimizers.AdamW(0.001, weight_decay=0.004),
    'adamWithTinyEpsilon': keras.optimizers.Adam(0.001, epsilon=1e-12),
}

cases = {}
for name, optimizer in optimizers.items():
    model = keras.Sequential([
        keras.Input((inputs,)),
        keras.layers.Dense(units, activation='relu'),
        keras.layers.Dense(classes, activation='softmax'),
    ])
    model.set_weights(weights)
    model.compile(optimizer, loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    losses, accuracies = [], []
    for step in range(20):
        rows = slice(0, batch) if step % 2 == 0 else slice(batch, examples)
        model.reset_metrics()
        loss, accuracy = model.train_on_batch(images[rows], labels[rows])
        losses.append(float(loss))
        accuracies.append(float(accuracy))
    flat = np.concatenate([entry.ravel() for entry in model.get_weights()])
    cases[name] = {
        'learningRate': float(optimizer.learning_rate.numpy()),
        'losses': losses,
        'accuracies': accuracies,
        # Every 97th weight, in the order of get_weights().
        'weights': [float(value) for value in flat[::97]],
        'distance': float(np.sqrt(np.sum((flat - np.concatenate([w.ravel() for w in weights])) ** 2))),
    }

result = {'madeWith': {'keras': keras.__version__, 'backend': keras.backend.backend()}, 'cases': cases}
target = pathlib.Path(__file__).with_suffix('.json')
target.write_text(json.dumps(result, indent=1) + '\n')
