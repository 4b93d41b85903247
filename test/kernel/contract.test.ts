import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { displayMethod, symbols as ofKernel, plotlyMimeType } from '../../kernel/contract';
import * as contract from '../../lib/base/contract';

const { settings, symbols } = contract;
const mimeTypes = Object.entries(contract).flatMap(([name, value]) =>
  name.endsWith('MimeType') ? [value as string] : [],
);
const registered = Object.values(symbols).map((symbol) => String(Symbol.keyFor(symbol)));
const names = [...registered, ...mimeTypes, ...Object.values(settings)];

test('no name stands for two things', () => {
  expect(new Set(names).size).toBe(names.length);
});

test("the kernel's copy says what lib/ says", () => {
  expect(Object.keys(ofKernel)).toEqual(['display', 'interrupt', 'cell', 'definitions', 'comms']);
  expect(symbols).toMatchObject(ofKernel);
  expect(plotlyMimeType).toBe(contract.plotlyMimeType);
  expect(displayMethod).toBe(contract.displayMethod);
});

test("the labextension's copy says what lib/ says", () => {
  const text = readFileSync(join(__dirname, '../../kernel/labextension/static/remoteEntry.js'), 'utf8');
  const spelled = [...text.matchAll(/'(application\/vnd[^']+)'/g)].map(([, type]) => type);
  expect(spelled).toEqual([contract.plotlyMimeType, contract.movedMimeType]);
});

test('kernel/README.md explains all names, and no others', () => {
  const text = readFileSync(join(__dirname, '../../kernel/README.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `([^`]+)` \| .+ \| .+ \|$/gm)].map(([, name]) => name);
  expect(rows).toEqual(names);
  for (const [, name] of text.matchAll(/Symbol\.for\('([^']+)'\)/g)) {
    expect([...registered, Symbol.keyFor(displayMethod)]).toContain(name);
  }
});

test('what is shared is found by everyone, and nothing where nobody shares', () => {
  expect(contract.shared('cell')).toBeUndefined();
  contract.share('cell', 'epochs = 3');
  try {
    expect(contract.shared('cell')).toBe('epochs = 3');
    expect(Reflect.get(globalThis, Symbol.for('descent.cell'))).toBe('epochs = 3');
  } finally {
    Reflect.deleteProperty(globalThis, symbols.cell);
  }
});

test('kernelSignal() is what the kernel offers at this moment', () => {
  expect(contract.kernelSignal()).toBeUndefined();
  const { signal } = new AbortController();
  contract.share('interrupt', signal);
  try {
    expect(contract.kernelSignal()).toBe(signal);
  } finally {
    Reflect.deleteProperty(globalThis, symbols.interrupt);
  }
});
