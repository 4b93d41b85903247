/** The project's files that come with the pages, fetched when they are first asked for, and kept in the browser. */
import { inHex } from './digest';
import type { ServedFiles } from './files';
import { say } from './say';
import type { SiteBlob, SiteIndex } from './site-index';

/** The browser's own store of what was fetched; `undefined` where it has none or does not allow it. */
const storeName = 'descent-data';

/** Told while something is on its way: how much of how much has come, in bytes. */
export type Progress = (title: string, loaded: number, total: number) => void;

/** Files by their paths in the project. */
export class SiteFiles implements ServedFiles {
  private index: Promise<SiteIndex> | undefined;
  private readonly packs = new Map<SiteBlob, Promise<Map<string, string>>>();
  private readonly coming = new Map<SiteBlob, Promise<Uint8Array>>();

  /**
   * @param address - of the folder of the runtime, with `/` at its end
   * @param progress - told of what is on its way
   * @param few - whether the reader has chosen fewer digits
   */
  constructor(
    private readonly address: string,
    private readonly progress: Progress,
    private readonly few: () => boolean = () => false,
  ) {}

  /** @returns all paths that come with the pages */
  async paths(): Promise<string[]> {
    return Object.keys((await this.known()).files);
  }

  /** @returns a file's bytes; `undefined` if it does not come with the pages */
  async read(path: string): Promise<Uint8Array | undefined> {
    const { files, few, blobs } = await this.known();
    const places = this.few() && Object.hasOwn(few, path) ? few : files;
    if (!Object.hasOwn(places, path)) return undefined;
    const blob = blobs[places[path]];
    if (blob.form === 'file') return this.bytesOf(blob);
    return new TextEncoder().encode((await this.unpacked(blob)).get(path) ?? '');
  }

  private known(): Promise<SiteIndex> {
    this.index ??= fetchIndex(`${this.address}files.json`).catch((error) => {
      this.index = undefined;
      throw error;
    });
    return this.index;
  }

  private unpacked(blob: SiteBlob): Promise<Map<string, string>> {
    const known = this.packs.get(blob) ?? this.bytesOf(blob).then(unpack);
    this.packs.set(blob, known);
    known.catch(() => this.packs.delete(blob));
    return known;
  }

  /** Fetched once while it is on its way; what is whole lies in the browser's store. */
  private bytesOf(blob: SiteBlob): Promise<Uint8Array> {
    const known = this.coming.get(blob) ?? this.load(blob).finally(() => this.coming.delete(blob));
    this.coming.set(blob, known);
    return known;
  }

  private async load(blob: SiteBlob): Promise<Uint8Array> {
    const address = `${this.address}${blob.at}`;
    const store = await openStore();
    const kept = await store?.match(address).catch(() => undefined);
    if (kept) {
      const bytes = new Uint8Array(await kept.arrayBuffer());
      if (await isWhole(bytes, blob)) return bytes;
      await store?.delete(address);
    }
    const bytes = await this.fetched(address, blob);
    if (!(await isWhole(bytes, blob)))
      throw new Error(
        say('what {address} sent is damaged: its SHA-256 is not the one it was published with', { address }),
      );
    // Storage may be full or forbidden: then it is fetched again the next time.
    await store?.put(address, new Response(bytes.slice())).catch(() => {});
    return bytes;
  }

  private async fetched(address: string, { title, bytes: total }: SiteBlob): Promise<Uint8Array> {
    const response = await fetch(address).catch((error) => {
      throw new Error(say('{address} cannot be fetched ({why})', { address, why: error.message }));
    });
    if (!response.ok || !response.body)
      throw new Error(say('{address} answers {status}', { address, status: response.status }));
    const bytes = new Uint8Array(total);
    const reader = response.body.getReader();
    for (let length = 0; ; ) {
      this.progress(title, length, total);
      const { done, value } = await reader.read();
      if (done) return bytes.subarray(0, length);
      if (length + value.length > total)
        throw new Error(say('{address} sends more than was published', { address }));
      bytes.set(value, length);
      length += value.length;
    }
  }
}

async function fetchIndex(address: string): Promise<SiteIndex> {
  // An index of an earlier build would name files that are gone.
  const response = await fetch(address, { cache: 'no-cache' });
  if (!response.ok)
    throw new Error(
      say('Cannot load {address}: the server answers {status}', { address, status: response.status }),
    );
  const index = (await response.json()) as SiteIndex;
  void forgetOthers(address, index);
  return index;
}

/** What an earlier build of the book left in the browser's store. */
async function forgetOthers(address: string, { blobs }: SiteIndex): Promise<void> {
  const store = await openStore();
  const folder = new URL('.', address).href;
  const current = new Set(blobs.map(({ at }) => folder + at));
  for (const { url } of (await store?.keys()) ?? []) {
    if (url.startsWith(folder) && !current.has(url)) await store?.delete(url);
  }
}

async function openStore(): Promise<Cache | undefined> {
  if (!('caches' in globalThis)) return undefined;
  return caches.open(storeName).catch(() => undefined);
}

async function isWhole(bytes: Uint8Array, { sha256 }: SiteBlob): Promise<boolean> {
  const hash = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return inHex(new Uint8Array(hash)) === sha256;
}

async function unpack(bytes: Uint8Array): Promise<Map<string, string>> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  const text = await new Response(stream.pipeThrough(new DecompressionStream('gzip'))).text();
  return new Map(Object.entries(JSON.parse(text)));
}
