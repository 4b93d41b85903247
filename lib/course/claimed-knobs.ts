/** The values of the knobs that a notebook's claims speak of, and which knobs differ from them now. */
import { type KnobValue, typeOf, writeValue } from './knob-values';

/** A knob that no longer has the value that the claims speak of; both as TypeScript writes them. */
export interface ChangedKnob {
  name: string;
  value: string;
  claimedAt: string;
}

/** For each knob that claims speak of: the value they are claimed at, and the value it has. */
const registered = new Map<string, { claimedAt: KnobValue; value: KnobValue }>();

/**
 * Takes down the knobs' values, and what the claims are claimed at. Without `claimedAt` what was stated before stays,
 * so that a later cell may turn some of the knobs.
 *
 * @param values - the knobs, name → value
 * @param claimedAt - the same knobs with the values that the claims speak of
 * @throws RangeError if a knob is in one of both only, or of another type in the other
 */
export function registerKnobs(
  values: Readonly<Record<string, KnobValue>>,
  claimedAt?: Readonly<Record<string, KnobValue>>,
): void {
  if (claimedAt) {
    requireSameKnobs(values, claimedAt);
    registered.clear();
    for (const [name, value] of Object.entries(claimedAt)) {
      registered.set(name, { claimedAt: copyOf(value), value: copyOf(values[name]) });
    }
    return;
  }
  for (const [name, value] of Object.entries(values)) {
    const known = registered.get(name);
    if (known) known.value = copyOf(value);
  }
}

function requireSameKnobs(
  values: Readonly<Record<string, KnobValue>>,
  claimedAt: Readonly<Record<string, KnobValue>>,
): void {
  for (const name of new Set([...Object.keys(values), ...Object.keys(claimedAt)])) {
    if (!Object.hasOwn(claimedAt, name)) {
      throw new RangeError(
        `Cannot set the knobs: '${name}' has no value that the claims speak of; add it to both`,
      );
    }
    if (!Object.hasOwn(values, name)) {
      throw new RangeError(
        `Cannot set the knobs: the claims speak of '${name}', which is not among the knobs`,
      );
    }
    const [type, wanted] = [typeOf(values[name]), typeOf(claimedAt[name])];
    if (type === wanted) continue;
    const [got, claimed] = [writeValue(values[name]), writeValue(claimedAt[name])];
    throw new RangeError(
      `Cannot set the knobs: ${name} must be a ${wanted} like the claimed ${claimed}, got ${got}`,
    );
  }
}

const copyOf = (value: KnobValue): KnobValue => (Array.isArray(value) ? [...value] : value);

/** @returns the knobs whose value is not the one that the claims speak of; lists are compared entry by entry */
export function changedKnobs(): ChangedKnob[] {
  return [...registered]
    .filter(([, { claimedAt, value }]) => !sameValue(claimedAt, value))
    .map(([name, { claimedAt, value }]) => ({
      name,
      value: writeValue(value),
      claimedAt: writeValue(claimedAt),
    }));
}

function sameValue(one: KnobValue, other: KnobValue): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other;
  return one.length === other.length && one.every((entry, place) => entry === other[place]);
}
