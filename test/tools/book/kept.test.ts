import { describe, expect, test } from 'vitest';
import { Kept, readKept } from '../../../tools/book/page/edit/kept';

/** A storage as browsers have it, as far as it is used here. */
function storage(limit = 1000) {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem(key: string, value: string) {
      if (value.length > limit) throw new DOMException('no room', 'QuotaExceededError');
      items.set(key, value);
    },
    removeItem: (key: string) => void items.delete(key),
  };
}

describe('Kept', () => {
  test('keeps what is changed, for the next one that opens', () => {
    const place = storage();
    new Kept('key', () => place).change(({ cells }) => {
      cells.one = { source: 'a', of: 'b' };
    });
    expect(new Kept('key', () => place).now).toEqual({ cells: { one: { source: 'a', of: 'b' } } });
  });

  test('leaves nothing behind when nothing is kept any more', () => {
    const place = storage();
    const kept = new Kept('key', () => place);
    kept.change(({ cells }) => {
      cells.one = { source: 'a', of: 'b' };
    });
    kept.change(({ cells }) => {
      delete cells.one;
    });
    expect(place.items.size).toBe(0);
  });

  test('joins what two tabs change in two cells', () => {
    const place = storage();
    const [here, there] = [new Kept('key', () => place), new Kept('key', () => place)];
    here.change(({ cells }) => {
      cells.one = { source: 'a', of: 'b' };
    });
    there.change(({ cells }) => {
      cells.two = { source: 'c', of: 'd' };
    });
    expect(Object.keys(here.now.cells)).toEqual(['one', 'two']);
  });

  test('keeps in memory what the storage has no room for, and says so until it has', () => {
    const place = storage(60);
    const kept = new Kept('key', () => place);
    kept.change(({ cells }) => {
      cells.one = { source: 'long'.repeat(100), of: 'b' };
    });
    expect(kept.unkept).toBe('full');
    expect(kept.now.cells.one.source).toBe('long'.repeat(100));
    kept.change(({ cells }) => {
      cells.one.source = 'a';
    });
    expect(kept.unkept).toBeUndefined();
    expect(place.items.get('key')).toBe('{"cells":{"one":{"source":"a","of":"b"}}}');
  });

  test('keeps in memory where the browser refuses', () => {
    const kept = new Kept('key', () => {
      throw new DOMException('not here', 'SecurityError');
    });
    expect(kept.unkept).toBe('refused');
    kept.change(({ cells }) => {
      cells.one = { source: 'a', of: 'b' };
    });
    expect(kept.unkept).toBe('refused');
    expect(kept.now.cells.one.source).toBe('a');
  });
});

describe('readKept()', () => {
  test.each([
    null,
    '',
    'no JSON',
    '7',
    '{"cells":7}',
    '{"cells":{"a":{"source":1}},"progress":3}',
    '{"cells":null}',
  ])('takes nothing from %s', (text) => {
    expect(readKept(text)).toEqual({ cells: {} });
  });
});
