/** Starts a TensorFlow backend, multiplies two matrices with it, and prints what runs as one line of JSON. */
import { type BackendChoice, nativeAddOn, startTensorflow, tf } from '../../lib/tensorflow';

async function main(): Promise<void> {
  const report = await startTensorflow((process.argv[2] as BackendChoice) || undefined);
  const product = tf.matMul([[1, 2]], [[3], [4]]);
  const [value] = await product.data();
  product.dispose();
  if (value !== 11) throw new Error(`(1, 2) · (3, 4) must be 11, got ${value}`);
  const operations = nativeAddOn() ? "the course's own" : "TensorFlow's";
  console.log(JSON.stringify({ ...report, operations }));
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
