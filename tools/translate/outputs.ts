/** The outputs of a translated cell beside those of the English one: other words, the same numbers. */
import { claimMimeType, exerciseMimeType, plotlyMimeType } from '../../lib/surroundings';
import { type Cell, hasTag, type Output } from '../notebooks/notebook-file';
import type { Fault } from './cell-text';

/** How far numbers may lie apart, as a share. */
const tolerance = 1e-6;

const compared = [claimMimeType, exerciseMimeType, plotlyMimeType];

/** @returns what is wrong with the outputs: that there are none, or that they hold other numbers */
export function outputFaults(english: Cell, translated: Cell): Fault[] {
  const [one, other] = [english.outputs ?? [], translated.outputs ?? []];
  if (one.length > 0 && other.length === 0) return [['outputs', 'it has not been executed']];
  if (hasTag(english, 'volatile')) return [];
  if (one.length !== other.length) {
    return [['outputs', `it has ${other.length} outputs, the English cell ${one.length}`]];
  }
  const approximate = hasTag(english, 'approximate');
  return one.flatMap((output, index): Fault[] => {
    const place = differs(dataOf(output), dataOf(other[index]), approximate);
    return place === undefined
      ? []
      : [['outputs', `output ${index + 1} is another than in English at ${place}`]];
  });
}

function dataOf({ output_type, data = {} }: Output): unknown {
  const parts = compared.map((type) => [type, type === plotlyMimeType ? figureOf(data[type]) : data[type]]);
  return { output_type, ...Object.fromEntries(parts) };
}

/** Of pictures side by side only the pictures: where they and what is drawn on them lie depends on the length of words. */
function figureOf(figure: unknown): unknown {
  const { data } = (figure ?? {}) as { data?: { x0?: number; type?: string; z?: unknown }[] };
  if (!data?.some(({ x0 }) => x0 !== undefined)) return figure;
  return { data: data.map(({ type, z }) => ({ type, z })) };
}

/** Where two values part in a number, a boolean or their form; texts are not compared. */
function differs(one: unknown, other: unknown, approximate: boolean, place = ''): string | undefined {
  if (typeof one === 'number' && typeof other === 'number') {
    const near = Math.abs(one - other) <= tolerance * Math.max(Math.abs(one), Math.abs(other), 1e-9);
    return approximate || near ? undefined : `${place}: ${other} for ${one}`;
  }
  if (typeof one !== typeof other) return place || 'its type';
  if (typeof one !== 'object' || !one || !other) {
    return one === other || typeof one === 'string' ? undefined : `${place}: ${other} for ${one}`;
  }
  if (approximate && Array.isArray(one)) return undefined;
  const keys = new Set([...Object.keys(one), ...Object.keys(other as object)]);
  for (const key of keys) {
    // Where words end in a figure depends on their length.
    if (/^(layout|config)$/.test(key)) continue;
    const found = differs(
      (one as never)[key],
      (other as never)[key],
      approximate,
      place ? `${place}.${key}` : key,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}
