import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { namesIn, testNames } from '../../../tools/hub/names';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'descent-names-'));
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

function fileOf(text: string): string {
  const file = path.join(scratch, 'class.txt');
  fs.writeFileSync(file, text);
  return file;
}

test('testNames() gives numbers of one length, so that lists are in order', () => {
  expect(testNames(2)).toEqual(['learner-01', 'learner-02']);
  const many = testNames(120);
  expect([many[0], many[119]]).toEqual(['learner-001', 'learner-120']);
  expect([...many].sort()).toEqual(many);
});

describe('namesIn()', () => {
  test('reads a name a line, without empty lines and remarks', () => {
    expect(namesIn(fileOf('# spring\nanna\n\n  ben-2  # moved\r\ncarla\n'))).toEqual([
      'anna',
      'ben-2',
      'carla',
    ]);
  });

  test.each([
    ['anna\nRoot\n', /, line 2: 'Root' is no name; take small letters/],
    ['--home=/\n', /, line 1: '--home=\/' is no name/],
    ['a:b\n', /'a:b' is no name/],
    ['../anna\n', /'\.\.\/anna' is no name/],
    [`${'a'.repeat(32)}\n`, /is no name/],
    ['anna\nben\nanna\n', /, line 3: 'anna' stands there twice/],
    ['# nobody\n', /names 0 learners; give 1 to 500, one a line$/],
    [Array.from({ length: 501 }, (_, index) => `a${index}`).join('\n'), /names 501 learners/],
  ])('refuses %j', (text, why) => {
    expect(() => namesIn(fileOf(text))).toThrow(why);
  });

  test('says which file cannot be read', () => {
    expect(() => namesIn(path.join(scratch, 'nothing.txt'))).toThrow(/^Cannot read .*nothing\.txt: ENOENT/);
  });
});
