"""Reference values for test/lib/descent/optimizers.test.ts, written to optimizers.json beside this file.

Optax, in double precision, makes 100 steps with each optimizer on gradients that a formula gives:

    pip install jax optax
    python test/references/optimizers.py
"""
import json
import pathlib

import jax

jax.config.update('jax_enable_x64', True)
import jax.numpy as jnp
import optax

start = jnp.array([0.1, -0.05, 0.025, 0.0, -0.2])
gradient = lambda step: jnp.sin(1.7 * (jnp.arange(5) + 1) + 0.3 * step) * jnp.array([1.0, 0.1, 2.0, 1e-3, 0.5])
optimizers = {
    'sgd': optax.sgd(0.01),
    'momentum': optax.sgd(0.01, momentum=0.9),
    'nesterov': optax.sgd(0.01, momentum=0.9, nesterov=True),
    'rmsProp': optax.rmsprop(0.001, decay=0.9, eps=1e-7, eps_in_sqrt=True),
    'adam': optax.adam(0.001, eps=1e-7),
}

cases = {}
for name, rule in optimizers.items():
    theta, state = start, rule.init(start)
    path = []
    for step in range(100):
        updates, state = rule.update(gradient(step), state, theta)
        theta = optax.apply_updates(theta, updates)
        if step + 1 in (1, 2, 10, 100):
            path.append([float(value) for value in theta])
    cases[name] = path

result = {'madeWith': {'optax': optax.__version__, 'jax': jax.__version__}, 'steps': [1, 2, 10, 100], 'cases': cases}
pathlib.Path(__file__).with_suffix('.json').write_text(json.dumps(result, indent=1) + '\n')
