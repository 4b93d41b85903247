import { execFile, execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { share, symbols } from '../../../lib/base/contract';
import { type HostBackend, host } from '../../../lib/base/host';
import { describeBackend, startTensorflow, tf } from '../../../lib/tensorflow/backend';
import { bytesToTensor } from '../../../lib/tensorflow/tensors';

const root = path.join(__dirname, '../../..');
const binding = path.join(root, 'node_modules/@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node');
const hasNative = fs.existsSync(binding);

interface Run {
  report?: { backend: string; version: string; reason: string };
  error: string;
}

/** Starts TensorFlow in a process of its own, in the project or in a copy of it. */
function start(choice: string, forced: string | undefined, project = root): Promise<Run> {
  const { DESCENT_BACKEND: _, ...env } = process.env;
  const script = path.join(project, 'tools/setup/probe.ts');
  const command = [require.resolve('tsx/cli'), script, ...(choice ? [choice] : [])];
  const options = {
    cwd: project,
    env: forced === undefined ? env : { ...env, DESCENT_BACKEND: forced },
  };
  return new Promise((resolve) => {
    execFile(process.execPath, command, options, (failure, output, error) => {
      resolve(failure ? { error: error.trim() } : { report: JSON.parse(output), error: '' });
    });
  });
}

describe('startTensorflow() in a fresh process', () => {
  test.for<[string, RegExp]>([
    ['native', /^Native TensorFlow \d+\.\d+\.\d+ runs, because native was asked for\.$/],
    ['wasm', /^TensorFlow\.js 4\.22\.0 in WebAssembly runs, because wasm was asked for\.$/],
    ['js', /^TensorFlow\.js 4\.22\.0 in plain JavaScript runs, because js was asked for\.$/],
  ])('starts %s when asked for it', async ([backend, reason], { skip }) => {
    skip(backend === 'native' && !hasNative, 'native TensorFlow is not installed');
    const { report } = await start(backend, undefined);
    expect(report).toMatchObject({ backend, reason: expect.stringMatching(reason) });
  });

  test('chooses the fastest there is', async () => {
    const { report } = await start('', undefined);
    expect(report?.backend).toBe(hasNative ? 'native' : 'wasm');
  });

  test('obeys DESCENT_BACKEND, and the argument before it', async () => {
    const [obeyed, overruled, empty] = await Promise.all([
      start('', 'js'),
      start('wasm', 'js'),
      start('', ''),
    ]);
    expect(obeyed.report?.reason).toMatch(/in plain JavaScript runs, because DESCENT_BACKEND asks for js\.$/);
    expect(overruled.report?.backend).toBe('wasm');
    expect(empty.report?.backend).toBe(hasNative ? 'native' : 'wasm');
  });

  test('works on one thread, or on as many as the environment says', ({ skip }) => {
    skip(!hasNative, 'native TensorFlow is not installed');
    const { TF_NUM_INTRAOP_THREADS: _, ...env } = process.env;
    const code = `const { nativeAddOn, startTensorflow } = require('./lib/tensorflow/backend');
      startTensorflow('native').then(() =>
        console.log(process.env.TF_NUM_INTRAOP_THREADS ?? (nativeAddOn() && 'call by call')))`;
    const threads = (own: Record<string, string>) =>
      execFileSync(process.execPath, ['--import', 'tsx', '-e', code], {
        cwd: root,
        env: { ...env, ...own },
        encoding: 'utf8',
        stdio: 'pipe',
      }).trim();
    // With the course's own operations; then a process that this one starts chooses for itself.
    expect(threads({})).toMatch(/^(1|call by call)$/);
    expect(threads({ TF_NUM_INTRAOP_THREADS: '3' })).toBe('3');
  });

  test('names an unknown backend', async () => {
    const [byArgument, byVariable] = await Promise.all([start('gpu', undefined), start('', 'cuda')]);
    const choices = 'one of auto, native, wasm, js, webgpu (`npm run setup -- --gpu` installs it)';
    expect(byArgument.error).toBe(`Cannot start TensorFlow: backend must be ${choices}, got 'gpu'`);
    expect(byVariable.error).toBe(`Cannot start TensorFlow: DESCENT_BACKEND must be ${choices}, got 'cuda'`);
  });
});

/** A project whose node_modules hold what the real one holds, as links, apart from what is left out. */
function copyOfProject(leftOut: string[]): string {
  const copy = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'descent-tensorflow-')));
  fs.writeFileSync(path.join(copy, 'package.json'), '{ "name": "descent" }');
  for (const file of ['lib', 'tools/setup/probe.ts']) {
    fs.cpSync(path.join(root, file), path.join(copy, file), { recursive: true });
  }
  fs.mkdirSync(path.join(copy, 'node_modules/@tensorflow'), { recursive: true });
  const packages = fs
    .readdirSync(path.join(root, 'node_modules'))
    .filter((name) => name !== '@tensorflow' && !name.startsWith('.'));
  const ours = fs
    .readdirSync(path.join(root, 'node_modules/@tensorflow'))
    .map((name) => `@tensorflow/${name}`);
  for (const name of [...packages, ...ours].filter((each) => !leftOut.includes(each))) {
    fs.symlinkSync(path.join(root, 'node_modules', name), path.join(copy, 'node_modules', name));
  }
  return copy;
}

describe('startTensorflow() where a backend is missing', () => {
  const native = '@tensorflow/tfjs-node';
  const wasm = '@tensorflow/tfjs-backend-wasm';
  let project = '';
  afterEach(() => fs.rmSync(project, { recursive: true, force: true }));

  test('takes WebAssembly and says why not native, in the words of set-up', async () => {
    project = copyOfProject([native]);
    fs.mkdirSync(path.join(project, '.tensorflow'));
    fs.writeFileSync(
      path.join(project, '.tensorflow/status.json'),
      '{ "reason": "there is no C++ compiler." }',
    );
    const { report } = await start('', undefined, project);
    expect(report).toMatchObject({
      backend: 'wasm',
      reason:
        'TensorFlow.js 4.22.0 in WebAssembly runs, because native TensorFlow is not installed: there is no C++ compiler (`npm run setup -- --tensorflow=wheel` builds it).',
    });
  });

  test('takes plain JavaScript as the last resort', async () => {
    project = copyOfProject([native, wasm]);
    const { report } = await start('', undefined, project);
    expect(report?.backend).toBe('js');
    expect(report?.reason).toMatch(
      /native TensorFlow is not installed .*; TensorFlow\.js's WebAssembly is not installed \(`npm run setup` installs it\)/,
    );
  });

  test('is an error where the missing one is forced', async () => {
    project = copyOfProject([native, wasm]);
    const [byArgument, byVariable] = await Promise.all([
      start('native', undefined, project),
      start('', 'wasm', project),
    ]);
    expect(byArgument.error).toBe(
      'Cannot start TensorFlow: native was asked for, but native TensorFlow is not installed (`npm run setup -- --tensorflow=wheel` builds it). `npm run doctor` says what is missing.',
    );
    expect(byVariable.error).toContain(
      "Cannot start TensorFlow: DESCENT_BACKEND asks for wasm, but TensorFlow.js's WebAssembly is not installed",
    );
  });

  test('goes on without a native library that is damaged', async ({ skip }) => {
    skip(!hasNative, 'native TensorFlow is not installed');
    project = copyOfProject([native]);
    const copy = path.join(project, 'node_modules', native);
    for (const part of ['package.json', 'dist'])
      fs.cpSync(path.join(root, 'node_modules', native, part), path.join(copy, part), {
        recursive: true,
      });
    fs.mkdirSync(path.join(copy, 'lib/napi-v8'), { recursive: true });
    fs.writeFileSync(path.join(copy, 'lib/napi-v8/tfjs_binding.node'), 'not a library');
    const [any, forced] = await Promise.all([
      start('', undefined, project),
      start('native', undefined, project),
    ]);
    expect(any.report).toMatchObject({
      backend: 'wasm',
      reason: expect.stringMatching(/native TensorFlow does not load: /),
    });
    expect(forced.error).toMatch(
      /^Cannot start TensorFlow: native was asked for, but native TensorFlow does not load: .*builds it anew/,
    );
  });
});

describe('startTensorflow() in one process', () => {
  test('describeBackend() complains before the start', () => {
    expect(() => describeBackend()).toThrow(
      'Cannot describe the backend: TensorFlow has not started; await startTensorflow()',
    );
  });

  test('keeps what runs, and changes only when asked by name', async () => {
    const js = await startTensorflow('js');
    expect(js.backend).toBe('js');
    expect(await startTensorflow()).toEqual(js);
    expect(describeBackend()).toEqual(js);
    expect((await startTensorflow('wasm')).backend).toBe('wasm');
    expect((await startTensorflow()).backend).toBe('wasm');
    expect(tf.getBackend()).toBe('wasm');
  });

  test('starts called at once come one after the other', async () => {
    const reports = await Promise.all([startTensorflow('js'), startTensorflow('wasm'), startTensorflow()]);
    expect(reports.map(({ backend }) => backend)).toEqual(['js', 'wasm', 'wasm']);
  });

  test('an unknown name changes nothing', async () => {
    await startTensorflow('wasm');
    await expect(startTensorflow('gpu' as 'js')).rejects.toThrow(RangeError);
    expect(describeBackend().backend).toBe('wasm');
  });

  test('a report is a copy', async () => {
    (await startTensorflow('js')).backend = 'native';
    expect(describeBackend().backend).toBe('js');
  });
});

describe('startTensorflow() where another host answers', () => {
  const [, , js] = host().backends;
  const remedies = { examine: 'Try another browser.', install: '' };
  const wasm: HostBackend = {
    name: 'wasm',
    remedies: { ifMissing: '', ifBroken: 'close some tabs' },
    missing: async () => '',
    load: async () => {},
  };
  const surround = (...backends: HostBackend[]) => share('host', { ...host(), backends, remedies });
  afterEach(() => Reflect.deleteProperty(globalThis, symbols.host));

  test('tries what it offers, and speaks in its words', async () => {
    surround(wasm, js);
    await expect(startTensorflow('native')).rejects.toThrow(
      "Cannot start TensorFlow: backend must be one of auto, wasm, js, got 'native'",
    );
    await expect(startTensorflow('wasm')).rejects.toThrow(
      "Cannot start TensorFlow: wasm was asked for, but TensorFlow.js's WebAssembly is not installed. Try another browser.",
    );
    expect((await startTensorflow('js')).backend).toBe('js');
  });

  test('takes one that must be asked for only if it is asked for', async () => {
    const load = vi.fn(async () => {});
    const card: HostBackend = { ...wasm, name: 'webgpu', onRequest: true, load };
    surround({ ...card, missing: async () => undefined }, js);
    Reflect.deleteProperty(globalThis, symbols.tensorflow);
    expect((await startTensorflow()).backend).toBe('js');
    expect(load).not.toHaveBeenCalled();
    const missing = { ifMissing: '`npm run setup -- --gpu` installs it', ifBroken: '' };
    surround({ ...card, remedies: missing }, js);
    await expect(startTensorflow('webgpu')).rejects.toThrow(
      "webgpu was asked for, but TensorFlow.js's WebGPU is not installed (`npm run setup -- --gpu` installs it).",
    );
    await expect(startTensorflow('cuda' as 'js')).rejects.toThrow(
      "backend must be one of auto, webgpu (`npm run setup -- --gpu` installs it), js, got 'cuda'",
    );
  });

  test('says why a backend does not load, with the remedy if there is one', async () => {
    const load = () => Promise.reject(new Error('no room\nat line 3'));
    surround({ ...wasm, missing: async () => undefined, load }, js);
    await expect(startTensorflow('wasm')).rejects.toThrow(
      "TensorFlow.js's WebAssembly does not load: no room (close some tabs). Try another browser.",
    );
  });
});

describe.each(['native', 'wasm', 'js'] as const)('on %s', (backend) => {
  beforeEach(async ({ skip }) => {
    skip(backend === 'native' && !hasNative, 'native TensorFlow is not installed');
    await startTensorflow(backend);
  });

  test('bytesToTensor() divides, keeps the bytes, and leaves one tensor', async () => {
    const before = tf.memory().numTensors;
    const bytes = Uint8Array.of(0, 1, 2, 128, 254, 255);
    const tensor = bytesToTensor(bytes, [2, 3], 255);
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(tensor.dtype).toBe('float32');
    expect(await tensor.array()).toEqual(
      [0, 1].map((row) =>
        Array.from(Float32Array.from(bytes.subarray(3 * row, 3 * row + 3), (byte) => byte / 255)),
      ),
    );
    expect(bytes).toEqual(Uint8Array.of(0, 1, 2, 128, 254, 255));
    tensor.dispose();
  });

  test('a dense layer learns a line', async () => {
    const model = tf.sequential({
      layers: [tf.layers.dense({ units: 1, inputShape: [1], kernelInitializer: 'zeros' })],
    });
    model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
    const [x, y] = [tf.tensor2d([-1, 0, 1], [3, 1]), tf.tensor2d([-1, 1, 3], [3, 1])];
    await model.fit(x, y, { epochs: 200, batchSize: 3, shuffle: false, verbose: 0 });
    const weights = model.getWeights().map((weight) => weight.dataSync()[0]);
    expect(weights[0]).toBeCloseTo(2, 4);
    expect(weights[1]).toBeCloseTo(1, 4);
    tf.dispose([x, y]);
    model.dispose();
  });
});
