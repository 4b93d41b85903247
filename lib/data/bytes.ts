/** Unpacking bytes with what Node and browsers have in common. */

/**
 * Tells a gzip file by its first two bytes; its name may say otherwise.
 *
 * @param bytes - of a file
 * @returns whether they are compressed with gzip
 */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Decompresses a gzip file.
 *
 * @param packed - the whole file; never changed
 * @param options - `room`: bytes to make room for; the right number spares a copy. `most`: more than
 *   so many bytes are refused, so that a small file cannot fill the memory; 1 GiB
 * @returns what was compressed
 * @throws RangeError if there are more than `most` bytes; the error of the system below if the file
 *   breaks off or is damaged
 */
export async function gunzip(
  packed: Uint8Array,
  { room, most = 2 ** 30 }: { room: number; most?: number },
): Promise<Uint8Array> {
  const reader = streamOf(packed).pipeThrough(new DecompressionStream('gzip')).getReader();
  let bytes = new Uint8Array(room);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, length);
    const end = length + value.length;
    if (end > most) {
      await reader.cancel();
      throw new RangeError(`there are more than ${most} bytes in it`);
    }
    if (end > bytes.length) bytes = enlarged(bytes, Math.max(2 * bytes.length, end));
    bytes.set(value, length);
    length = end;
  }
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}

function enlarged(bytes: Uint8Array, length: number) {
  const larger = new Uint8Array(length);
  larger.set(bytes);
  return larger;
}
