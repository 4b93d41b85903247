/** Reads source maps as `SourceMap` of `node:module` does, as far as errors need them. */

/** Counted from 0; the place in the source is absent where a stretch comes from none. */
type Mapping = [line: number, column: number, originalLine?: number, originalColumn?: number];

/** What is known of a place. */
export interface Entry {
  originalLine?: number;
  originalColumn?: number;
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The numbers of one segment: each in groups of five bits, the lowest first, whose lowest bit is the sign. */
function numbersIn(segment: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const digit of segment) {
    const bits = digits.indexOf(digit);
    value += (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    numbers.push(value & 1 ? -(value >>> 1) : value >>> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}

function mappingsOf(text: string): Mapping[] {
  const mappings: Mapping[] = [];
  let [line, column, sourceLine, sourceColumn] = [0, 0, 0, 0];
  for (const segments of text.split(';')) {
    column = 0;
    for (const segment of segments.split(',').filter(Boolean)) {
      const [step, source, lines, columns] = numbersIn(segment);
      column += step;
      if (source === undefined) {
        mappings.push([line, column]);
        continue;
      }
      sourceLine += lines;
      sourceColumn += columns;
      mappings.push([line, column, sourceLine, sourceColumn]);
    }
    line++;
  }
  return mappings;
}

/**
 * @param json - a source map of one source
 * @returns what finds, for a place, the last stretch that begins at or before it
 */
export function readMap(json: string): { findEntry(line: number, column: number): Entry } {
  const mappings = mappingsOf(JSON.parse(json).mappings);
  return {
    findEntry(line, column) {
      const isAfter = ([ofLine, ofColumn]: Mapping) =>
        ofLine > line || (ofLine === line && ofColumn > column);
      let [first, end] = [0, mappings.length];
      while (first < end) {
        const middle = (first + end) >> 1;
        if (isAfter(mappings[middle])) end = middle;
        else first = middle + 1;
      }
      const [, , originalLine, originalColumn] = mappings[first - 1] ?? [];
      return { originalLine, originalColumn };
    },
  };
}
