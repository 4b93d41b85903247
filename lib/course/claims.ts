/** Claims: sentences of the prose that a measured figure must keep. */
import { requireFinite, requireNonNegative } from '../base/checks';
import { claimMimeType } from '../base/contract';
import { inPercent, say } from '../base/words';
import { type ChangedKnob, changedKnobs } from './claimed-knobs';
import { showVerdict, type Verdict } from './display';

/** What a measured figure must satisfy. */
export interface Bound {
  /** The bound in words: "at least 0.97". */
  text: string;
  /** @returns whether `measured` satisfies the bound; never for NaN */
  meets(measured: number): boolean;
}

/** What the runner collects of a claim. JSON has no NaN and no infinity: they travel as text. */
export interface ClaimData {
  sentence: string;
  measured: number | boolean | 'NaN' | 'Infinity' | '-Infinity';
  bound: string;
  /** whether the figure satisfies the bound; `false` of a claim that does not apply, as nobody knows */
  met: boolean;
  /** `false` if a knob has another value than the one that the claim speaks of; absent otherwise */
  applies?: false;
  /** these knobs */
  changed?: ChangedKnob[];
}

/** What came of a claim. */
export type ClaimStatus = 'met' | 'unmet' | 'not applicable';

/** @returns what came of a claim: a figure at other knobs than the claimed ones is neither met nor unmet */
export function statusOf({ met, applies }: Pick<ClaimData, 'met' | 'applies'>): ClaimStatus {
  if (applies === false) return 'not applicable';
  return met ? 'met' : 'unmet';
}

/** The sign before a claim, by what came of it. */
export const claimSigns: Readonly<Record<ClaimStatus, string>> = {
  met: '✓',
  unmet: '✗',
  'not applicable': '○',
};

/** How far a figure may lie from its target: an absolute number, or a share of the target. */
export type Tolerance = number | { absolute: number } | { relative: number };

/** The bound `measured ≥ least`. */
export function atLeast(least: number): Bound {
  return compare('at least {limit}', least, (measured) => measured >= least);
}

/** The bound `measured ≤ most`. */
export function atMost(most: number): Bound {
  return compare('at most {limit}', most, (measured) => measured <= most);
}

/** The bound `measured > limit`. */
export function above(limit: number): Bound {
  return compare('above {limit}', limit, (measured) => measured > limit);
}

/** The bound `measured < limit`. */
export function below(limit: number): Bound {
  return compare('below {limit}', limit, (measured) => measured < limit);
}

/** The bound `measured = target`, to the last bit; for counts. */
export function equals(target: number): Bound {
  return compare('exactly {limit}', target, (measured) => measured === target);
}

/**
 * The bound `|measured − target| ≤ tolerance`.
 *
 * @param target - the figure expected
 * @param tolerance - `0.01` or `{ absolute: 0.01 }`: in the figure's unit; `{ relative: 0.01 }`: a
 *   share of `|target|`
 * @throws RangeError if the tolerance is negative
 */
export function within(target: number, tolerance: Tolerance): Bound {
  requireFinite('target', target, 'bound a claim');
  const { share, distance } = readTolerance(target, tolerance);
  // As many digits as the tolerance tells apart, and one more.
  const needed = distance > 0 ? Math.ceil(Math.log10(Math.abs(target) / distance)) + 1 : 17;
  const shown = formatFigure(target, Math.min(17, Math.max(4, needed)));
  const text =
    share === undefined
      ? `${shown} ± ${formatFigure(distance)}`
      : `${shown} ± ${inPercent(formatFigure(100 * share))}`;
  return { text, meets: (measured) => Math.abs(measured - target) <= distance };
}

function readTolerance(target: number, tolerance: Tolerance) {
  if (typeof tolerance === 'object' && 'relative' in tolerance) {
    const share = tolerance.relative;
    requireNonNegative('relative tolerance', share, 'bound a claim');
    return { share, distance: share * Math.abs(target) };
  }
  const distance = typeof tolerance === 'number' ? tolerance : tolerance.absolute;
  requireNonNegative('tolerance', distance, 'bound a claim');
  return { share: undefined, distance };
}

function compare(words: string, limit: number, meets: (measured: number) => boolean): Bound {
  requireFinite('bound', limit, 'bound a claim');
  return { text: say(words, { limit: formatFigure(limit) }), meets };
}

const verdicts: Record<ClaimStatus, Omit<Verdict, 'sign'>> = {
  met: { word: 'Claim met', colour: '#0a9268' },
  unmet: { word: 'Claim NOT met', colour: '#d55e00' },
  'not applicable': { word: 'Claim does not apply', colour: '#7a7a7a' },
};

/**
 * Asserts a sentence of the prose: shows in one line whether the measured figure keeps the bound, and
 * leaves the same as data for the tests. A claim that is not met never stops the notebook; it fails
 * `npm test`. Where a knob has another value than `knobs` was told that the claims speak of, it shows that it
 * does not apply, and fails nothing.
 *
 * @param sentence - the claim, in words, ending in a full stop
 * @param measured - the figure, or whether the sentence is true
 * @param bound - what the figure must satisfy; none for a boolean
 * @throws TypeError if a number comes without a bound, or a boolean with one
 *
 * @example
 * claim('The test accuracy after ten epochs.', 0.978, is.atLeast(0.97));
 * // ✓ Claim met: The test accuracy after ten epochs. Measured 0.978; claimed at least 0.97.
 */
export function claim(sentence: string, measured: number | boolean, bound?: Bound): void {
  const data = judgeClaim(sentence, measured, bound);
  const { changed = [] } = data;
  const status = statusOf(data);
  const { word, colour } = verdicts[status];
  const others = changed.map((knob) => say('{name} is {value}, not {claimedAt}', { ...knob }));
  const why = others.join(say('; '));
  const at = listed(changed.map(({ name, claimedAt }) => `${name} = ${claimedAt}`));
  const verdict = {
    sign: claimSigns[status],
    word: why ? say('{word} ({why})', { word: say(word), why }) : say(word),
    colour,
  };
  const values = { measured: describe(measured, bound), bound: data.bound, at };
  const detail = at
    ? say('Measured {measured}; with {at} claimed {bound}.', values)
    : say('Measured {measured}; claimed {bound}.', values);
  showVerdict(verdict, data.sentence, detail, claimMimeType, data);
}

function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join();
  return say('{list} and {last}', {
    list: words.slice(0, -1).join(say(', ')),
    last: words[words.length - 1],
  });
}

/**
 * Judges a claim without showing it.
 *
 * @param sentence - the claim, in words
 * @param measured - the figure, or whether the sentence is true
 * @param bound - what the figure must satisfy; none for a boolean
 * @returns the data that the runner collects
 * @throws TypeError as `claim` does
 */
export function judgeClaim(sentence: string, measured: number | boolean, bound?: Bound): ClaimData {
  const changed = changedKnobs();
  const scope = changed.length > 0 ? { met: false, applies: false as const, changed } : {};
  if (typeof measured === 'boolean') {
    if (bound) throw new TypeError(`Cannot claim '${sentence}': true or false takes no bound`);
    return { sentence, measured, bound: 'true', met: measured, ...scope };
  }
  if (typeof measured !== 'number') {
    throw new TypeError(
      `Cannot claim '${sentence}': the measured figure must be a number or true or false, got ${typeof measured}`,
    );
  }
  if (!bound) {
    throw new TypeError(`Cannot claim '${sentence}': a number needs a bound, such as is.atLeast(0.97)`);
  }
  const kept = !Number.isNaN(measured) && bound.meets(measured);
  return { sentence, measured: toJson(measured), bound: bound.text, met: kept, ...scope };
}

function toJson(measured: number): ClaimData['measured'] {
  return Number.isFinite(measured) ? measured : (String(measured) as 'NaN');
}

/** Four digits, or as many as it takes for the shown figure to fall on the same side of the bound. */
function describe(measured: number | boolean, bound?: Bound): string {
  if (typeof measured === 'boolean' || !bound) return String(measured);
  for (let digits = 4; digits < 17; digits++) {
    const shown = formatFigure(measured, digits);
    if (bound.meets(Number(shown)) === bound.meets(measured)) return shown;
  }
  return String(measured);
}

/**
 * Writes a stored figure beside its bound, with at least as many digits as the bound has.
 *
 * @param measured - as the claim's data hold it
 * @param bound - the bound in words
 * @param digits - significant digits at least
 * @returns text
 */
export function formatMeasured(measured: ClaimData['measured'], bound: string, digits = 4): string {
  if (typeof measured !== 'number') return String(measured);
  const written = /\d[\d.]*/.exec(bound)?.[0].replace(/^0\.0*|\./g, '') ?? '';
  return formatFigure(measured, Math.min(17, Math.max(digits, written.length)));
}

/**
 * Writes a figure for a reader: `digits` significant digits, no needless zeros, powers of ten only
 * where plain digits would be long.
 *
 * @param value - any number
 * @param digits - significant digits, 1 … 17
 * @returns text that `Number` reads back
 */
export function formatFigure(value: number, digits = 4): string {
  if (!Number.isFinite(value) || Number.isSafeInteger(value)) return String(value);
  return String(Number(value.toPrecision(digits)));
}
