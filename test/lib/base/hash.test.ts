import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { sha256 } from '../../../lib/base/hash';

/** FIPS 180-4's examples, as published by NIST with the standard. */
test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
])('sha256(%j) is the published value, of text and of bytes', async (text, published) => {
  expect(await sha256(text)).toBe(published);
  expect(await sha256(new TextEncoder().encode(text))).toBe(published);
});

test('sha256() takes a part of a buffer for what it is, as Node does', async () => {
  const whole = Uint8Array.from({ length: 1000 }, (_, index) => (index * index) % 251);
  const part = whole.subarray(100, 777);
  expect(await sha256(part)).toBe(createHash('sha256').update(part).digest('hex'));
  expect(await sha256(part)).not.toBe(await sha256(whole));
});
