import { SourceMap } from 'node:module';
import { describe, expect, test } from 'vitest';
import { readMap } from '../../../tools/book/page/edit/source-map';

const ts = require('@tslab/typescript-for-tslab');

describe('readMap()', () => {
  const source = `const a: number = 1;\n\nfunction f(x: string): string {\n  return \`\${x}, \${a}\`; // why\n}\nclass C<T> { constructor(private t: T) {} }\n[1, 2]\n  .map((n) => f(String(n)));\n`;
  const { outputText, sourceMapText } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, sourceMap: true },
  });

  test('finds what SourceMap of node:module finds, at each place', () => {
    const [own, nodes] = [readMap(sourceMapText), new SourceMap(JSON.parse(sourceMapText))];
    const lines = outputText.split('\n');
    let found = 0;
    for (const [line, text] of lines.entries()) {
      for (let column = 0; column <= text.length; column++) {
        const { originalLine, originalColumn } = nodes.findEntry(line, column) as never;
        expect(own.findEntry(line, column)).toEqual({ originalLine, originalColumn });
        if (originalLine !== undefined) found++;
      }
    }
    expect(found).toBeGreaterThan(100);
  });

  test('knows nothing of a place before the first stretch, nor of one that comes from no source', () => {
    const nothing = { originalLine: undefined, originalColumn: undefined };
    expect(readMap('{"mappings":"EAAA"}').findEntry(0, 1)).toEqual(nothing);
    expect(readMap('{"mappings":"EAAA"}').findEntry(0, 2)).toEqual({ originalLine: 0, originalColumn: 0 });
    expect(readMap('{"mappings":"EAAA,I"}').findEntry(0, 6)).toEqual(nothing);
  });
});
