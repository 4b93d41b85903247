"""Reference values for the tests of the mathematics in lib/, written to maths.json beside this file.

Computed with NumPy, SciPy, scikit-learn, JAX, Optax and Keras, none of which shares code with lib/. JAX and Optax
compute in double precision throughout; Keras only serves where it does too:

    pip install numpy scipy scikit-learn jax optax keras
    python test/references/maths.py
"""
import json
import os
import pathlib

os.environ['KERAS_BACKEND'] = 'jax'
import jax

jax.config.update('jax_enable_x64', True)
import jax.numpy as jnp
import keras
import numpy as np
import optax
import scipy
import sklearn
from scipy.optimize import fsolve
from scipy.special import logsumexp
from sklearn.metrics import confusion_matrix

keras.config.set_floatx('float64')
plain = lambda value: np.asarray(value, dtype=float).tolist()

# Activations and their derivatives.
z = np.array([-30.0, -4.0, -1.3, -0.2, 0.3, 1.0, 2.5, 30.0])
functions = {
    'sigmoid': keras.activations.sigmoid,
    'tanh': jnp.tanh,
    'relu': keras.activations.relu,
    'leakyRelu': lambda x: keras.activations.leaky_relu(x, negative_slope=0.01),
    'gelu': lambda x: keras.activations.gelu(x, approximate=False),
}
activations = {'z': plain(z), 'functions': {}}
for name, function in functions.items():
    slope = jax.vmap(jax.grad(lambda x: function(x)))(jnp.array(z))
    activations['functions'][name] = {'values': plain(function(jnp.array(z))), 'derivatives': plain(slope)}
logits = np.array([2.0, -1.0, 0.5, 3.0])
softmax = lambda x: keras.activations.softmax(x[None, :])[0]
activations['softmax'] = {
    'logits': plain(logits),
    'values': plain(softmax(jnp.array(logits))),
    'jacobian': plain(jax.jacobian(softmax)(jnp.array(logits))),
}

# Losses.
outputs, targets = np.array([0.3, -1.2, 4.0, 0.1]), np.array([0.0, 1.0, 1.0, -2.0])
labels = np.array([0.0, 1.0, 1.0, 0.25])
raw = np.array([0.3, -40.0, 4.0, 700.0])


def loss(each, first, second):
    value = jnp.mean(each(jnp.array(first), jnp.array(second)))
    return {'first': plain(first), 'second': plain(second), 'value': float(value)}


right_class = lambda x: optax.losses.softmax_cross_entropy_with_integer_labels(x[None, :], jnp.array([2]))[0]
losses = {
    'meanSquaredError': loss(optax.losses.squared_error, outputs, targets),
    'huber1': loss(lambda x, y: optax.losses.huber_loss(x, y, delta=1.0), outputs, targets),
    'huber2.5': loss(lambda x, y: optax.losses.huber_loss(x, y, delta=2.5), outputs, targets),
    'binaryCrossEntropyFromLogits': loss(optax.losses.sigmoid_binary_cross_entropy, raw, labels),
    'crossEntropyFromLogits': {
        'first': plain(logits), 'value': float(right_class(jnp.array(logits))),
        'gradient': plain(jax.grad(right_class)(jnp.array(logits))),
    },
    'logSumExp': [[plain(v), float(logsumexp(v))] for v in (logits, raw, logits + 1000, logits - 1000)],
}

# The minima of (x² + y - 11)² + (x + y² - 7)².
himmelblau = lambda p: [p[0] ** 2 + p[1] - 11, p[0] + p[1] ** 2 - 7]
himmelblau_minima = [
    plain(fsolve(himmelblau, start, xtol=1e-13)) for start in ([3, 2], [-2.8, 3.1], [-3.8, -3.3], [3.6, -1.8])
]

# Gradient descent on a quadratic, by powers of I - rate A.
hessian = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, -0.5], [0.5, -0.5, 2.0]])
start, minimum, rate = np.array([1.0, -2.0, 3.0]), np.array([0.5, 0.25, -1.0]), 0.3
power = lambda k: minimum + np.linalg.matrix_power(np.eye(3) - rate * hessian, k) @ (start - minimum)
descent = {
    'hessian': plain(hessian), 'start': plain(start), 'minimum': plain(minimum), 'learningRate': rate,
    'curvatures': plain(np.linalg.eigvalsh(hessian)), 'path': [plain(power(k)) for k in range(21)],
}


# Networks: weights and inputs are sines, so that they need no file.
def network(units, activation, output, examples=5):
    count = 0

    def sines(*shape):
        nonlocal count
        size = int(np.prod(shape))
        values = np.sin(np.arange(count + 1, count + size + 1) * 1.7).reshape(shape)
        count += size
        return values

    layers = [(sines(outs, ins), sines(outs)) for ins, outs in zip(units, units[1:])]
    inputs = sines(examples, units[0])
    if output == 'softmax':
        wanted = np.eye(units[-1])[np.arange(examples) % units[-1]]
    elif output == 'sigmoid':
        wanted = (np.arange(examples * units[-1]) % 2.0).reshape(examples, units[-1])
    else:
        wanted = sines(examples, units[-1])
    phi = functions[activation]

    def mean_loss(layers):
        a = jnp.array(inputs)
        for index, (weights, bias) in enumerate(layers):
            z = a @ weights.T + bias
            a = phi(z) if index < len(layers) - 1 else z
        if output == 'softmax':
            return jnp.mean(-jnp.sum(wanted * jax.nn.log_softmax(z), axis=1))
        if output == 'sigmoid':
            each = -wanted * jax.nn.log_sigmoid(z) - (1 - wanted) * jax.nn.log_sigmoid(-z)
            return jnp.mean(jnp.sum(each, axis=1))
        return jnp.mean(jnp.sum((z - wanted) ** 2, axis=1) / 2)

    layers = [(jnp.array(w), jnp.array(b)) for w, b in layers]
    value, gradient = jax.value_and_grad(mean_loss)(layers)
    flat = np.concatenate([np.concatenate([np.ravel(w), np.ravel(b)]) for w, b in gradient])
    return {
        'units': units, 'activation': activation, 'output': output, 'inputs': plain(inputs), 'targets': plain(wanted),
        'loss': float(value), 'gradient': plain(flat),
    }


networks = [
    network([2, 3, 4, 2], 'gelu', 'softmax'),
    network([3, 4, 1], 'tanh', 'sigmoid'),
    network([2, 5, 3, 2], 'relu', 'identity'),
    network([4, 3, 3, 3, 2], 'sigmoid', 'sigmoid'),
    network([1, 1], 'tanh', 'identity'),
    network([2, 6, 3], 'leakyRelu', 'softmax', examples=1),
]

# Metrics.
right = [0, 1, 2, 2, 1, 0, 2, 1, 1, 0]
called = [0, 2, 2, 2, 1, 1, 0, 1, 2, 0]
metrics = {'labels': right, 'predictions': called, 'confusion': confusion_matrix(right, called).tolist()}

versions = {module.__name__: module.__version__ for module in (np, scipy, sklearn, jax, optax, keras)}
everything = dict(
    versions=versions, activations=activations, losses=losses, himmelblauMinima=himmelblau_minima, descent=descent,
    networks=networks, metrics=metrics,
)
file = pathlib.Path(__file__).with_suffix('.json')
file.write_text(json.dumps(everything, separators=(',', ':')) + '\n')
