import { describe, expect, test } from 'vitest';
import { withoutComments } from '../../../tools/book/types';

const ts = require('@tslab/typescript-for-tslab');
const strip = (text: string) => withoutComments(ts, text);

describe('withoutComments()', () => {
  test('leaves types, and what the compiler reads', () => {
    const text = `/// <reference types="node" />\n/** words */\nexport declare const a: /* why */ 'a//b' | \`x\${string}/*y*/\`; // end\n// more\nexport {};\n`;
    expect(strip(text)).toBe(
      `/// <reference types="node" />\n\nexport declare const a: 'a//b' | \`x\${string}/*y*/\`;\nexport {};\n`,
    );
  });

  test('leaves what the compiler reads where there is nothing else', () => {
    expect(strip('/**\n * words\n */\n\n// more\n/// <reference path="a.d.ts" />\n')).toBe(
      '/// <reference path="a.d.ts" />\n\n',
    );
  });

  test('keeps names apart, and lines', () => {
    expect(strip('type A = keyof/* of */B;\ntype C = { /** one */ a: 1\n b: 2 };')).toBe(
      'type A = keyof B;\ntype C = { a: 1\nb: 2 };',
    );
  });
});
