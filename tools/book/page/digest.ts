/** SHA-256 where nothing may be waited for, and where there is no Web Crypto. */

const words = (count: number, root: (prime: number) => number) => {
  const found: number[] = [];
  for (let number = 2; found.length < count; number++) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) prime = false;
    // The first 32 bits behind the point.
    if (prime) found.push(((root(number) % 1) * 2 ** 32) | 0);
  }
  return found;
};
const start = words(8, Math.sqrt);
const constants = words(64, Math.cbrt);

const turned = (word: number, by: number) => (word >>> by) | (word << (32 - by));

/**
 * The SHA-256 of bytes, by FIPS 180-4.
 *
 * @param bytes - never changed
 * @returns 32 bytes
 */
export function digest(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const state = Int32Array.from(start);
  const schedule = new Int32Array(64);
  const whole = bytes.length - (bytes.length % 64);
  for (let at = 0; at < whole; at += 64) mix(state, schedule, bytes, at);
  const rest = bytes.subarray(whole);
  const last = new Uint8Array(rest.length < 56 ? 64 : 128);
  last.set(rest);
  last[rest.length] = 0x80;
  const view = new DataView(last.buffer);
  view.setUint32(last.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(last.length - 4, (bytes.length << 3) >>> 0);
  for (let at = 0; at < last.length; at += 64) mix(state, schedule, last, at);
  const result = new DataView(new ArrayBuffer(32));
  state.forEach((word, place) => {
    result.setInt32(4 * place, word);
  });
  return new Uint8Array(result.buffer);
}

function mix(state: Int32Array, w: Int32Array, bytes: Uint8Array, at: number): void {
  for (let t = 0; t < 16; t++) {
    const place = at + 4 * t;
    w[t] = (bytes[place] << 24) | (bytes[place + 1] << 16) | (bytes[place + 2] << 8) | bytes[place + 3];
  }
  for (let t = 16; t < 64; t++) {
    const [near, far] = [w[t - 2], w[t - 15]];
    const small = turned(far, 7) ^ turned(far, 18) ^ (far >>> 3);
    const large = turned(near, 17) ^ turned(near, 19) ^ (near >>> 10);
    w[t] = (w[t - 16] + small + w[t - 7] + large) | 0;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let t = 0; t < 64; t++) {
    const chosen = (e & f) ^ (~e & g);
    const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + chosen + constants[t] + w[t]) | 0;
    const most = (a & b) ^ (a & c) ^ (b & c);
    const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + most) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, place) => {
    state[place] = (state[place] + word) | 0;
  });
}

/** @returns a SHA-256 as 64 hexadecimal digits */
export function inHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
