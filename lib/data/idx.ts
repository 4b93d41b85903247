/** The IDX format, in which MNIST comes: read and written. */
import { countElements } from '../base/arrays';

/** The arrays that an IDX file can hold, one kind for each element type of the format. */
export type IdxValues = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** The names of the element types of the format. */
export type IdxType = ElementType['name'];

/** An array of any rank: its shape, the type of its elements, and its elements, last axis fastest. */
export interface IdxArray {
  shape: number[];
  type: IdxType;
  values: IdxValues;
}

/** The code of each element type in the format, and the array that holds such elements. */
const elementTypes = [
  { code: 0x08, name: 'uint8', kind: 'Uint8', array: Uint8Array },
  { code: 0x09, name: 'int8', kind: 'Int8', array: Int8Array },
  { code: 0x0b, name: 'int16', kind: 'Int16', array: Int16Array },
  { code: 0x0c, name: 'int32', kind: 'Int32', array: Int32Array },
  { code: 0x0d, name: 'float32', kind: 'Float32', array: Float32Array },
  { code: 0x0e, name: 'float64', kind: 'Float64', array: Float64Array },
] as const;

type ElementType = (typeof elementTypes)[number];

/**
 * Reads an array in the IDX format, in which MNIST comes: two zero bytes, one byte for the type of
 * the elements, one for the rank, the size of each axis as an unsigned 32-bit number, then the
 * elements, last axis fastest. Every number is big-endian.
 *
 * @param bytes - the whole file, decompressed; never changed. Elements of one byte are not copied:
 *   `values` then looks into the same memory.
 * @returns the shape (one size per axis, rank 1 … 255), the element type, and the elements
 * @throws RangeError if the bytes are not exactly one IDX array
 * @see LeCun, Cortes, Burges, "The MNIST database of handwritten digits", section "File formats"
 */
export function parseIdx(bytes: Uint8Array): IdxArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { elementType, rank } = readMagic(bytes);
  const headerSize = 4 + 4 * rank;
  if (bytes.length < headerSize) {
    throw cannotRead(
      `the header of rank ${rank} takes ${headerSize} bytes, but the file ends at ${bytes.length}`,
    );
  }
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = countElements(shape);
  const expected = headerSize + count * elementType.array.BYTES_PER_ELEMENT;
  if (bytes.length !== expected) {
    const fault = bytes.length < expected ? 'cut short' : 'too long';
    throw cannotRead(
      `the file is ${fault}: shape [${shape}] of ${elementType.name} takes ${expected} bytes, got ${bytes.length}`,
    );
  }
  return {
    shape,
    type: elementType.name,
    values: readValues(bytes, view, elementType, headerSize),
  };
}

/**
 * Writes an array in the IDX format; the inverse of {@link parseIdx}.
 *
 * @param array - shape (rank 1 … 255), element type and elements; never changed
 * @returns the bytes of the file, not compressed
 * @throws RangeError if shape and number of elements do not agree or do not fit the format
 */
export function writeIdx({ shape, type, values }: IdxArray): Uint8Array {
  const elementType = elementTypes.find(({ name }) => name === type);
  if (!elementType) throw new RangeError(`Cannot write IDX: unknown element type '${type}'`);
  if (shape.length < 1 || shape.length > 255) {
    throw new RangeError(`Cannot write IDX: rank must be 1 … 255, got ${shape.length}`);
  }
  for (const size of shape) {
    if (!Number.isInteger(size) || size < 0 || size >= 2 ** 32) {
      throw new RangeError(`Cannot write IDX: sizes must be 0 … 2^32 - 1, got ${size}`);
    }
  }
  const count = countElements(shape);
  if (values.length !== count) {
    throw new RangeError(`Cannot write IDX: shape [${shape}] takes ${count} elements, got ${values.length}`);
  }
  const headerSize = 4 + 4 * shape.length;
  const size = elementType.array.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(headerSize + count * size);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, elementType.code, shape.length]);
  shape.forEach((size, axis) => {
    view.setUint32(4 + 4 * axis, size);
  });
  values.forEach((value, index) => {
    view[`set${elementType.kind}`](headerSize + index * size, value);
  });
  return bytes;
}

function readMagic(bytes: Uint8Array): { elementType: ElementType; rank: number } {
  if (bytes.length < 4) {
    throw cannotRead(`the file must begin with 4 bytes of magic, but has ${bytes.length}`);
  }
  const magic = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0'));
  const elementType = elementTypes.find(({ code }) => code === bytes[2]);
  if (bytes[0] !== 0 || bytes[1] !== 0 || !elementType) {
    const hint = magic.join('').startsWith('1f8b') ? ' (gzip: decompress the file first)' : '';
    throw cannotRead(
      `the magic at offset 0 must be 00 00, a type (08, 09, 0b, 0c, 0d or 0e) and a rank, got ${magic.join(' ')}${hint}`,
    );
  }
  if (bytes[3] === 0) throw cannotRead('the rank at offset 3 must be >= 1, got 0');
  return { elementType, rank: bytes[3] };
}

function readValues(
  bytes: Uint8Array,
  view: DataView,
  { array, kind, name }: ElementType,
  headerSize: number,
): IdxValues {
  // Not `subarray`: of Node's Buffer that would be a Buffer again, whose `slice` does not copy.
  if (name === 'uint8')
    return new Uint8Array(bytes.buffer, bytes.byteOffset + headerSize, bytes.length - headerSize);
  const size = array.BYTES_PER_ELEMENT;
  const values = new array((bytes.length - headerSize) / size);
  for (let index = 0; index < values.length; index++) {
    values[index] = view[`get${kind}`](headerSize + index * size);
  }
  return values;
}

function cannotRead(why: string): RangeError {
  return new RangeError(`Cannot read IDX: ${why}`);
}
