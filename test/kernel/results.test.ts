import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Kernel, messages, plainTraceback, printed, until } from './client';

let kernel: Kernel;
beforeAll(async () => {
  kernel = await Kernel.start();
});
afterAll(() => kernel.stop());

/** The forms of the value that a cell ends in. */
async function formsOf(code: string): Promise<Record<string, unknown>> {
  const answer = await kernel.execute(code);
  const failures = messages(answer, 'error').map(plainTraceback);
  expect([code, answer.reply.status, ...failures]).toEqual([code, 'ok']);
  expect(printed(answer)).toBe('');
  return messages(answer, 'execute_result')[0]?.data;
}

describe('a value as text', () => {
  test.each<[code: string, text: string]>([
    ['1 + 2', '3'],
    ["'a' + 'b'", 'ab'],
    ['({ a: [1, 2] })', '{ a: [ 1, 2 ] }'],
    ['() => 1', '[Function (anonymous)]'],
    ['Math.max', '[Function: max]'],
    ['Promise.resolve(4)', 'Promise { 4 }'],
    ['[new Promise(() => {})]', '[ Promise { <pending> } ]'],
    ['new Map([[1, 2]])', 'Map(1) { 1 => 2 }'],
    ['({ get a(): number { throw new Error("no") } })', '{ a: [Getter] }'],
    [
      '({ [Symbol.for("nodejs.util.inspect.custom")]() { throw new Error("no") } }).toString()',
      '[object Object]',
    ],
    ['Symbol("s")', 'Symbol(s)'],
    ['12n', '12n'],
    ['false', 'false'],
    ['let chained: number[]; (chained = [1])', '[ 1 ]'],
  ])('%s', async (code, text) => {
    expect(await formsOf(code)).toEqual({ 'text/plain': text });
  });

  test('of a promise says nothing of the kernel, printed or not', async () => {
    const answer = await kernel.execute('console.log(Promise.resolve(1)); setTimeout(() => {}).hasRef()');
    expect(printed(answer)).toBe('Promise { 1 }\n');
  });

  test('is cut where it is long, with what is left out counted', async () => {
    const { 'text/plain': long } = await formsOf("'x'.repeat(30_000)");
    expect(long).toBe(`${'x'.repeat(20_000)}… 10,000 more characters`);
    const { 'text/plain': lines } = await formsOf("Array.from({ length: 500 }, (_, i) => i).join('\\n')");
    expect(String(lines).split('\n').slice(-2)).toEqual(['199', '… 300 more lines']);
  });

  test('comes from an object whose methods throw', async () => {
    const { 'text/plain': text } = await formsOf(
      'new Proxy({}, { get() { throw new Error("get") }, ownKeys() { throw new Error("keys") } })',
    );
    expect(text).toBe('{}');
    const revoked = await formsOf('const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); proxy');
    expect(revoked).toEqual({ 'text/plain': '<Revoked Proxy>' });
  });
});

describe('a value as more than text', () => {
  test('records and rows of numbers are a table, escaped, cut with a count', async () => {
    const { 'text/html': html, 'text/plain': text } = await formsOf("[{ a: 1, b: '<i>' }, { a: 0.1 + 0.2 }]");
    expect(html).toBe(
      '<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>' +
        '<tr><td>1</td><td>&#60;i&#62;</td></tr><tr><td>0.3</td><td></td></tr></tbody></table>',
    );
    expect(text).toContain("{ a: 1, b: '<i>' }");
    const long = await formsOf('Array.from({ length: 1020 }, (_, i) => [i, 2 * i])');
    expect(String(long['text/html']).match(/<tr>/g)).toHaveLength(20);
    expect(long['text/html']).toContain('… 1,000 more rows');
    expect(await formsOf('[[1, 2], [3]]')).toEqual({ 'text/plain': '[ [ 1, 2 ], [ 3 ] ]' });
  });

  test('a tensor says its shape and type, one with two axes is a table', async () => {
    await kernel.execute("import { startTensorflow, tf } from './lib/tensorflow'; await startTensorflow();");
    const before = await formsOf('tf.memory().numTensors');
    const square = await formsOf('tf.tensor2d([[1, 2], [3, 4.5]])');
    expect(square['text/plain']).toBe('Tensor [2, 2] float32\n[ [ 1, 2 ], [ 3, 4.5 ] ]');
    expect(square['text/html']).toContain('<td>4.5</td>');
    const large = await formsOf('tf.zeros([5000, 784])');
    expect(large['text/plain']).toContain('Tensor [5000, 784] float32');
    expect(large['text/plain']).toContain('of 5,000 × 784');
    expect(await formsOf('tf.zeros([3, 40, 50])')).toEqual({
      'text/plain': 'Tensor [3, 40, 50] float32, 6,000 numbers',
    });
    const gone = await formsOf('const gone = tf.scalar(1); gone.dispose(); gone');
    expect(gone['text/plain']).toBe('Tensor [] float32, disposed');
    // The three tensors above, and none of those that were made to look at them.
    expect(Number((await formsOf('tf.memory().numTensors'))['text/plain'])).toBe(
      Number(before['text/plain']) + 3,
    );
  });

  test('matrices and formulas of mathjs are set as formulas', async () => {
    await kernel.execute("import { complex, matrix, parse } from 'mathjs';");
    expect(await formsOf('matrix([[1, 2], [3, 1e-7]])')).toEqual({
      'text/plain': '[[1, 2], [3, 1e-7]]',
      'text/latex': '$$\\begin{bmatrix}1 & 2 \\\\ 3 & 1\\cdot 10^{-7}\\end{bmatrix}$$',
    });
    const { 'text/plain': text, 'text/latex': latex } = await formsOf("parse('x ^ 2')");
    expect(text).toBe('x ^ 2');
    expect(latex).toMatch(/^\$\$.*\^\{2\}\$\$$/);
    expect(await formsOf('complex(2, 3)')).toEqual({ 'text/plain': '2 + 3i' });
  });

  test('a figure is drawn, its typed arrays as numbers', async () => {
    const figure = await formsOf(
      "({ data: [{ x: new Float32Array([1, 2]), y: [3, 4] }], layout: { title: { text: 'Up' } } })",
    );
    expect(figure).toEqual({
      'text/plain': 'Figure: Up',
      'application/vnd.plotly.v1+json': {
        data: [{ x: [1, 2], y: [3, 4] }],
        layout: { title: { text: 'Up' } },
      },
    });
  });

  test('Jupyter.display and methods of the usual names say how a value looks', async () => {
    const shows = (body: string) => `({ [Symbol.for('Jupyter.display')]() { ${body} } })`;
    expect((await formsOf(shows("return { 'text/html': '<b>1</b>' }")))['text/html']).toBe('<b>1</b>');
    expect((await formsOf(shows("return Promise.resolve({ 'text/html': '2' })")))['text/html']).toBe('2');
    expect((await formsOf("({ toHtml: () => '<b>3</b>' })"))['text/html']).toBe('<b>3</b>');
    expect((await formsOf("({ toSvg: () => '<svg/>' })"))['image/svg+xml']).toBe('<svg/>');
    expect((await formsOf('({ toPng: () => new Uint8Array([1, 2]) })'))['image/png']).toBe('AQI=');
    const failing = await formsOf(shows("throw new Error('not today')"));
    expect(Object.keys(failing)).toEqual(['text/plain']);
    expect(failing['text/plain']).toMatch(/its Jupyter\.display method failed: Error: not today\]$/);
  });
});

describe('a value that is not what it looks like', () => {
  const shows = (body: string) => `({ [Symbol.for('Jupyter.display')]() { ${body} } })`;

  test.each<[code: string, text: RegExp]>([
    ['new Array(1e9)', /^\[ <1000000000 empty items> \]$/],
    ['const p = Proxy.revocable(function () {}, {}); p.revoke(); p.proxy', /^<Revoked Proxy>$/],
    [
      '({ data: [], layout: { title: { text: { toString() { throw new Error("no") } } } } })',
      /^\{\s+data: \[\]/,
    ],
    ['({ rank: 2, dtype: "int32", dataSync() {}, shape: new Proxy([], { get() { throw 1 } }) })', /rank: 2/],
  ])('%s', async (code, text) => {
    const { 'text/plain': shown } = await formsOf(code);
    expect(shown).toMatch(text);
  });

  test.each<[body: string, reason: RegExp]>([
    ["return { 'application/json': 5n }", /BigInt/],
    ["const a: any = {}; a.a = a; return { 'application/json': a }", /circular/],
    ["return { 'application/json': { toJSON() { throw new Error('not now') } } }", /not now/],
    ["return { 'text/html': { bold: true } }", /text\/html is not a string/],
    ["return Promise.resolve({ 'text/html': { bold: true } })", /text\/html is not a string/],
  ])('a display method with %s fails, its value is told', async (body, reason) => {
    const forms = await formsOf(shows(body));
    expect(Object.keys(forms)).toEqual(['text/plain']);
    expect(forms['text/plain']).toMatch(/its Jupyter\.display method failed: /);
    expect(forms['text/plain']).toMatch(reason);
  });

  test('what a display method gives is made ready to be stored', async () => {
    const body =
      "return { 'text/plain': 5, 'text/html': ['<b>', '</b>'], 'image/png': new Uint8Array([1, 2]).buffer }";
    expect(await formsOf(shows(body))).toEqual({
      'text/plain': '5',
      'text/html': '<b></b>',
      'image/png': 'AQI=',
    });
  });

  test.each([
    shows("return { 'application/json': { toJSON() { console.log('begun'); for (;;); } } }"),
    shows("return Promise.resolve({ 'application/json': { toJSON() { console.log('begun'); for (;;); } } })"),
  ])('an interrupt ends %s', async (code) => {
    const { answer, done } = kernel.begin(
      `process.stdout.write('begun'); ${code.replace("console.log('begun'); ", '')}`,
    );
    await until(() => printed(answer) === 'begun');
    await kernel.request('interrupt_request', {}, 'control');
    expect((await done).reply.ename).toBe('KeyboardInterrupt');
  });

  test('large integers of a figure are numbers', async () => {
    const { 'application/vnd.plotly.v1+json': figure } = await formsOf(
      '({ data: [{ x: [1n], y: new BigInt64Array([2n]) }], layout: {} })',
    );
    expect(figure).toEqual({ data: [{ x: [1], y: [2] }], layout: {} });
  });

  test('complex tensors are complex', async () => {
    await kernel.execute(
      "import * as complexTf from '@tensorflow/tfjs-core'; import '@tensorflow/tfjs-backend-cpu';",
    );
    const row = await formsOf('complexTf.complex([[1, 2]], [[3, -4]])');
    expect(row['text/plain']).toBe('Tensor [1, 2] complex64\n[ [ 1 + 3i, 2 - 4i ] ]');
    expect(row['text/html']).toContain('<td>1 + 3i</td><td>2 - 4i</td>');
    expect((await formsOf('complexTf.complex(1, 2)'))['text/plain']).toBe('Tensor [] complex64\n1 + 2i');
  });

  test('a long text in a table is cut', async () => {
    const { 'text/html': html } = await formsOf("[{ a: 'x'.repeat(1_000) }]");
    expect(html).toContain(`<td>${'x'.repeat(200)}… 800 more characters</td>`);
  });

  test('half a character does not reach the notebook, which could not be saved with it', async () => {
    const answer = await kernel.execute("console.log('😀'[0], '😀', '\\\\ud83d'); '😀'[1] + '\\\\ud83d'");
    expect(printed(answer)).toBe('\ufffd 😀 \\ud83d\n');
    expect(messages(answer, 'execute_result')[0].data['text/plain']).toBe('\ufffd\\ud83d');
  });
});
