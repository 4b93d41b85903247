"""A GPT in JAX, in double precision, for the tests of lib/language/; written to gpt.json beside this file.

Two small models whose sizes are no multiple of anything: drawn parameters, tokens, the loss with the gradients that JAX
finds by itself, and the losses of ten updates by Optax: AdamW after clipping, gains and biases not decayed.

    pip install jax==0.10.2 optax==0.2.8
    python test/references/gpt.py
"""
import json
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
import optax

jax.config.update('jax_enable_x64', True)
random = np.random.default_rng(17)
RATE, DECAY, CLIP, UPDATES = 0.01, 0.1, 0.5, 10


def sizes(V, T, L, D):
    block = lambda i: {
        f'block{i}.attention.norm.gain': (D,), f'block{i}.attention.norm.bias': (D,),
        f'block{i}.attention.qkv.weights': (D, 3 * D), f'block{i}.attention.qkv.bias': (3 * D,),
        f'block{i}.attention.output.weights': (D, D), f'block{i}.attention.output.bias': (D,),
        f'block{i}.mlp.norm.gain': (D,), f'block{i}.mlp.norm.bias': (D,),
        f'block{i}.mlp.up.weights': (D, 4 * D), f'block{i}.mlp.up.bias': (4 * D,),
        f'block{i}.mlp.down.weights': (4 * D, D), f'block{i}.mlp.down.bias': (D,),
    }
    shapes = {'tokens': (V, D), 'positions': (T, D)}
    for i in range(1, L + 1):
        shapes.update(block(i))
    return {**shapes, 'norm.gain': (D,), 'norm.bias': (D,)}


def norm(x, p, name):
    centred = x - x.mean(-1, keepdims=True)
    return p[f'{name}.gain'] * centred / jnp.sqrt((centred ** 2).mean(-1, keepdims=True) + 1e-5) + p[f'{name}.bias']


def dense(x, p, name):
    return x @ p[f'{name}.weights'] + p[f'{name}.bias']


def attention(x, p, name, heads):
    B, T, D = x.shape
    split = lambda part: part.reshape(B, T, heads, D // heads).swapaxes(1, 2)
    q, k, v = map(split, jnp.split(dense(x, p, f'{name}.qkv'), 3, axis=-1))
    scores = q @ k.swapaxes(2, 3) / jnp.sqrt(D // heads)
    scores = jnp.where(jnp.tril(jnp.ones((T, T), bool)), scores, -jnp.inf)
    mixed = (jax.nn.softmax(scores, axis=-1) @ v).swapaxes(1, 2).reshape(B, T, D)
    return dense(mixed, p, f'{name}.output')


def loss_of(p, tokens, targets, L, heads):
    x = p['tokens'][tokens] + p['positions']
    for i in range(1, L + 1):
        x = x + attention(norm(x, p, f'block{i}.attention.norm'), p, f'block{i}.attention', heads)
        hidden = jax.nn.gelu(dense(norm(x, p, f'block{i}.mlp.norm'), p, f'block{i}.mlp.up'), approximate=True)
        x = x + dense(hidden, p, f'block{i}.mlp.down')
    logits = norm(x, p, 'norm') @ p['tokens'].T
    chosen = jnp.take_along_axis(jax.nn.log_softmax(logits), targets[..., None], axis=-1)
    return -chosen.mean()


def case(V, T, L, H, D, B):
    draw = lambda name, shape: float(name.endswith('gain')) + 0.3 * random.normal(size=shape)
    first = {name: draw(name, shape).astype('float32').astype(float) for name, shape in sizes(V, T, L, D).items()}
    tokens, targets = random.integers(V, size=(2, B, T))
    compute = jax.jit(jax.value_and_grad(lambda p: loss_of(p, tokens, targets, L, H)))
    loss, gradients = compute(first)
    weights = {name: len(value.shape) == 2 for name, value in first.items()}
    rule = optax.chain(
        optax.clip_by_global_norm(CLIP), optax.adamw(RATE, 0.9, 0.99, 1e-8, weight_decay=DECAY, mask=weights))
    parameters, state, losses = first, rule.init(first), []
    for _ in range(UPDATES):
        value, gradient = compute(parameters)
        losses.append(float(value))
        steps, state = rule.update(gradient, state, parameters)
        parameters = optax.apply_updates(parameters, steps)
    numbers = lambda arrays: {name: [float(f'{x:.9g}') for x in np.ravel(value)] for name, value in arrays.items()}
    return {
        'shape': {'vocabulary': V, 'context': T, 'layers': L, 'heads': H, 'width': D},
        'weights': numbers(first), 'tokens': tokens.ravel().tolist(), 'targets': targets.ravel().tolist(),
        'loss': float(loss), 'gradients': numbers(gradients), 'losses': losses,
    }


result = {
    'versions': {'jax': jax.__version__, 'optax': optax.__version__, 'numpy': np.__version__},
    'rate': RATE, 'decay': DECAY, 'clip': CLIP,
    'cases': [case(V=11, T=5, L=2, H=3, D=6, B=3), case(V=7, T=9, L=1, H=1, D=7, B=2)],
}
target = pathlib.Path(__file__).with_name('gpt.json')
target.write_text(json.dumps(result, separators=(',', ':')) + '\n')
