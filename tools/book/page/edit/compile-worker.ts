/** The worker with the compiler: the kernel's own, on the types that come with the book. A page loads it when a reader edits. */
import { createCompilerOf } from '../../../../kernel/core/compiler';
import { createDefinitions } from '../../../../kernel/core/definitions';
import { bodyOf } from '../../../../kernel/core/variables';
import type { BuiltCells } from '../built-cells';
import { once } from '../dom';
import { original } from '../edition';
import { speak } from '../say';
import type { Answers, PackedDeclarations, Question } from './messages';
import { NotebookCompiler } from './notebook-compiler';
import { say } from './say';
import { completeSpecifier } from './specifiers';
import { transforms, ts } from './transformed';
import { addFiles } from './virtual-files';

// biome-ignore lint/suspicious/noExplicitAny: tslab's insides come without types
declare const require: (id: string) => any;
// After `transformed`: it copies what TypeScript then has.
const converter = require('tslab/dist/converter');
const { printQuickInfo } = require('tslab/dist/inspect');

const folder = new URL('.', location.href).href;
const asked = new URL(location.href).searchParams;
const notebook = asked.get('notebook') ?? '';
speak(asked.get('language') ?? original);

async function start(): Promise<NotebookCompiler> {
  const [types, packed, built] = await Promise.all([
    unpacked(`${folder}types.bin`),
    fetched(`${folder}cells/${notebook}.declarations.json`).then((answer) => answer.json()),
    import(`${folder}cells/${notebook}.js`) as Promise<BuiltCells>,
  ]);
  addFiles(JSON.parse(types));
  const compiler = createCompilerOf({
    ts,
    converter,
    transforms,
    printQuickInfo,
    completeSpecifier,
    notifyOfEdits() {},
  });
  const { lines, cells } = packed as PackedDeclarations;
  return new NotebookCompiler(
    { compiler, ts, createDefinitions: () => createDefinitions(ts), bodyOf },
    {
      cells: built.cells,
      declarations: cells.map((places) => places.map((place) => lines[place]).join('\n')),
      marks: new Set(built.computations.map(({ mark }) => mark)),
    },
  );
}

async function fetched(address: string): Promise<Response> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} cannot be loaded: ${answer.status}`);
  return answer;
}

/** The text of a file that is packed by gzip. */
async function unpacked(address: string): Promise<string> {
  const bytes = await (await fetched(address)).blob();
  return new Response(bytes.stream().pipeThrough(new DecompressionStream('gzip'))).text();
}

/** Begins anew if it failed: the network may be back. */
const ready = once(() =>
  start().catch((error: Error) => {
    throw new Error(say('The compiler cannot be loaded: {why}', { why: error.message }));
  }),
);

addEventListener('message', async ({ data }: MessageEvent<{ id: number; question: Question }>) => {
  const { id, question } = data;
  try {
    postMessage({ id, answer: answer(await ready(), question) });
  } catch (error) {
    postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
});

function answer(compiler: NotebookCompiler, question: Question): Answers[keyof Answers] {
  const { cell, edits } = question;
  if (question.type === 'prepare') return compiler.prepare(cell, edits);
  if (question.type === 'check') return compiler.check(cell, edits);
  if (question.type === 'complete') {
    const found = compiler.complete(cell, edits, question.offset);
    return found && { start: found.start, end: found.end, candidates: found.candidates };
  }
  return compiler.inspect(cell, edits, question.offset);
}
