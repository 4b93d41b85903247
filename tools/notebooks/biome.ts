/** Biome for the code of notebooks: the project's own configuration, with what a cell needs otherwise. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { projectRoot } from '../../lib/surroundings';

/** How many columns a line of code in a notebook may have: so many JupyterLab shows without scrolling. */
export const codeWidth = 110;

/** Something that Biome finds wrong and does not mend. */
export interface Fault {
  /** relative to the folder */
  file: string;
  /** from 1, in the file as it is now */
  line: number;
  /** from 1: where in the line it begins, and where it ends if it does so there */
  columns: [number, number | undefined];
  /** `lint/suspicious/noDoubleEquals`, `parse` */
  rule: string;
  message: string;
}

/** What Biome must not ask of one cell, or of one block of a Markdown cell. */
const rulesOfPieces = {
  correctness: {
    // A later cell uses them; the notebook as a whole is asked below.
    noUnusedVariables: 'off',
    noUnusedImports: 'off',
    // An exercise that waits for its answer uses no parameter, and many a common mistake forgets one.
    noUnusedFunctionParameters: 'off',
  },
  // A later cell may assign it, or be the only one to use an import as a value.
  style: { useConst: 'off', useImportType: 'off' },
};

/** Notebooks as a whole lie in this folder: only asked for names, of which no cell uses or declares some; never rewritten. */
export const wholeFolder = 'whole';

const rulesOfWholes = {
  preset: 'none',
  correctness: {
    noUnusedVariables: { level: 'error', fix: 'none' },
    noUnusedImports: { level: 'error', fix: 'none' },
    noUndeclaredVariables: { level: 'error', options: { checkTypes: true } },
  },
};

function configuration(): unknown {
  const text = fs.readFileSync(path.join(projectRoot(), 'biome.json'), 'utf8');
  const { formatter, javascript, linter } = JSON.parse(text);
  const { correctness, style, ...rules } = linter.rules;
  return {
    root: true,
    formatter: { ...formatter, lineWidth: codeWidth },
    javascript,
    linter: {
      rules: {
        ...rules,
        correctness: { ...correctness, ...rulesOfPieces.correctness },
        style: { ...style, ...rulesOfPieces.style },
      },
    },
    // It would merge two imports from one door, and then give each name a line of its own.
    assist: { enabled: false },
    overrides: [
      {
        includes: [`${wholeFolder}/**`],
        formatter: { enabled: false },
        linter: { rules: rulesOfWholes },
      },
    ],
  };
}

/**
 * Formats the files of a folder in place, as `npm run format` does with `lib/`.
 *
 * @param folder - outside the project; a configuration is written into it
 * @returns what is wrong and stays so
 * @throws Error if Biome does not run
 */
export function runBiome(folder: string): Fault[] {
  const program = path.join(projectRoot(), 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  if (!fs.existsSync(program)) {
    throw new Error(
      "Cannot format the notebooks' code: Biome is not installed; npm run setup -- --dev adds it",
    );
  }
  fs.writeFileSync(path.join(folder, 'biome.json'), JSON.stringify(configuration()));
  const options = ['--reporter=rdjson', '--max-diagnostics=none', '--diagnostic-level=warn'];
  const { stdout, stderr } = spawnSync(process.execPath, [program, 'check', '--write', ...options, '.'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  let report: { diagnostics: Diagnostic[] };
  try {
    report = JSON.parse(stdout);
  } catch {
    throw new Error(`Cannot format the notebooks' code: Biome says ${stderr || stdout}`);
  }
  return report.diagnostics.flatMap(faultOf);
}

/** A finding in the format of reviewdog, as far as it is read here. */
interface Diagnostic {
  code: { value: string };
  location?: { path: string; range?: { start: Place; end: Place } };
  message: string;
}

interface Place {
  line: number;
  column: number;
}

const beginning: Place = { line: 1, column: 1 };

function faultOf({ code, location, message }: Diagnostic): Fault[] {
  // What cannot be parsed is not formatted: Biome says both, the latter without a place.
  if (!location && code.value === 'format') return [];
  if (!location?.path.endsWith('.ts')) {
    throw new Error(`Cannot format the notebooks' code: Biome says ${message} (${code.value})`);
  }
  const { start, end } = location.range ?? { start: beginning, end: beginning };
  return [
    {
      file: location.path.replace(/\\/g, '/'),
      line: start.line,
      columns: [start.column, end.line === start.line ? end.column : undefined],
      rule: code.value,
      message,
    },
  ];
}
