/** What a class needs, computed from what one learner takes. */

/** What one learner who runs a notebook was measured to take. */
export interface Taken {
  notebook: string;
  /** bytes of his server */
  server: number;
  /** bytes that his kernel held at most */
  kernel: number;
  /** seconds of a core for the notebook */
  seconds: number;
}

/** Seconds within which all of a class run the notebook. */
const together = 300;
const classes = [30, 300] as const;

/** @returns bytes for a class in which everybody has that notebook open, and no other */
export function memoryFor(learners: number, { server, kernel }: Taken): number {
  return learners * (server + kernel);
}

/** @returns cores with which a class has run the notebook after five minutes, if all start together */
export function coresFor(learners: number, { seconds }: Taken): number {
  return (learners * seconds) / together;
}

/** @returns a table in Markdown, for a class of 30 and one of 300 */
export function needsTable(taken: readonly Taken[]): string[] {
  const gigabytes = (bytes: number) => Math.ceil(bytes / 1e9);
  const rows = taken.map((one) => {
    const cells = [
      ...classes.map((learners) => `${gigabytes(memoryFor(learners, one))} GB`),
      ...classes.map((learners) => Math.max(1, Math.ceil(coresFor(learners, one)))),
    ];
    return `| ${one.notebook} | ${cells.join(' | ')} |`;
  });
  const minutes = together / 60;
  return [
    `| everybody has open | 30 learners | 300 learners | cores, all 30 within ${minutes} min | all 300 |`,
    '|-|-:|-:|-:|-:|',
    ...rows,
  ];
}
