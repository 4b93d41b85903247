/** The memory of the kernels, dealt out in blocks. */
import { createKernels, type KernelName, type Kernels } from './wasm-kernels';

const page = 65536;
/** A memory never shrinks: a larger one is left to be collected. */
const keepable = 2 ** 26;

/** Kept from one user to the next: every memory reserves gigabytes of addresses until it is collected. */
let idle: KernelMemory | undefined;

/** Calls a kernel, and does something around it. */
type Around = (name: string, call: () => number) => number;
let around: Around | undefined;

/**
 * Puts stand-ins before the kernels of the memories that are taken from now on.
 *
 * @param standIn - is called in the place of each kernel
 * @returns takes them away, for the memories that are taken later
 */
export function interposeKernels(standIn: Around): () => void {
  around = standIn;
  return () => {
    around = undefined;
  };
}

function standInsOf(kernels: Kernels, standIn: Around): Kernels {
  const { memory, heapBase, ...rest } = kernels;
  const entries = Object.entries(rest) as [KernelName, Kernels[KernelName]][];
  const named = entries.map(([name, kernel]) => [
    name,
    (...values: number[]) => standIn(name, () => kernel(...values)),
  ]);
  return { memory, heapBase, ...Object.fromEntries(named) };
}

/** Blocks given back are dealt out again, so that the same steps need no more memory however many there are. */
export class KernelMemory {
  private readonly free = new Map<number, number[]>();
  private end: number;
  private floatView: Float32Array;
  private intView: Int32Array;

  /**
   * @returns a memory that nobody else uses, until `giveBack()`
   * @throws Error if there is no WebAssembly, or none with 128-bit SIMD
   */
  static take(): KernelMemory {
    const memory = idle ?? new KernelMemory(createKernels());
    idle = undefined;
    memory.kernels = around ? standInsOf(memory.own, around) : memory.own;
    return memory;
  }

  /** of this memory */
  kernels: Kernels;

  private constructor(private readonly own: Kernels) {
    this.kernels = own;
    this.end = own.heapBase();
    const { buffer } = own.memory;
    [this.floatView, this.intView] = [new Float32Array(buffer), new Int32Array(buffer)];
  }

  /** all of it; another array once the memory has grown */
  get floats(): Float32Array {
    return this.floatView;
  }

  /** all of it; another array once the memory has grown */
  get ints(): Int32Array {
    return this.intView;
  }

  /** @returns how much there is, in bytes */
  get size(): number {
    return this.floatView.byteLength;
  }

  /**
   * @param count - numbers of four bytes
   * @returns where they lie, in bytes, followed by 16 bytes at least that kernels may overwrite
   * @throws RangeError if there is no more memory
   */
  allocate(count: number): number {
    const size = blockSize(count);
    const pointer = this.free.get(size)?.pop();
    if (pointer !== undefined) return pointer;
    const start = this.end;
    if (start + size > this.size) this.grow(start + size - this.size);
    this.end = start + size;
    return start;
  }

  /**
   * @param pointer - where a block lies
   * @param count - what it was allocated for
   */
  release(pointer: number, count: number): void {
    const size = blockSize(count);
    const known = this.free.get(size);
    if (known) known.push(pointer);
    else this.free.set(size, [pointer]);
  }

  /** Takes all blocks back, for another user. */
  giveBack(): void {
    this.free.clear();
    this.end = this.kernels.heapBase();
    if (this.size <= keepable) idle = this;
  }

  private grow(bytes: number): void {
    const { memory } = this.kernels;
    try {
      memory.grow(Math.max(16, Math.ceil(bytes / page)));
    } catch {
      throw new RangeError(
        `Cannot allocate: WebAssembly has no more memory beyond ${Math.floor(this.size / 2 ** 20)} MiB, and ${bytes} bytes are missing; take smaller batches`,
      );
    }
    // The views of before are empty now.
    this.floatView = new Float32Array(memory.buffer);
    this.intView = new Int32Array(memory.buffer);
  }
}

/** In bytes: multiples of 64, of an eighth of the largest power of two below for more, so that few sizes occur. */
function blockSize(count: number): number {
  const bytes = count * 4 + 16;
  const grain = Math.max(64, 2 ** (Math.floor(Math.log2(bytes)) - 3));
  return Math.ceil(bytes / grain) * grain;
}
