import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { run } from '../../tools/setup/processes.mjs';
import { discard, fakeProgram, scratch, smallCopy, withPath } from './setup-copy';

describe.skipIf(process.platform === 'win32')('lookForAdvisories()', { timeout: 120_000 }, () => {
  let copy: string;
  let bin: string;
  let registry: Server;
  let address: string;
  /** What the registry knows, by package; undefined: it gives no audit. */
  let known: Record<string, object[]> | undefined;
  let asked: string[];
  const packument = { name: 'tiny', versions: { '1.0.0': { name: 'tiny', version: '1.0.0' } } };
  beforeAll(async () => {
    copy = smallCopy();
    bin = scratch();
    registry = createServer(async (request, response) => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece);
      const body = Buffer.concat(pieces);
      response.setHeader('content-type', 'application/json');
      // npm asks for the versions of a package that an advisory names.
      if (request.url === '/tiny') return response.end(JSON.stringify(packument));
      asked.push(
        `${request.url} ${request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body}`,
      );
      if (!known) return response.writeHead(405).end();
      response.end(JSON.stringify(known));
    });
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
    const project = { name: 'descent', version: '0.0.0', dependencies: { tiny: '1.0.0' } };
    const tiny = { version: '1.0.0', resolved: `${address}/tiny.tgz`, integrity: 'sha512-AA==' };
    writeFileSync(join(copy, 'package.json'), JSON.stringify(project));
    writeFileSync(
      join(copy, 'package-lock.json'),
      JSON.stringify({
        ...project,
        lockfileVersion: 3,
        packages: { '': project, 'node_modules/tiny': tiny },
      }),
    );
  });
  afterAll(() => {
    registry.closeAllConnections();
    registry.close();
    discard(copy, bin);
  });

  async function look(): Promise<string[]> {
    asked = [];
    const script = `
      import { lookForAdvisories } from './tools/setup/advisories.mjs';
      console.log(JSON.stringify(await lookForAdvisories()));`;
    const { output } = await run(process.execPath, ['--input-type=module', '-e', script], {
      cwd: copy,
      env: { ...withPath(bin), npm_config_registry: address, npm_config_fetch_retries: '0' },
    });
    return JSON.parse(output.trim());
  }
  /** pip-audit as it answers with --format=json: its sentence, then one line. */
  const pipAudit = (dependencies: object[]) =>
    fakeProgram(
      bin,
      'pip-audit',
      `echo 'Found what there is' >&2; echo '${JSON.stringify({ dependencies, fixes: [] })}'`,
    );

  it('names what the registry and the index know', async () => {
    known = {
      tiny: [
        {
          id: 1,
          url: 'https://example.org/GHSA-1',
          title: 'Reads any file',
          severity: 'high',
          vulnerable_versions: '<1.0.1',
          cwe: [],
        },
      ],
    };
    pipAudit([
      { name: 'tornado', version: '6.0', vulns: [{ id: 'PYSEC-1', fix_versions: ['6.1'], aliases: [] }] },
      { name: 'six', version: '1.17.0', vulns: [] },
    ]);
    expect(await look()).toEqual([
      'npm audit: 1 known, to be lifted or explained in SECURITY.md',
      '  tiny <1.0.1: high, Reads any file (https://example.org/GHSA-1)',
      'pip-audit: 1 known, to be lifted or explained in SECURITY.md',
      '  tornado 6.0: PYSEC-1, mended in 6.1',
    ]);
    expect(asked).toEqual(['/-/npm/v1/security/advisories/bulk {"tiny":["1.0.0"]}']);
  });

  it('says that none is known', async () => {
    known = {};
    pipAudit([{ name: 'six', version: '1.17.0', vulns: [] }]);
    expect(await look()).toEqual(['npm audit: no advisory is known', 'pip-audit: no advisory is known']);
  });

  it('says where nothing was told, which is not the same, and points to the list', async () => {
    known = undefined;
    pipAudit([{ name: 'six', skip_reason: 'Dependency not found' }]);
    const [npm, python, ...more] = await look();
    expect(npm).toMatch(/^npm audit: the registry gives no audit \(405 .*\); SECURITY\.md has the list/);
    expect(python).toMatch(
      /^pip-audit: the index tells nothing of 1 of 1 packages; SECURITY\.md has the list/,
    );
    expect(more).toEqual([]);
    fakeProgram(bin, 'pip-audit', 'echo "no index" >&2; exit 2');
    expect((await look())[1]).toMatch(/^pip-audit: no answer \(no index\); SECURITY\.md/);
  });
});

/** A line of SECURITY.md's tables: a package, its locked versions, its advisories, and what is said of them. */
interface Row {
  name: string;
  locked: string[];
  /** the versions in which the advisories are mended */
  mended: string[];
  verdict: string;
}

const security = readFileSync(join(projectRoot(), 'SECURITY.md'), 'utf8');

/** @param kind - `npm` or `Python` */
function rowsOf(kind: string): Row[] {
  const table = security.split(`\n| ${kind} package | locked |`)[1]?.split('\n\n')[0] ?? '';
  return [...table.matchAll(/^\| `(.+?)` \| (.+?) \| (.+?) \| (.+?) \|$/gm)].map(
    ([, name, locked, advisories, verdict]) => {
      const mended = [...advisories.matchAll(/\((\d+(?:\.\d+)+)\)/g)].map(([, version]) => version);
      return { name, locked: locked.split(', '), mended, verdict };
    },
  );
}

function isBelow(version: string, least: string): boolean {
  const [one, other] = [version, least].map((text) => text.split('.').map(Number));
  const place = other.findIndex((part, index) => part !== (one[index] ?? 0));
  return place >= 0 && (one[place] ?? 0) < other[place];
}

/** The locked versions of each package that is not for the development alone. */
function lockedVersions(kind: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const add = (name: string, version: string) => found.set(name, (found.get(name) ?? new Set()).add(version));
  if (kind === 'npm') {
    const { packages } = JSON.parse(readFileSync(join(projectRoot(), 'package-lock.json'), 'utf8'));
    for (const [place, { version, dev }] of Object.entries<{ version: string; dev?: boolean }>(packages)) {
      if (!dev) add(place.replace(/^.*node_modules\//, ''), version);
    }
  } else {
    const text = readFileSync(join(projectRoot(), 'tools/setup/python/requirements.txt'), 'utf8');
    for (const [, name, version] of text.matchAll(/^(\S+)==(\S+)/gm)) add(name, version);
  }
  return found;
}

describe.each(['npm', 'Python'])('the list of advisories for %s', (kind) => {
  it('is dated, and says what it is not', () => {
    expect(security).toMatch(/^## Known advisories, looked up on \d{1,2} [A-Z][a-z]+ 20\d\d$/m);
    expect(security).toContain('less than an audit');
    expect(rowsOf(kind).length).toBeGreaterThan(15);
  });

  it('speaks of the versions that are locked', () => {
    const versions = lockedVersions(kind);
    for (const { name, locked } of rowsOf(kind)) {
      expect([...(versions.get(name) ?? [])].sort(), `${name}: look its advisories up anew`).toEqual(
        [...locked].sort(),
      );
    }
  });

  it('calls fixed only what is', () => {
    for (const { name, locked, mended, verdict } of rowsOf(kind).filter((row) =>
      /^fixed/.test(row.verdict),
    )) {
      for (const version of mended) {
        expect(
          locked.filter((each) => isBelow(each, version)),
          `${name}, ${verdict}`,
        ).toEqual([]);
      }
    }
  });
});
