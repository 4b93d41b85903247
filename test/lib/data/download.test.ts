import { execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DownloadError, type DownloadOptions, download } from '../../../lib/data/download';
import {
  type Answer,
  cutOff,
  type FileServer,
  serve,
  startFileServer,
} from '../../samples/file-server';

const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * index) % 251));
/** Long enough for a machine with much else to do. */
const patience = { answer: 10_000, network: 20_000, stall: 10_000, pause: 20, tries: 3 };
/** For servers that keep silent. */
const hasty = { ...patience, answer: 400, network: 3000, stall: 600 };
const findFault = (bytes: Uint8Array) =>
  Buffer.compare(bytes, content) === 0 ? undefined : 'the bytes are wrong';

let folder: string;
let destination: string;
const servers: FileServer[] = [];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-download-'));
  destination = path.join(folder, 'data', 'file.bin');
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  fs.rmSync(folder, { recursive: true, force: true });
});

async function server(answer: Answer): Promise<FileServer> {
  const started = await startFileServer(answer);
  servers.push(started);
  return started;
}

const good: Answer = (response, request) => serve(response, request, content);
const status =
  (code: number, body = 'no'): Answer =>
  (response) =>
    response.writeHead(code).end(body);

/** Downloads from the given servers, in this order; returns all servers' addresses. */
async function from(
  options: Partial<DownloadOptions>,
  ...answers: Answer[]
): Promise<FileServer[]> {
  const started = await Promise.all(answers.map(server));
  const addresses = started.map(({ address }) => `${address}file.bin`);
  const given = { addresses, destination, findFault, mostBytes: 400_000, patience, ...options };
  await download(given);
  return started;
}

/** What lies in the destination's folder. */
const files = () =>
  fs.existsSync(path.dirname(destination)) ? fs.readdirSync(path.dirname(destination)) : [];
const downloaded = () => fs.readFileSync(destination).equals(content);

async function expectFailure(
  message: RegExp,
  options: Partial<DownloadOptions>,
  ...answers: Answer[]
) {
  const failure = await from(options, ...answers).then(
    () => undefined,
    (error: Error) => error,
  );
  expect(failure).toBeInstanceOf(DownloadError);
  expect(failure?.message).toMatch(/^Cannot download file\.bin: 127\.0\.0\.1:\d+: /);
  expect(failure?.message).toMatch(message);
  expect(files()).toEqual([]);
}

describe('download() of a file that is there', () => {
  test('writes the bytes into a new folder, and leaves nothing else', async () => {
    await from({}, good);
    expect(downloaded()).toBe(true);
    expect(files()).toEqual(['file.bin']);
  });

  test('reports its progress up to the last byte', async () => {
    const reports: { file: string; received: number; total?: number }[] = [];
    await from({ onProgress: (progress) => reports.push(progress) }, good);
    const received = reports.map((report) => report.received);
    expect(received).toEqual([...received].sort((a, b) => a - b));
    expect(reports.at(-1)).toEqual({ file: 'file.bin', received: 300_000, total: 300_000 });
  });

  test('reports no total where the server says none', async () => {
    const totals: (number | undefined)[] = [];
    await from({ onProgress: ({ total }) => totals.push(total) }, (response) => {
      response.write(content.subarray(0, 1000));
      response.end(content.subarray(1000));
    });
    expect(new Set(totals)).toEqual(new Set([undefined]));
    expect(downloaded()).toBe(true);
  });

  test('waits for a slow server as long as bytes keep coming', async () => {
    const began = Date.now();
    await from({ patience: hasty }, (response) => {
      response.writeHead(200, { 'content-length': content.length });
      let sent = 0;
      const timer = setInterval(() => {
        response.write(content.subarray(sent, sent + 50_000));
        sent += 50_000;
        if (sent < content.length) return;
        clearInterval(timer);
        response.end();
      }, 150);
    });
    expect(downloaded()).toBe(true);
    // Longer in all than it would wait for one piece: it is silence that counts.
    expect(Date.now() - began).toBeGreaterThan(hasty.stall);
  });

  test('follows a redirection', async () => {
    await from({}, (response, request) => {
      if (request.url === '/elsewhere') serve(response, request, content);
      else response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(downloaded()).toBe(true);
  });
});

describe('download() of a broken transfer', () => {
  test('resumes where the connection was cut', async () => {
    const [{ requests }] = await from({}, (response, request, turn) => {
      if (turn === 0) cutOff(response, content, 100_000);
      else serve(response, request, content);
    });
    expect(downloaded()).toBe(true);
    expect(requests.map(({ range }) => range)).toEqual([undefined, 'bytes=100000-']);
  });

  test('starts anew where the server knows no ranges', async () => {
    const [{ requests }] = await from({}, (response, _, turn) => {
      if (turn === 0) cutOff(response, content, 100_000);
      else response.writeHead(200, { 'content-length': content.length }).end(content);
    });
    expect(downloaded()).toBe(true);
    expect(requests).toHaveLength(2);
  });

  test('resumes after a silence in the middle', async () => {
    const [{ requests }] = await from({ patience: hasty }, (response, request, turn) => {
      if (turn > 0) return serve(response, request, content);
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 60_000));
    });
    expect(downloaded()).toBe(true);
    expect(requests[1].range).toBe('bytes=60000-');
  });

  test('goes on after an answer that holds only a part of the range', async () => {
    const [{ requests }] = await from({}, (response, request, turn) => {
      if (turn === 0) return cutOff(response, content, 100_000);
      if (turn > 1) return serve(response, request, content);
      const range = `bytes 100000-199999/${content.length}`;
      response.writeHead(206, { 'content-range': range, 'content-length': 100_000 });
      response.end(content.subarray(100_000, 200_000));
    });
    expect(downloaded()).toBe(true);
    expect(requests[2].range).toBe('bytes=200000-');
  });

  test.each([
    ['another range than asked for', 206, 'bytes 0-299999/300000'],
    ['no range at all with status 206', 206, undefined],
    ['416', 416, 'bytes */300000'],
  ])('starts anew when it is answered %s', async (_, code, range) => {
    await from({}, (response, request, turn) => {
      if (turn === 0) return cutOff(response, content, 100_000);
      if (!request.headers.range) return serve(response, request, content);
      response.writeHead(code, range ? { 'content-range': range } : {}).end();
    });
    expect(downloaded()).toBe(true);
  });

  test.each([206, 416])(
    'gives up on a server that answers %i whatever it is asked',
    async (code) => {
      await expectFailure(new RegExp(`it answers ${code}`), {}, status(code));
    },
  );

  test('starts anew when the pieces do not fit together', async () => {
    const other = Buffer.alloc(content.length, 7);
    await from({}, (response, request, turn) => {
      if (turn === 0) cutOff(response, other, 100_000);
      else serve(response, request, content);
    });
    expect(downloaded()).toBe(true);
  });

  test('gives up after its tries, and leaves no half file', async () => {
    await expectFailure(
      /the transfer ended after|terminated|closed|ECONNRESET|UND_ERR_SOCKET/,
      {},
      (response) => cutOff(response, content, 1000),
    );
  });
});

describe('download() from a server that fails', () => {
  test.each([403, 404])('asks no second time after %i', async (code) => {
    let turns = 0;
    await expectFailure(new RegExp(`it answers ${code}`), {}, (response, request, turn) => {
      turns = turn + 1;
      status(code)(response, request, turn);
    });
    expect(turns).toBe(1);
  });

  test.each([408, 425, 429, 500, 503])('tries again after %i, later each time', async (code) => {
    const [{ requests }] = await from(
      { patience: { ...patience, pause: 200 } },
      (response, request, turn) =>
        turn < 2 ? status(code)(response, request, turn) : serve(response, request, content),
    );
    expect(downloaded()).toBe(true);
    const pauses = [1, 2].map((turn) => requests[turn].time - requests[turn - 1].time);
    // 200 ms and 400 ms, each times 0.5 … 1.5; a timer may be a millisecond early.
    expect(pauses[0]).toBeGreaterThanOrEqual(98);
    expect(pauses[1]).toBeGreaterThanOrEqual(198);
  });

  test('gives up after `tries` rounds', async () => {
    let turns = 0;
    await expectFailure(/it answers 500/, {}, (response, request, turn) => {
      turns = turn + 1;
      status(500)(response, request, turn);
    });
    expect(turns).toBe(3);
  });

  test.each<[string, Answer]>([
    ['403', status(403)],
    ['404', status(404)],
    ['500', status(500)],
    ['a web page', status(200, '<!DOCTYPE html><html>Log in to the hotel network</html>')],
    ['wrong bytes', status(200, 'x'.repeat(300_000))],
    ['too few bytes', (response) => response.end(content.subarray(0, 1000))],
    ['silence', () => {}],
    ['a cut connection', (response) => void response.destroy()],
    ['half of the file, again and again', (response) => cutOff(response, content, 150_000)],
  ])('takes the next mirror when the first one gives %s', async (_, bad) => {
    const [first, second] = await from({ patience: hasty }, bad, good);
    expect(downloaded()).toBe(true);
    expect(files()).toEqual(['file.bin']);
    expect(first.requests.length).toBeGreaterThan(0);
    expect(second.requests).toHaveLength(1);
  });

  test('names every mirror with its fault', async () => {
    await expectFailure(
      /it answers 404 Not Found; 127\.0\.0\.1:\d+: the bytes are wrong/,
      {},
      status(404),
      status(200),
    );
  });

  test('says that a silent server does not answer', async () => {
    await expectFailure(/no answer/, { patience: { ...hasty, network: 900 } }, () => {});
  });

  test('asks no further server once `network` is over and nobody has answered', async () => {
    let turns = 0;
    const silent: Answer = () => {
      turns += 1;
    };
    const short = { ...hasty, network: 500 };
    await expectFailure(/no answer/, { patience: short }, silent, silent, silent, silent);
    // Within 500 ms at 400 ms each there is time for two; all rounds would ask twelve times.
    expect(turns).toBeLessThanOrEqual(2);
  });

  test('says what is wrong where nothing listens', async () => {
    const gone = await startFileServer(good);
    await gone.close();
    const failure = from({ addresses: [`${gone.address}file.bin`] });
    await expect(failure).rejects.toThrow(/127\.0\.0\.1:\d+: ECONNREFUSED/);
    await expect(from({ addresses: ['https://descent.invalid/file.bin'] })).rejects.toThrow(
      /descent\.invalid: no such host|descent\.invalid: EAI_AGAIN|descent\.invalid: no answer/,
    );
  });
});

describe('download() is careful', () => {
  test.each(['http://example.org/file.bin', 'ftp://127.0.0.1/file.bin', 'file:///etc/hosts'])(
    'refuses %s before it writes anything',
    async (address) => {
      await expect(from({ addresses: [address] })).rejects.toThrow(
        `Cannot download: the address must begin with https://, got '${address}'`,
      );
      expect(files()).toEqual([]);
    },
  );

  test('refuses to be led to an unencrypted address', async ({ skip }) => {
    // Another host than 127.0.0.1 to the eye of the check, although on this machine.
    const elsewhere = await startFileServer(good, '::1').catch(() => undefined);
    if (!elsewhere) return skip('this machine has no IPv6');
    servers.push(elsewhere);
    await expectFailure(/must begin with https:\/\/, got 'http:\/\/\[::1\]/, {}, (response) =>
      response.writeHead(302, { location: `${elsewhere.address}file.bin` }).end(),
    );
  });

  test('stops a server that sends too much', async () => {
    let sent = 0;
    await expectFailure(/it sends too much/, { mostBytes: 310_000 }, (response) => {
      const more = () => {
        while (!response.destroyed && sent < 1e9) {
          sent += 100_000;
          if (!response.write(Buffer.alloc(100_000))) break;
        }
      };
      response.on('drain', more);
      more();
    });
    expect(sent).toBeLessThan(1e8);
  });

  test('keeps the old file until the new one is right', async () => {
    fs.mkdirSync(path.dirname(destination));
    fs.writeFileSync(destination, 'old');
    await expect(from({}, status(200, 'wrong'))).rejects.toThrow(DownloadError);
    expect(fs.readFileSync(destination, 'utf8')).toBe('old');
    await from({}, good);
    expect(downloaded()).toBe(true);
  });

  test('never shows a half file under the final name', async () => {
    const seen = new Set<number>();
    await from({}, (response) => {
      response.writeHead(200, { 'content-length': content.length });
      let sent = 0;
      const timer = setInterval(() => {
        if (fs.existsSync(destination)) seen.add(fs.statSync(destination).size);
        response.write(content.subarray(sent, sent + 100_000));
        sent += 100_000;
        if (sent < content.length) return;
        clearInterval(timer);
        response.end();
      }, 20);
    });
    expect([...seen]).toEqual([]);
    expect(downloaded()).toBe(true);
  });
});

describe('download() beside others', () => {
  test('serves several at once in one process', async () => {
    await Promise.all([from({}, good), from({}, good), from({}, good)]);
    expect(downloaded()).toBe(true);
    expect(files()).toEqual(['file.bin']);
  });

  test('takes up what a dead process has left', async () => {
    fs.mkdirSync(path.dirname(destination));
    const dead = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => dead.on('exit', resolve));
    fs.writeFileSync(`${destination}.${dead.pid}-0.part`, content.subarray(0, 250_000));
    const [{ requests }] = await from({}, good);
    expect(requests.map(({ range }) => range)).toEqual(['bytes=250000-']);
    expect(downloaded()).toBe(true);
    expect(files()).toEqual(['file.bin']);
  });

  test('lets the unfinished file of a living process be', async () => {
    fs.mkdirSync(path.dirname(destination));
    const living = `file.bin.${process.ppid}-0.part`;
    fs.writeFileSync(path.join(path.dirname(destination), living), 'begun');
    await from({}, good);
    expect(files().sort()).toEqual(['file.bin', living]);
  });

  test('survives being killed: the next process finishes the file', async () => {
    const { address } = await server((response, request) => {
      if (request.headers.range) return serve(response, request, content);
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 120_000));
    });
    const child = spawn(
      process.execPath,
      [
        require.resolve('tsx/cli'),
        path.join(__dirname, '../../samples/download-child.ts'),
        `${address}file.bin`,
        destination,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await new Promise((resolve) => child.stdout.on('data', resolve));
    const exited = new Promise((resolve) => child.on('exit', resolve));
    const [part] = files();
    process.kill(Number(/\.(\d+)-0\.part$/.exec(part)?.[1]), 'SIGKILL');
    await exited;
    expect(files()).toEqual([part]);
    await from({ addresses: [`${address}file.bin`] });
    expect(downloaded()).toBe(true);
    expect(files()).toEqual(['file.bin']);
  });

  test('two processes may download the same file at once', async () => {
    const { address, requests } = await server((response) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 150_000));
      // Each waits until both have begun.
      const timer = setInterval(() => {
        if (requests.length < 2) return;
        clearInterval(timer);
        response.end(content.subarray(150_000));
      }, 10);
    });
    const statuses = await Promise.all(
      [1, 2].map(() => runChild(`${address}file.bin`, destination)),
    );
    expect(statuses).toEqual([0, 0]);
    expect(downloaded()).toBe(true);
    expect(files()).toEqual(['file.bin']);
  });
});

function runChild(address: string, place: string): Promise<number | null> {
  const child = spawn(
    process.execPath,
    [
      require.resolve('tsx/cli'),
      path.join(__dirname, '../../samples/download-child.ts'),
      address,
      place,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  return new Promise((resolve) => child.on('exit', resolve));
}

describe('download() onto a disk that does not take it', () => {
  /** A disk of 128 kB, or why there is none. */
  function smallDisk(): string | undefined {
    const disk = path.join(folder, 'disk');
    fs.mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', disk], { stdio: 'ignore' });
      return disk;
    } catch {
      return undefined;
    }
  }

  test('says that it is full, and leaves no half file', async ({ skip }) => {
    const disk = smallDisk();
    if (!disk) return skip('a small disk can be mounted only by root on Linux');
    try {
      const failure = await from({ destination: path.join(disk, 'file.bin') }, good).catch(
        (error) => error,
      );
      expect(failure).toMatchObject({ code: 'ENOSPC' });
      expect(failure).not.toBeInstanceOf(DownloadError);
      expect(fs.readdirSync(disk)).toEqual([]);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  test('says that the folder is a file', async () => {
    fs.writeFileSync(path.join(folder, 'data'), '');
    await expect(from({}, good)).rejects.toMatchObject({
      code: expect.stringMatching(/EEXIST|ENOTDIR/),
    });
  });
});
