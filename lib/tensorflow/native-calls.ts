/** Calls of native TensorFlow, and the memory of what they return. */
import {
  type Attribute,
  type Binding,
  type Handle,
  isNative,
  type NativeBackend,
  nativeBackend,
} from './insides';

/** Owns what it makes: results last until `freeResults()`, all else until `dispose()`. */
export class NativeCalls {
  protected readonly backend: NativeBackend;
  protected readonly binding: Binding;
  protected readonly kept: Handle[] = [];
  private results: Handle[] = [];
  private readonly numbers = new Map<string, Handle>();
  private readonly memories = new Map<string, unknown>();

  /** @throws Error unless native TensorFlow runs */
  constructor() {
    if (!isNative()) {
      throw new Error('Cannot run native operations: native TensorFlow does not run');
    }
    this.backend = nativeBackend();
    this.binding = this.backend.binding;
  }

  read(handle: Handle): Float32Array {
    return this.binding.tensorDataSync(handle);
  }

  freeResults(kept: readonly Handle[] = []): void {
    this.memories.clear();
    for (const handle of this.results) {
      if (!kept.includes(handle)) this.binding.deleteTensor(handle);
    }
    this.results = this.results.filter((handle) => kept.includes(handle));
  }

  freeLastResult(): void {
    this.memories.clear();
    const handle = this.results.pop();
    if (handle !== undefined) this.binding.deleteTensor(handle);
  }

  /** Results stay until they are all freed: there is memory enough, and what the way back remembers points to them. */
  countResults(): number {
    return 0;
  }

  resultsAfter(_count: number): Handle[] {
    return [];
  }

  discard(_results: readonly Handle[]): void {}

  dispose(): void {
    this.freeResults();
    for (const handle of this.kept) this.binding.deleteTensor(handle);
    this.kept.length = 0;
    this.numbers.clear();
  }

  /** Runs one operation with one result, by TensorFlow's name for it. */
  run(name: string, inputs: Handle[], attributes: Attribute[] = []): Handle {
    const handle = this.execute(name, inputs, 1, attributes)[0].id;
    this.results.push(handle);
    return handle;
  }

  /** Runs one operation with several results. */
  runAll(name: string, inputs: Handle[], outputs: number, attributes: Attribute[] = []): Handle[] {
    const handles = this.execute(name, inputs, outputs, attributes).map(({ id }) => id);
    this.results.push(...handles);
    return handles;
  }

  /**
   * What a gradient needs of what was computed on the way forwards.
   *
   * @param name - of what is made
   * @param inputs - of what it is made, which are not changed
   * @param make - makes it
   * @returns the same results for the same inputs, until results are freed
   */
  remember<Made>(name: string, inputs: Handle[], make: () => Made): Made {
    const key = `${name} ${inputs}`;
    if (!this.memories.has(key)) this.memories.set(key, make());
    return this.memories.get(key) as Made;
  }

  /** Runs one operation without a result. */
  update(name: string, inputs: Handle[], attributes: Attribute[] = []): void {
    this.execute(name, inputs, 0, attributes);
  }

  /** @returns the shape of a tensor */
  shapeOf(handle: Handle): number[] {
    return Array.from(this.read(this.run('Shape', [handle])));
  }

  /** @returns a tensor with these values until `dispose()` */
  keep(shape: number[], type: number, values: Float32Array | Int32Array | Uint8Array): Handle {
    const handle = this.binding.createTensor(shape, type, values);
    this.kept.push(handle);
    return handle;
  }

  keepFloats(shape: number[], values: Float32Array): Handle {
    return this.keep(shape, this.binding.TF_FLOAT, values);
  }

  /** @returns a number, the same tensor each time */
  number(value: number): Handle {
    return this.once(`${value}`, () => this.keepFloats([], Float32Array.of(value)));
  }

  /** @returns whole numbers, such as axes or a shape, the same tensor each time */
  whole(...values: number[]): Handle {
    return this.once(`[${values}]`, () =>
      this.keep([values.length], this.binding.TF_INT32, Int32Array.from(values)),
    );
  }

  /** @returns one whole number as a tensor without dimensions, the same tensor each time */
  wholeNumber(value: number): Handle {
    return this.once(`whole ${value}`, () => this.keep([], this.binding.TF_INT32, Int32Array.of(value)));
  }

  /** @returns what is made, the first time by `make` */
  once(name: string, make: () => Handle): Handle {
    const handle = this.numbers.get(name) ?? make();
    this.numbers.set(name, handle);
    return handle;
  }

  flag(name: string): Attribute[] {
    return [{ name, type: this.binding.TF_ATTR_BOOL, value: true }];
  }

  /** Types that an operation asks for by name: of its numbers, and of its whole numbers. */
  types(numbers: string, whole: string): Attribute[] {
    const { TF_ATTR_TYPE: type, TF_FLOAT, TF_INT32 } = this.binding;
    return [
      { name: numbers, type, value: TF_FLOAT },
      { name: whole, type, value: TF_INT32 },
    ];
  }

  integers(values: Record<string, number>): Attribute[] {
    return Object.entries(values).map(([name, value]) => ({ name, type: this.binding.TF_ATTR_INT, value }));
  }

  /** @throws RangeError if the operation says that its inputs do not fit */
  private execute(name: string, inputs: Handle[], outputs: number, attributes: Attribute[]) {
    try {
      return this.binding.executeOp(name, attributes, inputs, outputs);
    } catch (error) {
      const [, problem] = /^Invalid TF_Status: 3\s+Message: ([\s\S]*)/.exec((error as Error).message) ?? [];
      throw problem ? new RangeError(`Cannot run ${name}: ${problem}`) : error;
    }
  }
}
