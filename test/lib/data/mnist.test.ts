import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import known from '../../../data/mnist-files.json';
import { type DigitSet, digitPixels } from '../../../lib/data/digits';
import { loadMnist, type Mnist } from '../../../lib/data/mnist';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';
import { imagesToTensor, labelsToTensor } from '../../../lib/tensorflow/tensors';
import {
  type Answer,
  cutOff,
  type FileServer,
  serve,
  startFileServer,
} from '../../samples/file-server';
import { noMnist } from '../../samples/small-network';

/** The folder that holds the real files; it is only read. */
const real = process.env.MNIST_DIR ?? '';
const names = Object.values(known.files).map(({ name }) => name);
const [trainImages, trainLabels, testImages, testLabels] = names;
const realFile = (name: string) => {
  const packed = path.join(real, `${name}.gz`);
  return fs.existsSync(packed)
    ? fs.readFileSync(packed)
    : gzipSync(fs.readFileSync(path.join(real, name)));
};
/** Long enough for a machine with much else to do: no server of these tests keeps silent. */
const patience = { answer: 10_000, network: 20_000, stall: 10_000, pause: 10, tries: 2 };

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

let folder: string;
let warnings: string[];
const servers: FileServer[] = [];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-mnist-'));
  warnings = [];
  vi.spyOn(console, 'warn').mockImplementation((line: string) => void warnings.push(line));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await Promise.all(servers.splice(0).map((server) => server.close()));
  fs.rmSync(folder, { recursive: true, force: true });
});

async function mirror(answer: Answer): Promise<string> {
  const started = await startFileServer(answer);
  servers.push(started);
  return started.address;
}

const nameIn = (url = '') => url.replace(/^\/|\.gz$/g, '');
const goodMirror: Answer = (response, request) =>
  serve(response, request, realFile(nameIn(request.url)));
const quiet = { patience, onProgress: () => {} };

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const pixelsOf = (set: DigitSet, index: number) =>
  set.images.subarray(index * digitPixels, (index + 1) * digitPixels);
const fingerprints = (set: DigitSet) =>
  Array.from(
    { length: set.count },
    (_, index) => `${set.labels[index]} ${sha256(pixelsOf(set, index))}`,
  );

/** Puts the four real files into the test's folder, as links. */
function layOut(): void {
  for (const name of names)
    fs.symlinkSync(path.join(real, `${name}.gz`), path.join(folder, `${name}.gz`));
}

/** Puts other content in the place of a file. */
function put(name: string, content: Uint8Array | string): void {
  fs.rmSync(path.join(folder, name), { force: true });
  fs.writeFileSync(path.join(folder, name), content);
}

describe.skipIf(noMnist)(`loadMnist() of the real files${noMnist}`, () => {
  let mnist: Mnist;
  beforeAll(async () => {
    mnist = await loadMnist({ source: 'full' });
  });

  test('gives 60,000 and 10,000 digits of known content', () => {
    expect(mnist).toMatchObject({
      source: 'full',
      train: { count: 60_000 },
      test: { count: 10_000 },
    });
    expect(mnist.description).toContain('60,000');
    const { files } = known;
    const header = { trainImages: 16, trainLabels: 8, testImages: 16, testLabels: 8 };
    const parts = {
      trainImages: mnist.train.images,
      trainLabels: mnist.train.labels,
      testImages: mnist.test.images,
      testLabels: mnist.test.labels,
    };
    for (const key of ['trainImages', 'trainLabels', 'testImages', 'testLabels'] as const) {
      const whole = gunzipSync(realFile(files[key].name));
      expect(sha256(whole)).toBe(files[key].sha256);
      expect(whole.length).toBe(files[key].bytes);
      expect(Buffer.compare(whole.subarray(header[key]), parts[key])).toBe(0);
    }
  });

  test('gives the first digits up to the limits', async () => {
    const few = await loadMnist({ source: 'full', limit: 100, testLimit: 7 });
    expect([few.train.count, few.test.count]).toEqual([100, 7]);
    expect(few.train.labels).toEqual(mnist.train.labels.subarray(0, 100));
    expect(few.test.images).toEqual(mnist.test.images.subarray(0, 7 * digitPixels));
  });

  test('rejects limits beyond what there is', async () => {
    const tooMany = loadMnist({ source: 'full', limit: 60_001 });
    await expect(tooMany).rejects.toThrow('limit must be <= 60000, got 60001');
    const tooManyTests = loadMnist({ source: 'full', testLimit: 10_001 });
    await expect(tooManyTests).rejects.toThrow('testLimit must be <= 10000, got 10001');
  });

  test('its tensors make no second copy of the floats in JavaScript', async ({
    annotate,
    skip,
  }) => {
    const native = await startTensorflow('native').catch(() => undefined);
    skip(!native, 'native TensorFlow is not installed');
    const grown = (backendName: string) => {
      collectGarbage(); // of earlier tests: freed in between, it would hide a copy
      const before = process.memoryUsage();
      const began = performance.now();
      const tensors = [imagesToTensor(mnist.train), labelsToTensor(mnist.train)];
      const milliseconds = performance.now() - began;
      const after = process.memoryUsage();
      expect(tensors[0].shape).toEqual([60_000, 784]);
      tf.dispose(tensors);
      const arrayBuffers = after.arrayBuffers - before.arrayBuffers;
      const external = after.external - before.external;
      void annotate(
        `${backendName}: 60,000 images and labels as tensors in ${milliseconds.toFixed(0)} ms; array buffers grew by ${(arrayBuffers / 1e6).toFixed(1)} MB`,
      );
      return { arrayBuffers, external };
    };
    const before = tf.memory().numTensors;
    const floats = 60_000 * digitPixels * 4;
    const onNative = grown('native');
    expect(onNative.arrayBuffers).toBeLessThan(floats / 20);
    expect(onNative.external).toBeLessThan(floats / 20);
    expect(tf.memory().numTensors).toBe(before);
    // Plain JavaScript must keep them: the measurement would see a copy.
    await startTensorflow('js');
    expect(grown('js').arrayBuffers).toBeGreaterThan(floats * 0.9);
    await startTensorflow('native');
  });
});

test.each<[object, string]>([
  [{ limit: 0 }, 'Cannot load MNIST: limit must be a whole number >= 1, got 0'],
  [{ testLimit: 1.5 }, 'Cannot load MNIST: testLimit must be a whole number >= 1, got 1.5'],
  [{ seed: -1 }, 'Cannot load MNIST: seed must be a whole number >= 0, got -1'],
  [
    { source: 'fashion' },
    "Cannot load MNIST: source must be one of auto, full, sample, got 'fashion'",
  ],
])('loadMnist(%o) is rejected', async (options, message) => {
  await expect(loadMnist(options)).rejects.toThrow(message);
});

describe.skipIf(noMnist)(`loadMnist() from MNIST_DIR${noMnist}`, () => {
  beforeEach(() => {
    vi.stubEnv('MNIST_DIR', folder);
    layOut();
  });

  test('reads files without .gz as well', async () => {
    fs.rmSync(path.join(folder, `${testLabels}.gz`));
    put(testLabels, gunzipSync(realFile(testLabels)));
    expect((await loadMnist({ testLimit: 5 })).source).toBe('full');
  });

  const packed = () => realFile(testLabels);
  const raw = () => gunzipSync(packed());
  const damages: [string, () => Uint8Array | string, RegExp][] = [
    [
      'cut short',
      () => packed().subarray(0, 2000),
      /is damaged: it cannot be decompressed \(unexpected end of file\)/,
    ],
    [
      'with damaged gzip',
      () => packed().fill(0xff, 500, 600),
      /is damaged: it cannot be decompressed \(/,
    ],
    [
      'with one pixel too many',
      () => gzipSync(Buffer.concat([raw(), Buffer.of(0)])),
      /is damaged: it (holds 10009 bytes instead of 10008|cannot be decompressed)/,
    ],
    [
      'with one label changed',
      () => gzipSync(raw().fill(0, 20, 21)),
      /is damaged: its SHA-256 is [0-9a-f]{64} instead of ff7bcfd4/,
    ],
    ['that is a web page', () => '<html>', /is damaged: it is a web page, not the file/],
    ['that is empty', () => '', /is damaged: it holds 0 bytes instead of 10008/],
    [
      'that unpacks without end',
      () => gzipSync(Buffer.alloc(50_000_000)),
      /is damaged: it cannot be decompressed \(/,
    ],
    ['that holds other labels', () => realFile(trainLabels), /is damaged: it/],
  ];
  test.each(damages)('a file %s is a clear error', async (_, content, message) => {
    put(`${testLabels}.gz`, content());
    const failure = await loadMnist().catch((error) => error);
    expect(failure.message).toMatch(message);
    expect(failure.message).toContain('Cannot load MNIST from MNIST_DIR: ');
    expect(failure.message).toContain(path.join(folder, `${testLabels}.gz`));
    expect(failure.message).toContain('unset MNIST_DIR to download them');
    // A reader's own files are never touched.
    expect(fs.readdirSync(folder)).toHaveLength(4);
  });

  test('a missing file is a clear error', async () => {
    fs.rmSync(path.join(folder, `${trainImages}.gz`));
    await expect(loadMnist()).rejects.toThrow(
      `${path.join(folder, trainImages)}.gz does not exist`,
    );
  });

  test('a missing folder is a clear error, not the sample', async () => {
    vi.stubEnv('MNIST_DIR', path.join(folder, 'nowhere'));
    await expect(loadMnist()).rejects.toThrow(
      /Cannot load MNIST from MNIST_DIR: .*nowhere.* does not exist/,
    );
  });
});

describe.skipIf(noMnist)(`loadMnist() that downloads${noMnist}`, () => {
  beforeEach(() => vi.stubEnv('MNIST_DIR', undefined));

  test('fetches all four files once, and reports its progress', async () => {
    const address = await mirror(goodMirror);
    const reports: { file: string; received: number; total?: number }[] = [];
    const options = {
      folder,
      mirrors: [address],
      patience,
      onProgress: (report: (typeof reports)[0]) => reports.push(report),
    };
    const mnist = await loadMnist(options);
    expect(mnist).toMatchObject({
      source: 'full',
      train: { count: 60_000 },
      test: { count: 10_000 },
    });
    expect(fs.readdirSync(folder).sort()).toEqual(names.map((name) => `${name}.gz`).sort());
    const finished = reports.filter(({ received, total }) => received === total);
    expect(finished.map(({ file }) => file)).toEqual(names.map((name) => `${name}.gz`));
    await loadMnist(options);
    expect(servers[0].requests).toHaveLength(4);
    expect(warnings).toEqual([]);
  });

  test.each<[string, Answer]>([
    ['403', (response) => response.writeHead(403).end()],
    ['500', (response) => response.writeHead(500).end()],
    ['a web page', (response) => response.end('<html>Please log in</html>')],
    [
      'another file',
      (response, request) => serve(response, request, realFile(testLabels).fill(1, 100, 200)),
    ],
    [
      'half of each file',
      (response, request) => cutOff(response, realFile(nameIn(request.url)), 2000),
    ],
  ])('goes to the next mirror when the first one gives %s', async (_, bad) => {
    const mirrors = [await mirror(bad), await mirror(goodMirror)];
    const mnist = await loadMnist({ folder, mirrors, ...quiet });
    expect(mnist.source).toBe('full');
    expect(fs.readdirSync(folder)).toHaveLength(4);
  });

  test('sets a damaged file aside and fetches it anew', async () => {
    layOut();
    put(`${testImages}.gz`, realFile(testImages).subarray(0, 100_000));
    const mnist = await loadMnist({ folder, mirrors: [await mirror(goodMirror)], ...quiet });
    expect(mnist.source).toBe('full');
    expect(servers[0].requests.map(({ path }) => path)).toEqual([`/${testImages}.gz`]);
    expect(fs.statSync(path.join(folder, `${testImages}.gz.damaged`)).size).toBe(100_000);
    expect(
      fs.readFileSync(path.join(folder, `${testImages}.gz`)).equals(realFile(testImages)),
    ).toBe(true);
    expect(warnings).toEqual([
      expect.stringMatching(
        /is damaged: .* It is set aside as t10k-images-idx3-ubyte\.gz\.damaged\./,
      ),
    ]);
  });

  test('two processes may load at once into an empty folder', async () => {
    const address = await mirror(goodMirror);
    const script = path.join(__dirname, '../../samples/mnist-child.ts');
    const load = () => {
      const child = spawn(process.execPath, [require.resolve('tsx/cli'), script, folder, address], {
        env: { ...process.env, MNIST_DIR: '' },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let text = '';
      child.stdout.on('data', (chunk) => (text += chunk));
      return new Promise<string>((resolve) => child.on('close', () => resolve(text.trim())));
    };
    expect(await Promise.all([load(), load()])).toEqual(['full 60000 10000', 'full 60000 10000']);
    expect(fs.readdirSync(folder).sort()).toEqual(names.map((name) => `${name}.gz`).sort());
  });

  test('a full disk leaves no half file, and gives the sample', async ({ skip }) => {
    const disk = path.join(folder, 'disk');
    fs.mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      return skip('a small disk can be mounted only by root on Linux');
    }
    try {
      const options = { folder: disk, mirrors: [await mirror(goodMirror)], ...quiet };
      const mnist = await loadMnist(options);
      expect(mnist.source).toBe('sample');
      expect(mnist.description).toMatch(/ENOSPC: no space left on device/);
      expect(fs.readdirSync(disk)).toEqual([]);
      await expect(loadMnist({ ...options, source: 'full' })).rejects.toThrow(/ENOSPC/);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

describe('loadMnist() without a network', () => {
  const offline = () => ({ folder, mirrors: ['http://127.0.0.1:9/'], ...quiet });
  beforeEach(() => vi.stubEnv('MNIST_DIR', undefined));

  test('gives the sample and says so', async () => {
    const mnist = await loadMnist(offline());
    expect(mnist).toMatchObject({
      source: 'sample',
      train: { count: 8000 },
      test: { count: 2000 },
    });
    expect(warnings).toEqual([mnist.description]);
    expect(mnist.description).toMatch(
      /^Full MNIST is not to be had \(Cannot download train-images-idx3-ubyte\.gz: 127\.0\.0\.1:9: /,
    );
    expect(mnist.description).toContain('8,000 digits to learn from, 2,000 others to be judged by');
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test('is an error where the full data are asked for', async () => {
    await expect(loadMnist({ ...offline(), source: 'full' })).rejects.toThrow(
      /^Cannot download train-images/,
    );
  });
});

describe('the sample', () => {
  let sample: Mnist;
  beforeAll(async () => {
    sample = await loadMnist({ source: 'sample' });
  });

  test('holds 10,000 digits, none of them twice', () => {
    const [train, test] = [fingerprints(sample.train), fingerprints(sample.test)];
    expect([train.length, test.length]).toEqual([8000, 2000]);
    expect(new Set([...train, ...test]).size).toBe(10_000);
  });

  test('is split by the seed', async () => {
    const again = await loadMnist({ source: 'sample', seed: 1 });
    expect(fingerprints(again.train)).toEqual(fingerprints(sample.train));
    expect(fingerprints(again.test)).toEqual(fingerprints(sample.test));
    const other = await loadMnist({ source: 'sample', seed: 2 });
    expect(fingerprints(other.test)).not.toEqual(fingerprints(sample.test));
    const all = ({ train, test }: Mnist) => [...fingerprints(train), ...fingerprints(test)].sort();
    expect(all(other)).toEqual(all(sample));
  });

  test('has about as many of each digit in both parts', () => {
    for (const part of [sample.train, sample.test]) {
      const counts = new Array(10).fill(0);
      for (const label of part.labels) counts[label] += 1;
      for (const count of counts) expect(Math.abs(count / part.count - 0.1)).toBeLessThan(0.03);
    }
  });

  test.skipIf(noMnist)(
    `equals digits of the real training set, byte for byte${noMnist}`,
    async () => {
      const { train, test } = await loadMnist({ source: 'full' });
      const [learning, judging] = [new Set(fingerprints(train)), new Set(fingerprints(test))];
      for (const digit of [...fingerprints(sample.train), ...fingerprints(sample.test)]) {
        expect(learning.has(digit)).toBe(true);
        expect(judging.has(digit)).toBe(false);
      }
    },
  );

  test('obeys the limits', async () => {
    const few = await loadMnist({ source: 'sample', limit: 10, testLimit: 3 });
    expect([few.train.count, few.test.count]).toEqual([10, 3]);
    await expect(loadMnist({ source: 'sample', limit: 8001 })).rejects.toThrow(
      'limit must be <= 8000, got 8001',
    );
  });
});

test('data/README.md names each file with its size and its hash', () => {
  const text = fs.readFileSync(path.join(__dirname, '../../../data/README.md'), 'utf8');
  for (const { name, bytes, sha256: hash } of Object.values(known.files)) {
    expect(text).toMatch(
      new RegExp(
        `\\| \`${name}\` \\| [^|]+ \\| ${bytes.toLocaleString('en-GB')} \\| \`${hash}\` \\|`,
      ),
    );
  }
});
