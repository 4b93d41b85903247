import { describe, expect, test } from 'vitest';
import { inParallel } from '../../../tools/notebooks/execute';

/** Tasks that end when they are told to. */
function tasks(count: number) {
  const running = new Set<number>();
  const ends: (() => void)[] = [];
  let most = 0;
  const list = Array.from({ length: count }, (_, index) => async () => {
    running.add(index);
    most = Math.max(most, running.size);
    await new Promise<void>((resolve) => {
      ends[index] = resolve;
    });
    running.delete(index);
    return index;
  });
  return { list, running, end: (index: number) => ends[index](), most: () => most };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('inParallel()', () => {
  test.each([
    [1, 8e9, 1],
    [3, 8e9, 3],
    [8, 3.1e9, 2],
    [8, 1e8, 1],
    [8, 99e9, 5],
  ])('with %s jobs and %s bytes free, runs %s of 5 at a time', async (jobs, free, most) => {
    const one = tasks(5);
    const results = inParallel(one.list, jobs, 1.5e9, () => free);
    for (let ended = 0; ended < 5; ended++) {
      await settle();
      one.end(Math.min(...one.running));
    }
    expect(await results).toEqual([0, 1, 2, 3, 4]);
    expect(one.most()).toBe(most);
  });

  test('starts no further one while memory is short, and goes on when it is not', async () => {
    const one = tasks(3);
    let free = 9e9;
    const results = inParallel(one.list, 2, 1.5e9, () => free);
    await settle();
    expect([...one.running]).toEqual([0, 1]);
    free = 1e9;
    one.end(0);
    await settle();
    expect([...one.running]).toEqual([1]);
    one.end(1);
    await settle();
    expect([...one.running]).toEqual([2]);
    one.end(2);
    expect(await results).toEqual([0, 1, 2]);
  });

  test('passes an error on', async () => {
    const broken = () => Promise.reject(new Error('no Python'));
    await expect(inParallel([broken, async () => 1], 2)).rejects.toThrow('no Python');
  });
});
