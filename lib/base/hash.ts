/** Hashes, by what Node and browsers have in common. */

/** Web Crypto as far as it is used here: a stock tslab kernel has older types, which lack it. */
interface WebCrypto {
  subtle: { digest(name: string, bytes: Uint8Array): Promise<ArrayBuffer> };
}

/**
 * The SHA-256 of some content, by the interface that Node and browsers share.
 *
 * @param content - bytes, or text that is hashed as UTF-8
 * @returns 64 hexadecimal digits
 */
export async function sha256(content: Uint8Array | string): Promise<string> {
  const { subtle } = (globalThis as unknown as { crypto: WebCrypto }).crypto;
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
