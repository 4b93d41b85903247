/** What came of a notebook: its claims, its exercises, and copies that try their solutions. */
import { claimsIn, type ExerciseData, exerciseMimeType, type PlacedClaim } from '../../lib/surroundings';
import { type Cell, joined, type Notebook } from './notebook-file';
import { saidAs } from './phrases';
import { type SpoiltKind, type SpoiltOutcome, spoiltKinds } from './spoilt-answers';

export type { PlacedClaim };

/** @returns the claims that the notebook's outputs hold, in their order */
export function claimsOf(notebook: Notebook): PlacedClaim[] {
  return claimsIn({ cells: notebook.cells.filter(({ id }) => !id.startsWith(trialPrefix)) });
}

/** @returns the outcome of the exercise that a check cell shows; undefined if it shows none */
export function outcomeOf(cell: Cell): ExerciseData | undefined {
  const output = cell.outputs?.find(({ data }) => data?.[exerciseMimeType]);
  return output?.data?.[exerciseMimeType] as ExerciseData | undefined;
}

/** Ids of the cells that a test copy adds start so; no other cell's id does. */
export const trialPrefix = 'trial-';

/** What folds are called, in any language. */
const titlesOf = (...titles: string[]) =>
  titles.flatMap((title) =>
    saidAs(`<summary>${title}</summary>`).map((said) => said.replace(/<[^>]*>/g, '')),
  );
const solutionTitles = titlesOf('Worked solution');
const mistakeTitles = titlesOf('A common mistake', 'Another mistake', 'Another common mistake');

/** A folded block of code that is tried in the answer's place. */
interface Trial {
  name: string;
  title: string;
  code: string;
  expected: ExerciseData['status'];
}

/** @returns the worked solution, then every mistake: `mistake`, `mistake-2`, … */
function trialsIn(markdown: string): Trial[] {
  const solution = foldedCode(markdown, solutionTitles).slice(0, 1);
  const mistakes = foldedCode(markdown, mistakeTitles);
  return [
    ...solution.map((block) => ({ name: 'solution', ...block, expected: 'solved' as const })),
    ...mistakes.map((block, index) => ({
      name: index === 0 ? 'mistake' : `mistake-${index + 1}`,
      ...block,
      expected: 'wrong' as const,
    })),
  ];
}

/**
 * The exercises of a notebook, by their check cells.
 *
 * @returns ids without `-check`
 */
export function exerciseIds(notebook: Notebook): string[] {
  return notebook.cells
    .filter((cell) => cell.cell_type === 'code' && /^\s*(await\s+)?exercise\(/m.test(joined(cell.source)))
    .map((cell) => cell.id.replace(/-check$/, ''));
}

/**
 * Makes the copy that the tests execute: after each exercise's check, the worked solution and the same
 * check, which also tries spoilt answers; each mistake and the same check; then the reader's cell again.
 *
 * @param notebook - never changed
 * @returns the copy, and a sentence for each exercise that breaks the convention
 */
export function withTrials(notebook: Notebook): { notebook: Notebook; problems: string[] } {
  const problems: string[] = [];
  const find = (id: string) => notebook.cells.find((cell) => cell.id === id);
  const ids = new Set(exerciseIds(notebook));
  const cells = notebook.cells.flatMap((cell) => {
    const id = cell.id.replace(/-check$/, '');
    if (!ids.has(id) || cell.cell_type !== 'code' || cell.id === `${id}-answer`) return [cell];
    const answer = find(`${id}-answer`);
    const solution = find(`${id}-solution`);
    if (!cell.id.endsWith('-check') || !answer || !solution) {
      problems.push(`Exercise '${id}' needs the cells '${id}-answer', '${id}-check' and '${id}-solution'.`);
      return [cell];
    }
    const trials = trialsIn(joined(solution.source));
    for (const [name, [title]] of [
      ['solution', solutionTitles],
      ['mistake', mistakeTitles],
    ] as const) {
      if (trials.some((trial) => trial.name === name)) continue;
      problems.push(`Exercise '${id}' has no \`\`\`ts block under '${title}' in '${solution.id}'.`);
    }
    const added = trials.flatMap(({ name, code }) => {
      const start = `${trialPrefix}${name}-${id}`;
      const check = joined(cell.source);
      return [
        codeCell(start, code),
        codeCell(`${start}-check`, name === 'solution' ? withSpoiltAnswers(check) : check),
      ];
    });
    return [cell, ...added, codeCell(`${trialPrefix}reader-${id}`, joined(answer.source))];
  });
  return { notebook: { ...notebook, cells }, problems };
}

function codeCell(id: string, source: string): Cell {
  return { cell_type: 'code', id, metadata: {}, source, outputs: [], execution_count: null };
}

/** The check cell, so that it tries spoilt answers too. */
function withSpoiltAnswers(check: string): string {
  const tried = check.replace(/^(\s*)(?:await\s+)?exercise\(/gm, '$1await tryExercise(');
  return `import { tryExercise } from './tools/notebooks/spoilt-answers';\n${tried}`;
}

/** @returns the first `ts` block of each `<details>` whose summary starts with one of the titles */
export function foldedCode(markdown: string, titles: readonly string[]): { title: string; code: string }[] {
  return [...markdown.matchAll(/<details>([\s\S]*?)<\/details>/g)].flatMap(([, content]) => {
    const summary = /<summary>\s*(?:<b>)?([^<]*)/.exec(content)?.[1].trim() ?? '';
    const title = titles.find((one) => summary.toLowerCase().startsWith(one.toLowerCase()));
    const fence = /```(?:ts|typescript)\n([\s\S]*?)\n```/.exec(content);
    return title && fence ? [{ title, code: fence[1] }] : [];
  });
}

/**
 * Judges the executed test copy.
 *
 * @returns how many exercises were tried, and a sentence for each that did not come out as it must:
 *   unsolved as committed, solved with the worked solution, not yet with a mistake or a spoilt answer
 */
export function judgeTrials(notebook: Notebook): { checked: number; problems: string[] } {
  const problems: string[] = [];
  const find = (id: string) => notebook.cells.find((candidate) => candidate.id === id);
  const ids = exerciseIds(notebook).filter((id) => !id.startsWith(trialPrefix));
  const expect = (id: string, cellId: string, expected: ExerciseData['status'], what: string) => {
    const cell = find(cellId);
    const outcome = cell && outcomeOf(cell);
    if (outcome?.status === expected) return;
    const got = outcome ? `'${outcome.status}'. ${outcome.message}` : 'no outcome at all';
    const error = outcome?.error ? ` (${outcome.error})` : '';
    problems.push(`Exercise '${id}': ${what} must come out '${expected}', got ${got}${error}`.trim());
  };
  for (const id of ids) {
    expect(id, `${id}-check`, 'unsolved', 'the notebook as committed');
    const solution = find(`${id}-solution`);
    for (const { name, title, expected } of trialsIn(joined(solution?.source ?? ''))) {
      const what = name.startsWith('mistake-') ? `${title.toLowerCase()} (${name})` : title.toLowerCase();
      expect(id, `${trialPrefix}${name}-${id}-check`, expected, what);
    }
    const check = find(`${id}-check`);
    const tried = find(`${trialPrefix}solution-${id}-check`);
    const outcome = tried && (outcomeOf(tried) as (ExerciseData & { spoilt?: SpoiltOutcome[] }) | undefined);
    if (check && outcome?.status === 'solved') {
      problems.push(...spoiltProblems(id, joined(check.source), outcome.spoilt ?? []));
    }
  }
  return { checked: ids.length, problems };
}

/** A check cell's line `// Accepts off, rounded: any rate that converges is right.` */
const acceptance = /^\s*\/\/ Accepts ([\w, ]+): \S/gm;

/**
 * @param check - the source of the check cell
 * @returns a sentence for each kind of spoilt answer that the check accepts without saying so, or answers
 *   with what is no sentence; and for each that it says to accept and refuses
 */
export function spoiltProblems(id: string, check: string, outcomes: readonly SpoiltOutcome[]): string[] {
  const kinds = [...check.matchAll(acceptance)].flatMap(([, list]) => list.split(/,\s*/));
  const problems = outcomes.flatMap(({ kind, how, status, message }) => {
    const what = `a spoilt answer (${kind}: ${how})`;
    if (status === 'solved') {
      return kinds.includes(kind)
        ? []
        : [`${what} comes out 'solved': refuse it, or say in '${id}-check' why: // Accepts ${kind}: …`];
    }
    return isSentence(message) ? [] : [`${what} is answered with what is no sentence: ${message}`];
  });
  for (const kind of kinds) {
    if (!spoiltKinds.includes(kind as SpoiltKind)) {
      problems.push(`'${id}-check' accepts '${kind}', which is none of ${spoiltKinds.join(', ')}.`);
    } else if (!outcomes.some((outcome) => outcome.kind === kind && outcome.status === 'solved')) {
      problems.push(`'${id}-check' says that it accepts ${kind}, and refuses it: take the comment away.`);
    }
  }
  if (outcomes.length === 0) problems.push('no spoilt answer could be made of the worked solution.');
  return problems.map((problem) => `Exercise '${id}': ${problem}`);
}

/**
 * Whether a learner can read a message: a sentence, without what a program says of itself. It begins with a capital, a number, a
 * quotation or a Greek letter and ends in a stop. A script without capitals has a full stop of its own, `。`: such a sentence
 * holds letters of the script and may begin with any formula or name, as `z = 0 时，…。`, but not with English words; another
 * stop ends it only where it quotes what a program says.
 */
function isSentence(message: string): boolean {
  const ofPrograms =
    /\bundefined\b|\[object |is not (?:a function|iterable|defined)|Cannot (?:read|set) propert/;
  if (ofPrograms.test(message) || /\p{Lo}[.!?]$/u.test(message)) return false;
  if (/[。！？]$/.test(message)) return /\p{Lo}/u.test(message) && !/^[A-Za-z]{2,} [a-z]{2,}\b/.test(message);
  return /^[\p{Lu}\p{Lo}\d'"“(α-ω−-]/u.test(message) && /[.!?…]$/.test(message);
}

/** @returns the id of the committed cell that a cell of an executed copy stands for or stands beside */
export function homeOf(id: string): string {
  const trial = /^trial-(solution|mistake(?:-\d+)?|reader)-(.+?)(-check)?$/.exec(id);
  if (!trial) return id;
  const [, kind, exercise, check] = trial;
  return `${exercise}-${check ? 'check' : kind === 'reader' ? 'answer' : 'solution'}`;
}

/** @returns the notebook without the cells that a test copy or `--set` added */
export function withoutAdded(notebook: Notebook): Notebook {
  const cells = notebook.cells.filter(
    ({ id }) => !id.startsWith(trialPrefix) && id !== 'injected-parameters',
  );
  return { ...notebook, cells };
}
