"""One epoch of Keras's model.fit for every line on stdin: {"batchSize": 32}. The second argument `jit` compiles with XLA.

Answers one JSON line each: {"seconds": …, "loss": …}. The first line of all is {"version": …}.
"""
import json
import sys
import time

from keras_program import create_model
from data import images, labels
import keras
import tensorflow

x, y = images('train'), labels('train')
jit = sys.argv[2:] == ['jit']
keras.utils.set_random_seed(1)
model = create_model()
model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'], jit_compile=jit)
print(json.dumps({'version': f'Keras {keras.__version__} on TensorFlow {tensorflow.__version__}'}), flush=True)
for line in sys.stdin:
    size = json.loads(line)['batchSize']
    start = time.perf_counter()
    history = model.fit(x, y, epochs=1, batch_size=size, verbose=0)
    seconds = time.perf_counter() - start
    print(json.dumps({'seconds': seconds, 'loss': history.history['loss'][0]}), flush=True)
