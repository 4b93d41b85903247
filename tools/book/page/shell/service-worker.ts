/**
 * Keeps the book in the browser, the editions that the reader has opened, each file under the hash of its content: a newer
 * book loads only what changed, and a page never gets files of two versions. What a notebook loads besides, such as digits, its cells keep themselves.
 */
import { editionOf, original, placeOf } from '../edition';
import { sayIn } from '../say';
import type { KeepingNews, KeepingOrder } from './keeping';
import { isOnRequest } from './on-request';
import type { WorkerScope } from './worker-scope';

/** Written by the build: the first half of each file's SHA-256, by its place in the book's folder. */
declare const files: Readonly<Record<string, string>>;
/** Written by the build: the languages besides English. */
declare const languages: readonly string[];

const worker = self as unknown as WorkerScope;
const { scope } = worker.registration;
/** Other books may be published on the same host. */
const cacheName = `descent-book ${scope}`;
/** Files that are loaded at a time. */
const lanes = 4;

const addressOf = (file: string) => scope + file.split('/').map(encodeURIComponent).join('/');
const keyOf = (file: string) => `${addressOf(file)}?${files[file]}`;

class NotKept extends Error {
  constructor(
    readonly reason: (KeepingNews & { type: 'not kept' })['reason'],
    detail: string,
  ) {
    super(detail);
  }
}

worker.addEventListener('install', (event) => event.waitUntil(keepVersion()));
worker.addEventListener('activate', (event) => event.waitUntil(takeOver()));
worker.addEventListener('message', (event) => {
  const order = event.data as KeepingOrder | undefined;
  if (order?.type === 'take over') void worker.skipWaiting();
  else if (order?.type === 'keep') event.waitUntil(keepEdition(order.language, order.mayLoad));
});
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(scope)) return;
  const file = fileOf(request.url);
  if (file) event.respondWith(answer(file, request));
  else if (request.mode === 'navigate') event.respondWith(fetch(request).catch(() => absent(request.url)));
});

/** The files of some editions, with those that all have in common. */
function filesOf(wanted: ReadonlySet<string>): string[] {
  return Object.keys(files).filter((file) => {
    const language = editionOf(file, languages);
    return !isOnRequest(file) && (language === undefined || wanted.has(language));
  });
}

const languageAt = (url: string): string =>
  editionOf(new URL(url).pathname.slice(new URL(scope).pathname.length), languages) ?? original;

/** Keeps a new version: the editions that are open, and those that were kept of the version before it. */
async function keepVersion(): Promise<void> {
  const keys = await caches.open(cacheName).then(
    (cache) => cache.keys(),
    () => [],
  );
  const contents = [original, ...languages].filter((language) =>
    keys.some(({ url }) => url.startsWith(`${addressOf(`${placeOf(language)}index.html`)}?`)),
  );
  const open = (await pages()).map(({ url }) => languageAt(url));
  await keep(filesOf(new Set([...contents, ...open])));
}

/** What is being kept, by its language: a second page that asks for it waits with the first. */
const coming = new Map<string, Promise<void>>();

async function keepEdition(language: string, mayLoad: boolean): Promise<void> {
  const wanted = filesOf(new Set([language]));
  const present = await caches.open(cacheName).then(presentIn, () => new Set<string>());
  if (wanted.some((file) => !present.has(keyOf(file)))) {
    if (!mayLoad) return tell({ type: 'not kept', language, reason: 'unasked', detail: '' });
    const work = coming.get(language) ?? keep(wanted, language).finally(() => coming.delete(language));
    coming.set(language, work);
    // It has told why not.
    const failed = await work.then(
      () => false,
      () => true,
    );
    if (failed) return;
  }
  await tell({ type: 'kept', language });
}

const presentIn = async (cache: Cache) => new Set((await cache.keys()).map(({ url }) => url));

async function keep(all: readonly string[], language?: string): Promise<void> {
  const added: string[] = [];
  try {
    const cache = await caches.open(cacheName);
    const present = await presentIn(cache);
    const missing = all.filter((file) => !present.has(keyOf(file)));
    let kept = all.length - missing.length;
    const lane = async () => {
      for (let file = missing.shift(); file !== undefined; file = missing.shift()) {
        await cache.put(keyOf(file), await load(file));
        added.push(keyOf(file));
        kept += 1;
        if (kept % 20 === 0) await tell({ type: 'keeping', language, kept, of: all.length });
      }
    };
    // Where one fails, the others end what they began: what they add is known when it is counted.
    const ends = await Promise.allSettled(
      Array.from({ length: lanes }, () => lane().finally(() => missing.splice(0))),
    );
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
  } catch (error) {
    const { reason, message } = reasonOf(error);
    // What was kept before a cut is there the next time; what fills the storage is in the way of others.
    if (reason === 'full') await forget((key) => added.includes(key));
    await tell({ type: 'not kept', language, reason, detail: message });
    throw error;
  }
}

function reasonOf(error: unknown): NotKept {
  if (error instanceof NotKept) return error;
  const { name, message } = error as Error;
  return new NotKept(name === 'QuotaExceededError' ? 'full' : 'refused', message);
}

/** @throws NotKept unless the file comes whole, and is that of this version */
async function load(file: string): Promise<Response> {
  let response: Response;
  let bytes: ArrayBuffer;
  try {
    response = await fetch(addressOf(file), { cache: 'no-cache' });
    bytes = await response.arrayBuffer();
  } catch {
    throw new NotKept('cut', `${file} did not come`);
  }
  const hash = await crypto.subtle.digest('SHA-256', bytes);
  const half = [...new Uint8Array(hash, 0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (!response.ok || half !== files[file]) throw new NotKept('mixed', `${file} is of another version`);
  // A new answer: one that was redirected may not show a page.
  return new Response(bytes, { headers: headersOf(response) });
}

/** Headers but those that speak of how the bytes were sent. */
function headersOf({ headers }: Response): Headers {
  const kept = new Headers(headers);
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding', 'vary']) kept.delete(name);
  return kept;
}

async function takeOver(): Promise<void> {
  const mine = new Set(Object.keys(files).map(keyOf));
  await forget((key) => !mine.has(key));
  await worker.clients.claim();
}

async function forget(which: (key: string) => boolean): Promise<void> {
  const cache = await caches.open(cacheName);
  const keys = (await cache.keys()).filter(({ url }) => which(url));
  await Promise.all(keys.map((key) => cache.delete(key)));
}

/** The file of the book that an address names, with or without `.html`; whatever is asked after a `?`. */
function fileOf(url: string): string | undefined {
  const { pathname } = new URL(url);
  let file: string;
  try {
    file = decodeURIComponent(pathname.slice(new URL(scope).pathname.length));
  } catch {
    return undefined;
  }
  return [file, `${file}index.html`, `${file}.html`].find((name) => Object.hasOwn(files, name));
}

async function answer(file: string, request: Request): Promise<Response> {
  // A browser that needs room may have thrown a file away, or the whole cache.
  const kept = await caches
    .open(cacheName)
    .then((cache) => cache.match(keyOf(file)))
    .catch(() => undefined);
  if (kept) return kept;
  if (isOnRequest(file)) return keepAsked(file);
  if (request.mode !== 'navigate') return fetch(request);
  return fetch(request).catch(() => absent(request.url));
}

/** Loads what is kept from now on, if it is that of this version: with another one a page could not compute. */
async function keepAsked(file: string): Promise<Response> {
  const response = await load(file).catch(() => undefined);
  if (!response) return Response.error();
  const copy = response.clone();
  await caches
    .open(cacheName)
    .then((cache) => cache.put(keyOf(file), copy))
    .catch(() => {});
  return response;
}

function absent(url: string): Response {
  const language = languageAt(url);
  const say = sayIn(language);
  const path = new URL(url).pathname.replace(/[&<]/g, '');
  const page = `<!doctype html><html lang="${language}"><meta charset="utf-8"><title>${say('Not here')}</title><h1>${say('This page is not kept')}</h1>
<p>${say('There is no network, and the browser does not keep {path}.', { path })}</p><p><a href="${scope}${placeOf(language)}index.html">${say('Contents')}</a></p></html>`;
  return new Response(page, { status: 503, headers: { 'content-type': 'text/html; charset=utf-8' } });
}

async function tell(news: KeepingNews): Promise<void> {
  for (const page of await pages()) page.postMessage(news);
}

/** The pages of the book that are open. */
async function pages() {
  const all = await worker.clients.matchAll({ includeUncontrolled: true });
  return all.filter(({ url }) => url.startsWith(scope));
}
