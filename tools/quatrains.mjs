/**
 * Writes data/tang-quatrains.txt, from two npm packages that the project does not depend on:
 *
 *   mkdir /tmp/poems && cd /tmp/poems && npm init -y
 *   npm install --ignore-scripts chinese-poetry@2.0.1 opencc-js@1.4.2
 *   node <the project>/tools/quatrains.mjs /tmp/poems
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Four lines of five characters, with the marks that the edition puts behind them. */
const form = /^(\p{Script=Han}{5}，\p{Script=Han}{5}[。？！]){2}$/u;

const folder = process.argv[2];
if (!folder) {
  console.error('Cannot write the quatrains: name the folder in which the two packages are installed');
  process.exit(1);
}
const require = createRequire(path.join(path.resolve(folder), 'package.json'));
const simplified = require('opencc-js').Converter({ from: 't', to: 'cn' });
const source = path.join(folder, 'node_modules/chinese-poetry/dist/quantangshi');

/** @param {string} name - poet.tang.12000.json @returns {number} - 12000 */
const numberOf = (name) => Number(name.split('.')[2]);
const files = readdirSync(source)
  .filter((name) => /^poet\.tang\.\d+\.json$/.test(name))
  .sort((a, b) => numberOf(a) - numberOf(b));

/** @type {Set<string>} */
const quatrains = new Set();
for (const file of files) {
  for (const { paragraphs = [] } of JSON.parse(readFileSync(path.join(source, file), 'utf8'))) {
    const poem = paragraphs.join('');
    // Some rare characters of the edition are described by their parts, or lie beyond the 65,536 first code points.
    if (!form.test(poem)) continue;
    const text = simplified(poem).replace(/[？！]/g, '。');
    if (form.test(text) && text.length === 24) quatrains.add(text);
  }
}
const target = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'data', 'tang-quatrains.txt');
writeFileSync(target, [...quatrains].map((poem) => `${poem}\n`).join(''));
console.log(`${quatrains.size} quatrains`);
