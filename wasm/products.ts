/**
 * Products of matrices, blocked for the cache: a block of A and a strip of B are copied so that they are read one after
 * the other, and of C 4 rows × 8 columns are summed up in registers. What is past an edge counts as zeros.
 */

import { multiplyAdd } from './vectors';

/** inner length and rows of A at a time: 128 KiB, of which B's strip and a strip of A fit the first-level cache */
const depth = 256;
const height = 128;
const blockOfA = memory.data(131072, 16);
const stripOfB = memory.data(8192, 16);
const edge = memory.data(128, 16);

/**
 * `C = A B`, or `C ← C + A B` if `adds`. A has n rows of k numbers, B k rows of m; `…Row` and `…Column` are the bytes from
 * a row to the next and from a column to the next, of which one is 4.
 */
export function product(
  c: usize,
  cRow: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  n: i32,
  k: i32,
  m: i32,
  adds: bool,
): void {
  for (let p = 0; p < k; p += depth) {
    const length = min(depth, k - p);
    for (let i = 0; i < n; i += height) {
      const rows = min(height, n - i);
      const fromA = a + i * aRow + p * aColumn;
      for (let row = 0; row < rows; row += 4) {
        pack(blockOfA + row * (depth << 2), 16, fromA + row * aRow, aRow, aColumn, rows - row, length);
      }
      const toC = c + i * cRow;
      for (let column = 0; column < m; column += 8) {
        const fromB = b + p * bRow + column * bColumn;
        pack(stripOfB, 32, fromB, bColumn, bRow, m - column, length);
        pack(stripOfB + 16, 32, fromB + 4 * bColumn, bColumn, bRow, m - column - 4, length);
        strip(toC + (column << 2), cRow, rows, m - column, length, adds || p > 0);
      }
    }
  }
}

/** One strip of C, 8 columns of it or the last few. */
function strip(c: usize, cRow: usize, rows: i32, columns: i32, length: i32, adds: bool): void {
  for (let row = 0; row < rows; row += 4) {
    const a = blockOfA + row * (depth << 2);
    const to = c + row * cRow;
    if (rows - row >= 4 && columns >= 8) tile(to, cRow, a, length, adds);
    else {
      tile(edge, 32, a, length, false);
      inside(to, cRow, min(4, rows - row), min(8, columns), adds);
    }
  }
}

/** Copies what of `edge` is inside C. */
function inside(c: usize, cRow: usize, rows: i32, columns: i32, adds: bool): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const to = c + row * cRow + (column << 2);
      const value = load<f32>(edge + (row << 5) + (column << 2));
      store<f32>(to, adds ? load<f32>(to) + value : value);
    }
  }
}

/**
 * Four of the numbers that lie `across` bytes apart, then the next four, `along` bytes farther: `length` times; zeros in
 * place of those past `width`. One of the two steps is 4.
 */
function pack(
  to: usize,
  step: usize,
  from: usize,
  across: usize,
  along: usize,
  width: i32,
  length: i32,
): void {
  let done = 0;
  if (width >= 4 && across === 4) {
    for (; done < length; done++) {
      v128.store(to, v128.load(from));
      to += step;
      from += along;
    }
  } else if (width >= 4) {
    for (; done + 4 <= length; done += 4) {
      transpose(to, step, from, across);
      to += step << 2;
      from += along << 2;
    }
  }
  for (; done < length; done++) {
    for (let index = 0; index < 4; index++) {
      store<f32>(to + (index << 2), index < width ? load<f32>(from + index * across) : 0);
    }
    to += step;
    from += along;
  }
}

/** Four rows of four numbers become four columns. */
function transpose(to: usize, step: usize, from: usize, row: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + row);
  const r2 = v128.load(from + 2 * row);
  const r3 = v128.load(from + 3 * row);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(to + step, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
  v128.store(to + 2 * step, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
  v128.store(to + 3 * step, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
}

/** 4 rows × 8 columns of C, in registers. */
function tile(c: usize, cRow: usize, a: usize, length: i32, adds: bool): void {
  const c1 = c + cRow;
  const c2 = c1 + cRow;
  const c3 = c2 + cRow;
  const zero = f32x4.splat(0);
  let s0 = adds ? v128.load(c) : zero;
  let t0 = adds ? v128.load(c, 16) : zero;
  let s1 = adds ? v128.load(c1) : zero;
  let t1 = adds ? v128.load(c1, 16) : zero;
  let s2 = adds ? v128.load(c2) : zero;
  let t2 = adds ? v128.load(c2, 16) : zero;
  let s3 = adds ? v128.load(c3) : zero;
  let t3 = adds ? v128.load(c3, 16) : zero;
  let b: usize = stripOfB;
  for (const end = a + (length << 4); a < end; a += 16) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    b += 32;
    const a0 = v128.load32_splat(a);
    s0 = multiplyAdd(a0, left, s0);
    t0 = multiplyAdd(a0, right, t0);
    const a1 = v128.load32_splat(a, 4);
    s1 = multiplyAdd(a1, left, s1);
    t1 = multiplyAdd(a1, right, t1);
    const a2 = v128.load32_splat(a, 8);
    s2 = multiplyAdd(a2, left, s2);
    t2 = multiplyAdd(a2, right, t2);
    const a3 = v128.load32_splat(a, 12);
    s3 = multiplyAdd(a3, left, s3);
    t3 = multiplyAdd(a3, right, t3);
  }
  v128.store(c, s0);
  v128.store(c, t0, 16);
  v128.store(c1, s1);
  v128.store(c1, t1, 16);
  v128.store(c2, s2);
  v128.store(c2, t2, 16);
  v128.store(c3, s3);
  v128.store(c3, t3, 16);
}
