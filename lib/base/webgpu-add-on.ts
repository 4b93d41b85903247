/**
 * WebGPU in Node: Dawn, which is Chromium's code for it, and around it what TensorFlow.js's backend expects of a page.
 * Set-up puts both into `.webgpu/` for who asks for them.
 */
const fs = () => require('node:fs') as typeof import('node:fs');
const path = () => require('node:path') as typeof import('node:path');

/** A buffer of the graphics card, as far as it is used here. */
interface Buffer {
  readonly size: number;
  readonly mapState: 'unmapped' | 'pending' | 'mapped';
  mapAsync(mode: number): Promise<void>;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
}

/** What TensorFlow.js's backend holds of a tensor. */
interface TensorData {
  dtype: string;
  values?: ArrayLike<number>;
  resource: Buffer;
}

/** TensorFlow.js's backend, as far as it is used here. */
interface Backend {
  tensorMap: { get(dataId: object): TensorData };
  bufferManager: { acquireBuffer(size: number, usage: number): Buffer; releaseBuffer(buffer: Buffer): void };
  commandEncoder: {
    copyBufferToBuffer(from: Buffer, at: number, to: Buffer, start: number, size: number): void;
  };
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  readSync(dataId: object): ArrayLike<number>;
}

/** By the standard: `COPY_DST` and `MAP_READ` of `GPUBufferUsage`, `READ` of `GPUMapMode`. */
const [copiedInto, mapped, forReading] = [8, 1, 1];

/** Finds Dawn and TensorFlow.js's backend in `.webgpu/`, and makes the two work together. */
export class WebGpuAddOn {
  /** of the graphics card, or of what does its work; known once it is loaded */
  device = '';
  private readonly dawn: string;
  private readonly backend: string;
  private readonly source: string;
  /** Dawn, which ends when nobody holds it */
  private gpu?: object;
  /** what Dawn first complained of: it goes on with zeros */
  private fault?: string;
  /** Has Dawn look whether what was begun is done; known once something was begun. */
  private look?: () => void;

  /** @param root - the project's folder */
  constructor(root: string) {
    const modules = path().join(root, '.webgpu', 'node_modules');
    const platform =
      process.platform === 'darwin' ? 'darwin-universal' : `${process.platform}-${process.arch}`;
    this.dawn = path().join(modules, 'webgpu', 'dist', platform, 'dawn.node');
    this.backend = path().join(modules, '@tensorflow', 'tfjs-backend-webgpu');
    this.source = path().join(root, 'lib', 'tensorflow', 'webgpu-operations.ts');
  }

  /** whether set-up has put both there */
  get installed(): boolean {
    return fs().existsSync(this.dawn) && fs().existsSync(this.backend);
  }

  /**
   * Makes the backend known to TensorFlow.js.
   *
   * @throws Error if no graphics card answers
   */
  async load(): Promise<void> {
    if (this.gpu) return;
    const { create, globals } = require(this.dawn);
    Object.assign(globalThis, globals);
    const { mapAsync } = globals.GPUBuffer.prototype;
    const begin = <Result>(work: () => Result) => this.begin(work);
    globals.GPUBuffer.prototype.mapAsync = function (...args: unknown[]) {
      return begin(() => mapAsync.apply(this, args));
    };
    const gpu = create([]);
    const adapter = await this.adapterOf(gpu);
    // Node 20 has no navigator.
    const navigator = (globalThis as { navigator?: object }).navigator ?? {};
    const requestAdapter = async () => adapter;
    Object.defineProperty(navigator, 'gpu', { value: { requestAdapter }, configurable: true });
    Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true, writable: true });
    const { prototype } = require(this.backend).WebGPUBackend;
    const { readSync } = prototype;
    const readAtOnce = (backend: Backend, dataId: object) => this.readAtOnce(backend, dataId);
    prototype.readSync = function (dataId: object) {
      const { values, dtype } = this.tensorMap.get(dataId);
      const simple = values || dtype === 'complex64' || dtype === 'string';
      return simple ? readSync.call(this, dataId) : readAtOnce(this, dataId);
    };
    this.gpu = gpu;
  }

  /** @returns makes the course's operations, which nobody else has to wait for: no file of `lib/` imports them */
  operations(): () => object {
    const unregister = require('tsx/cjs/api').register();
    try {
      const { WebGpuOperations } = require(this.source);
      return () => new WebGpuOperations();
    } finally {
      unregister();
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: the types of WebGPU belong to a package that is not installed
  private async adapterOf(gpu: any): Promise<object> {
    const adapter = await this.begin(() => gpu.requestAdapter({ powerPreference: 'high-performance' }));
    if (!adapter) throw new Error('no graphics card with a driver for Vulkan, Metal or Direct3D 12 is found');
    const { vendor, architecture, device, description } = adapter.info;
    this.device = description || [vendor, architecture, device].filter(Boolean).join(' ');
    return {
      info: adapter.info,
      limits: adapter.limits,
      features: new Set([...adapter.features].filter((name) => name === 'timestamp-query')),
      requestDevice: async (needs: object) => {
        const device = await this.begin(() => adapter.requestDevice(needs));
        device.addEventListener('uncapturederror', ({ error }: { error: Error }) => {
          this.fault ??= error.message.trim().split('\n')[0];
        });
        return device;
      },
    };
  }

  /**
   * Reads a tensor without awaiting, as TensorFlow.js's other backends can; its own way needs a page's canvas.
   *
   * @throws Error if the graphics card is lost, or refused what it was told before
   */
  private readAtOnce(backend: Backend, dataId: object): ArrayLike<number> {
    const data = backend.tensorMap.get(dataId);
    const { size } = data.resource;
    const copy = backend.bufferManager.acquireBuffer(size, copiedInto | mapped);
    backend.ensureCommandEncoderReady();
    backend.endComputePassEncoder();
    backend.commandEncoder.copyBufferToBuffer(data.resource, 0, copy, 0, size);
    backend.submitQueue();
    copy.mapAsync(forReading).catch(() => {});
    while (copy.mapState === 'pending') {
      if (!this.look) throw new Error('Cannot read at once: Dawn waits in a way that is not known here');
      this.look();
    }
    const { fault } = this;
    this.fault = undefined;
    if (fault) throw new Error(`Cannot compute with WebGPU: ${fault}`);
    if (copy.mapState !== 'mapped') throw new Error('Cannot read: the graphics card is lost');
    const bytes = copy.getMappedRange().slice(0);
    copy.unmap();
    backend.bufferManager.releaseBuffer(copy);
    data.values = data.dtype === 'float32' ? new Float32Array(bytes) : new Int32Array(bytes);
    if (data.dtype === 'bool') data.values = Uint8Array.from(data.values);
    return data.values;
  }

  /**
   * Dawn has `setImmediate` call it, again and again, until what was begun is done. Whoever cannot await calls it
   * himself; so it is noted what Dawn gives to `setImmediate`.
   */
  private begin<Result>(work: () => Result): Result {
    const { setImmediate } = globalThis;
    globalThis.setImmediate = ((call: () => void) => {
      const look = () => this.begin(call);
      this.look = look;
      return setImmediate(look);
    }) as typeof setImmediate;
    try {
      return work();
    } finally {
      globalThis.setImmediate = setImmediate;
    }
  }
}
