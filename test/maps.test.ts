/** The maps of the project, in lib/README.md and README.md, show what is there and nothing else. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesBelow, readSource, rooms, root } from './sources';

/** The first cells of the rows of the table under a heading, without what makes them code or links. */
function rowsUnder(heading: string, text: string): string[][] {
  const [section] = text.split(`## ${heading}\n`)[1].split('\n## ');
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const nameOf = (cell: string) => /`([^`]+)`/.exec(cell)?.[1];

describe('lib/README.md', () => {
  const text = readSource('lib/README.md');
  const doors = filesBelow('lib', /^lib\/[^/]+\.ts$/).map((file) => path.basename(file, '.ts'));

  test('lists every door, and no other', () => {
    const listed = rowsUnder('Doors', text).map(([door]) => door);
    expect([...listed].sort()).toEqual(doors.map((door) => `[\`${door}\`](${door}.ts)`));
  });

  test('lists every room, in the order in which they may use each other', () => {
    const folders = readdirSync(path.join(root, 'lib'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    expect([...rooms].sort()).toEqual(folders.sort());
    const listed = rowsUnder('Rooms', text).map(([room]) => room);
    expect(listed).toEqual(rooms.map((room) => `[\`${room}\`](${room})`));
  });

  test('names for each room pages of that room', () => {
    for (const [room, , pages] of rowsUnder('Rooms', text)) {
      for (const page of pages.split(', ')) {
        const file = `${nameOf(room)}/${nameOf(page)}`;
        expect(page).toBe(`[\`${nameOf(page)}\`](${file})`);
        expect(existsSync(path.join(root, 'lib', file)), file).toBe(true);
      }
    }
  });
});

test('README.md lists every folder of the project, and no other', () => {
  const ignored = readSource('.gitignore').split('\n');
  const folders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .filter((name) => !ignored.some((line) => line.replaceAll('/', '') === name));
  const listed = rowsUnder('How it is laid out', readSource('README.md')).map(([cell]) =>
    nameOf(cell)?.replace('/', ''),
  );
  expect([...listed].sort()).toEqual(folders.sort());
});

test('each test of lib/ is named after the file, the folder or the room that it tests', () => {
  const tests = filesBelow('test/lib', /\.test\.ts$/);
  const homeless = tests.filter((file) => {
    const place = file.replace(/^test\//, '').replace(/\.test\.ts$/, '');
    const sameRoom = path.basename(place) === path.basename(path.dirname(place));
    const candidates = [`${place}.ts`, place, ...(sameRoom ? [path.dirname(place)] : [])];
    return !candidates.some((candidate) => existsSync(path.join(root, candidate)));
  });
  expect(homeless).toEqual([]);
});

test('each room of lib/ has tests at its place', () => {
  for (const room of rooms) {
    expect(filesBelow(`test/lib/${room}`, /\.test\.ts$/), room).not.toEqual([]);
  }
});
