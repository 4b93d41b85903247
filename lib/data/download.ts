import * as fs from 'node:fs';
import * as path from 'node:path';

/** How far a download has come. */
export interface DownloadProgress {
  /** name of the file */
  file: string;
  /** bytes so far */
  received: number;
  /** bytes in all, where the server says so */
  total?: number;
}

/** How long to wait for what, in milliseconds. */
export interface Patience {
  /** for a server to begin its answer */
  answer: number;
  /** for any server at all, until the network counts as absent */
  network: number;
  /** for the next bytes of an answer that has begun */
  stall: number;
  /** before the second round of tries; doubled before each further one, times 0.5 … 1.5 at random */
  pause: number;
  /** rounds of tries, and resumptions of one broken transfer */
  tries: number;
}

/** What to download, and how to know that it is right. */
export interface DownloadOptions {
  /** addresses of the same file, best first; https, or http on this machine */
  addresses: readonly string[];
  /** the file to write, in a folder that may not exist yet */
  destination: string;
  /** says what is wrong with the bytes, or nothing if they are right */
  findFault: (bytes: Uint8Array) => string | undefined;
  /** more bytes than this are not fetched */
  mostBytes: number;
  onProgress?: (progress: DownloadProgress) => void;
  patience?: Partial<Patience>;
}

/** A download that failed on every address; `message` names each with its fault. */
export class DownloadError extends Error {
  override name = 'DownloadError';
}

const defaultPatience: Patience = {
  answer: 4000,
  network: 8000,
  stall: 10_000,
  pause: 500,
  tries: 3,
};

/**
 * Downloads a file: the first address that delivers the right bytes serves. A broken transfer is
 * resumed, a busy server is tried again, later and later; a wrong file is dropped. Only bytes that
 * were checked ever get the final name, in one step. Two processes may download the same file at
 * once, and what a killed one has left is taken up by the next.
 *
 * @param options - addresses, destination, check
 * @throws DownloadError if no address delivers; the system's own error if the disk does not take it
 */
export async function download(options: DownloadOptions): Promise<void> {
  const patience = { ...defaultPatience, ...options.patience };
  options.addresses.forEach(requireSafe);
  const part = takeUpPart(options.destination);
  const job: Job = { ...options, patience, part, answered: false, began: Date.now() };
  try {
    await tryAddresses(job);
    moveIntoPlace(part, options.destination);
  } finally {
    fs.rmSync(part, { force: true });
  }
}

interface Job extends DownloadOptions {
  patience: Patience;
  /** the unfinished file */
  part: string;
  /** whether any server has answered */
  answered: boolean;
  /** when the download began, in milliseconds */
  began: number;
}

/** A fault of one address: `hopeless` if asking it again would not help. */
class AddressError extends Error {
  constructor(
    message: string,
    readonly hopeless: boolean,
  ) {
    super(message);
  }
}

async function tryAddresses(job: Job): Promise<void> {
  const faults = new Map<string, string>();
  let addresses = [...job.addresses];
  for (let round = 0; round < job.patience.tries && addresses.length > 0; round++) {
    if (round > 0) await pauseBefore(round, job);
    for (const address of [...addresses]) {
      if (!job.answered && timeForNetwork(job) <= 0) break;
      try {
        await fetchFrom(address, job);
        return;
      } catch (error) {
        if (!(error instanceof AddressError)) throw error;
        faults.set(address, error.message);
        if (error.hopeless) addresses = addresses.filter((other) => other !== address);
        fs.truncateSync(job.part, 0);
      }
    }
  }
  const list = [...faults]
    .map(([address, fault]) => `${new URL(address).host}: ${fault}`)
    .join('; ');
  throw new DownloadError(`Cannot download ${path.basename(job.destination)}: ${list}`);
}

/** Fetches from one address, resuming as long as each try brings more bytes, and checks the result. */
async function fetchFrom(address: string, job: Job): Promise<void> {
  let resumed = false;
  for (let attempt = 0; ; attempt++) {
    const before = fs.statSync(job.part).size;
    try {
      resumed = (await transfer(address, job)) || resumed;
      const fault = job.findFault(fs.readFileSync(job.part));
      if (fault === undefined) return;
      // Pieces of two different files do not fit together: once more from the start.
      if (!resumed) throw new AddressError(fault, true);
      fs.truncateSync(job.part, 0);
      resumed = false;
    } catch (error) {
      const broken = error instanceof AddressError && !error.hopeless;
      const more = fs.statSync(job.part).size > before;
      if (!broken || !more || attempt >= job.patience.tries) throw error;
      await pauseBefore(attempt + 1, job);
    }
  }
}

/** Appends to the unfinished file what is still missing. Returns whether it continued older bytes. */
async function transfer(address: string, job: Job): Promise<boolean> {
  const watchdog = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expectWithin = (milliseconds: number, fault: string): void => {
    clearTimeout(timer);
    timer = setTimeout(() => watchdog.abort(new AddressError(fault, false)), milliseconds);
  };
  const file = fs.openSync(job.part, 'a');
  try {
    const { answer, stall } = job.patience;
    expectWithin(job.answered ? answer : Math.min(answer, timeForNetwork(job)), 'no answer');
    const have = fs.fstatSync(file).size;
    const response = await ask(address, have, watchdog.signal);
    job.answered = true;
    const resumed = response.status === 206 && have > 0;
    if (!resumed) fs.ftruncateSync(file, 0);
    let received = resumed ? have : 0;
    const total = totalBytes(response, received);
    const stalled = `the transfer stalled for ${stall / 1000} s`;
    expectWithin(stall, stalled);
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      expectWithin(stall, stalled);
      received += chunk.length;
      if (received > job.mostBytes) throw new AddressError('it sends too much', true);
      // Not writeSync: on a disk that is nearly full it writes a piece and keeps silent.
      fs.writeFileSync(file, chunk);
      job.onProgress?.({ file: path.basename(job.destination), received, total });
    }
    if (total !== undefined && received < total) {
      throw new AddressError(`the transfer ended after ${received} of ${total} bytes`, false);
    }
    fs.fsyncSync(file);
    return resumed;
  } catch (error) {
    throw watchdog.signal.aborted ? watchdog.signal.reason : asFault(error);
  } finally {
    clearTimeout(timer);
    watchdog.abort();
    fs.closeSync(file);
  }
}

async function ask(address: string, have: number, signal: AbortSignal): Promise<Response> {
  // Without `identity` a server may compress or unpack on the way, and ranges would not fit.
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (have > 0) headers.range = `bytes=${have}-`;
  const response = await fetch(address, { headers, signal });
  const { status } = response;
  requireSafe(response.url || address);
  const range = response.headers.get('content-range') ?? '';
  const fits = status === 206 && Number(/^bytes (\d+)-/.exec(range)?.[1]) === have;
  if (have > 0 && !fits && (status === 206 || status === 416)) {
    await response.body?.cancel();
    return ask(address, 0, signal);
  }
  if (status !== 200 && !(have > 0 && fits)) {
    const busy = status === 408 || status === 425 || status === 429 || status >= 500;
    throw new AddressError(`it answers ${status} ${response.statusText}`.trim(), !busy);
  }
  return response;
}

function totalBytes(response: Response, received: number): number | undefined {
  const ofRange = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  if (response.status === 206 && ofRange) return Number(ofRange);
  const length = response.headers.get('content-length');
  const encoded = response.headers.has('content-encoding');
  return length === null || encoded ? undefined : received + Number(length);
}

/** Faults of the disk pass as they are; all else is the address's fault and may pass by itself. */
function asFault(error: unknown): unknown {
  const { syscall } = error as NodeJS.ErrnoException;
  if (error instanceof AddressError || syscall === 'write' || syscall === 'fsync') return error;
  const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
  const fault = cause?.code ?? cause?.message ?? (error as Error).message;
  return new AddressError(fault === 'ENOTFOUND' ? 'no such host (ENOTFOUND)' : fault, false);
}

function requireSafe(address: string): void {
  const { protocol, hostname } = new URL(address);
  const local = hostname === '127.0.0.1' || hostname === 'localhost';
  if (protocol !== 'https:' && !(protocol === 'http:' && local)) {
    throw new RangeError(`Cannot download: the address must begin with https://, got '${address}'`);
  }
}

function timeForNetwork({ began, patience }: Job): number {
  return began + patience.network - Date.now();
}

/** Waits longer each time, and never equally long, so that many clients do not come back at once. */
function pauseBefore(round: number, { patience }: Job): Promise<void> {
  const milliseconds = patience.pause * 2 ** (round - 1) * (0.5 + Math.random());
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Opens an unfinished file of this process's own: what a dead process has left, else an empty one. */
function takeUpPart(destination: string): string {
  const folder = path.dirname(destination);
  fs.mkdirSync(folder, { recursive: true });
  const prefix = `${path.basename(destination)}.`;
  const own = path.join(folder, `${prefix}${process.pid}-${partsOpened++}.part`);
  for (const name of fs.readdirSync(folder)) {
    const owner = /^(\d+)-\d+\.part$/.exec(
      name.startsWith(prefix) ? name.slice(prefix.length) : '',
    );
    if (!owner || isAlive(Number(owner[1]))) continue;
    try {
      fs.renameSync(path.join(folder, name), own);
    } catch {
      // Another process was quicker to take it up.
    }
  }
  fs.closeSync(fs.openSync(own, 'a'));
  return own;
}

let partsOpened = 0;

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function moveIntoPlace(part: string, destination: string): void {
  fs.renameSync(part, destination);
  try {
    const folder = fs.openSync(path.dirname(destination), 'r');
    fs.fsyncSync(folder);
    fs.closeSync(folder);
  } catch {
    // Not every system can flush a folder; the file itself is already on disk.
  }
}
