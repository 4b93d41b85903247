import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digest, inHex } from '../../../tools/book/page/digest';

test("a page's own SHA-256 is Node's, whatever the length", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(inHex(digest(bytes))).toBe(createHash('sha256').update(bytes).digest('hex'));
    }),
  );
});

test('lengths around the end of a block', () => {
  for (const length of [0, 55, 56, 63, 64, 65, 119, 120, 128, 100_000]) {
    const bytes = new Uint8Array(length).map((_, place) => place * 7);
    expect(inHex(digest(bytes)), String(length)).toBe(createHash('sha256').update(bytes).digest('hex'));
  }
});
