import { describe, expect, test } from 'vitest';
import { createLatentSpace } from '../../../lib/language/latent-space';

/** Two subjects with no word in common; within each, two texts share one word. */
const texts = [
  ['car', 'engine'],
  ['engine', 'wheel'],
  ['tree', 'leaf'],
  ['leaf', 'root'],
];

/** The cosine of two texts by their weights, written down anew: 1 + ln f is 1 here, as no word comes twice. */
function cosine(first: string[], second: string[]): number {
  const weight = (word: string) =>
    Math.log(texts.length / texts.filter((text) => text.includes(word)).length);
  const length = (text: string[]) => Math.sqrt(text.reduce((sum, word) => sum + weight(word) ** 2, 0));
  const shared = first.filter((word) => second.includes(word));
  return shared.reduce((sum, word) => sum + weight(word) ** 2, 0) / (length(first) * length(second));
}

describe('createLatentSpace()', () => {
  test('with a direction for each subject finds what shares no word with the question', () => {
    // The second eigenvalue of AᵀA is 0.8/1.2 of the first, and (0.8/1.2)^60 < 1e-10.
    const space = createLatentSpace(texts, { dimensions: 2, rounds: 60 });
    const scores = space.scores(['car']);
    expect(scores[0]).toBeCloseTo(1, 9);
    expect(scores[1]).toBeCloseTo(1, 9);
    expect(scores[2]).toBeCloseTo(0, 9);
    expect(scores[3]).toBeCloseTo(0, 9);
  });

  test('with as many directions as texts has the angles of the weights themselves', () => {
    const space = createLatentSpace(texts, { dimensions: 4 });
    for (const question of texts) {
      const scores = space.scores(question);
      texts.forEach((text, index) => {
        expect(scores[index]).toBeCloseTo(cosine(question, text), 9);
      });
    }
  });

  test('has no more directions than texts or words, and bears equal texts', () => {
    const space = createLatentSpace([['a', 'b'], ['a', 'b'], ['c'], []], { dimensions: 100 });
    expect(space.dimensions).toBe(3);
    const scores = Array.from(space.scores(['a']));
    expect(scores[0]).toBeCloseTo(1, 9);
    expect(scores[1]).toBe(scores[0]);
    expect(scores[2]).toBeCloseTo(0, 9);
    expect(scores[3]).toBe(0);
  });

  test('gives 0 for words that no text holds', () => {
    expect(Array.from(createLatentSpace(texts).scores(['rice']))).toEqual([0, 0, 0, 0]);
  });

  test('gives the same seed the same space', () => {
    const [first, second] = [1, 1].map((seed) => createLatentSpace(texts, { dimensions: 2, seed }));
    expect(first.scores(['leaf'])).toEqual(second.scores(['leaf']));
  });

  test.each([
    [{ dimensions: 0 }, 'Cannot find a latent space: dimensions must be a whole number >= 1, got 0'],
    [{ rounds: 0.5 }, 'Cannot find a latent space: rounds must be a whole number >= 1, got 0.5'],
  ])('rejects %j', (options, message) => {
    expect(() => createLatentSpace(texts, options)).toThrow(new RangeError(message));
  });

  test('rejects texts without a word', () => {
    const message = 'Cannot find a latent space: there is no text with a word';
    expect(() => createLatentSpace([[], []])).toThrow(new RangeError(message));
  });
});
