/** A GPT in TensorFlow.js's own words, whose gradients it finds by itself: what the course's is compared with. */
import type { Gpt } from '../../lib/language/gpt-model';
import { gptTensors } from '../../lib/language/gpt-shape';
import type { GptPart } from '../../lib/language/gpt-without';
import { tf } from '../../lib/tensorflow/backend';

type Tensors = Record<string, tf.Tensor>;

function norm(x: tf.Tensor, p: Tensors, name: string): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  const scaled = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
  return tf.add(tf.mul(scaled, p[`${name}.gain`]), p[`${name}.bias`]);
}

function dense(x: tf.Tensor, p: Tensors, name: string): tf.Tensor {
  return tf.add(tf.matMul(x, p[`${name}.weights`]), p[`${name}.bias`]);
}

function attention(
  x: tf.Tensor,
  p: Tensors,
  name: string,
  { heads, context, width }: Gpt['shape'],
): tf.Tensor {
  const size = width / heads;
  const [q, k, v] = tf.split(dense(x, p, `${name}.qkv`), 3, 1).map((part) => {
    return tf.transpose(tf.reshape(part, [-1, context, heads, size]), [0, 2, 1, 3]);
  });
  const later = tf.sub(1, tf.linalg.bandPart(tf.ones([context, context]), -1, 0));
  const scores = tf.sub(tf.div(tf.matMul(q, k, false, true), Math.sqrt(size)), tf.mul(later, 1e9));
  const mixed = tf.transpose(tf.matMul(tf.softmax(scores), v), [0, 2, 1, 3]);
  return dense(tf.reshape(mixed, [-1, width]), p, `${name}.output`);
}

function gelu(u: tf.Tensor): tf.Tensor {
  const inner = tf.mul(Math.sqrt(2 / Math.PI), tf.add(u, tf.mul(0.044715, tf.mul(u, tf.mul(u, u)))));
  return tf.mul(tf.mul(0.5, u), tf.add(1, tf.tanh(inner)));
}

function logits(p: Tensors, tokens: tf.Tensor1D, shape: Gpt['shape'], without?: GptPart): tf.Tensor2D {
  const normed = (x: tf.Tensor, name: string) => (without === 'norm' ? x : norm(x, p, name));
  const added = (x: tf.Tensor, y: tf.Tensor) => (without === 'residual' ? y : tf.add(x, y));
  // A product, since the gradient of tf.gather needs a kernel that WebAssembly lacks.
  const chosen = tf.oneHot(tokens, shape.vocabulary);
  const embedded = tf.reshape(tf.matMul(chosen, p.tokens), [-1, shape.context, shape.width]);
  const placed = without === 'positions' ? embedded : tf.add(embedded, p.positions);
  let x: tf.Tensor = tf.reshape(placed, [-1, shape.width]);
  for (let layer = 1; layer <= shape.layers; layer++) {
    const at = `block${layer}`;
    if (without !== 'attention')
      x = added(x, attention(normed(x, `${at}.attention.norm`), p, `${at}.attention`, shape));
    if (without === 'mlp') continue;
    const hidden = gelu(dense(normed(x, `${at}.mlp.norm`), p, `${at}.mlp.up`));
    x = added(x, dense(hidden, p, `${at}.mlp.down`));
  }
  return tf.matMul(normed(x, 'norm'), p.tokens, false, true) as tf.Tensor2D;
}

/** @returns the loss and the gradients by all parameters, by `tf.grads` */
export function plainGradients(
  { shape, weights }: Gpt,
  tokens: number[],
  targets: number[],
  without?: GptPart,
) {
  const specifications = gptTensors(shape);
  const names = specifications.map(({ name }) => name);
  return tf.tidy(() => {
    const values = specifications.map(({ name, shape }) => tf.tensor(weights[name].slice(), [...shape]));
    const loss = (...values: tf.Tensor[]) => {
      const p = Object.fromEntries(names.map((name, index) => [name, values[index]]));
      const z = logits(p, tf.tensor1d(tokens, 'int32'), shape, without);
      const chosen = tf.oneHot(tf.tensor1d(targets, 'int32'), shape.vocabulary);
      const mean = tf.neg(tf.mean(tf.sum(tf.mul(chosen, tf.logSoftmax(z)), 1)));
      // tf.grads refuses a parameter on which the loss does not depend at all.
      return tf.add(mean, tf.mul(0, tf.addN(values.map((value) => tf.sum(value))))) as tf.Scalar;
    };
    const found = tf.grads(loss)(values);
    return {
      loss: loss(...values).dataSync()[0],
      gradients: Object.fromEntries(names.map((name, index) => [name, found[index].dataSync()])),
    };
  });
}
