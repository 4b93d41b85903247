/** Writes what makes pages run: compiled cells, and all that they share. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { projectRoot } from '../../lib/surroundings';
import { type NotebookFile, notebookText } from '../notebooks/notebook-file';
import { writeBundles } from './bundles';
import { notebookCompiler } from './cells';
import { packDeclarations, withoutOutputs, writeEditor } from './edit';
import { languageOf, nameInBook } from './editions';
import type { NotebookFacts } from './page/facts';
import { whyNotInPage } from './runnable';
import { loadsDigits, SiteFiles } from './site-files';
import { hasWebGpu, writeWebGpu } from './webgpu';
import { writeWords } from './words';

/**
 * Writes, into the folder `run` of the book, the compiled cells of all notebooks that run in a page, what their code
 * reads, and what their pages load to run them.
 *
 * @param files - the book's notebooks, the English ones before those of other editions
 * @param book - its folder
 * @param whyNot - why a notebook does not run in a page; `undefined` where it does
 * @param editable - whether readers may edit the cells
 * @returns a sentence for each notebook that has stored results of other code than its own, or none of an experiment
 * @throws Error that names notebook and cell, if one does not compile
 */
export async function writeRun(
  files: readonly NotebookFile[],
  book: string,
  whyNot = whyNotInPage,
  editable = true,
): Promise<string[]> {
  const folder = path.join(book, 'run');
  // Files of an earlier build have other names.
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(path.join(folder, 'cells'), { recursive: true });
  const modules = new Set<string>();
  const facts: NotebookFacts = { tensors: [], digits: [] };
  const warnings: string[] = [];
  const site = new SiteFiles(folder);
  const webgpu = hasWebGpu();
  const compiler = notebookCompiler(backendsOfPages(webgpu));
  try {
    for (const file of files.filter((one) => whyNot(one) === undefined)) {
      const { module, imports, stored, stale, without, declarations } = await compiler.compile(file);
      for (const id of imports) modules.add(id);
      if (imports.some((id) => tensorModules.includes(id))) facts.tensors.push(nameInBook(file));
      if (loadsDigits(file)) facts.digits.push(nameInBook(file));
      const place = path.join(folder, 'cells', nameInBook(file));
      fs.mkdirSync(path.dirname(place), { recursive: true });
      fs.writeFileSync(`${place}.js`, module);
      if (editable) {
        fs.writeFileSync(`${place}.declarations.json`, JSON.stringify(packDeclarations(declarations)));
        fs.writeFileSync(`${place}.ipynb`, notebookText(withoutOutputs(file.notebook)));
      }
      site.addFor(file, files);
      site.addResults(stored.map((result) => result.file));
      if (stale.length > 0)
        warnings.push(
          `${nameInBook(file)}: ${stale.length} stored results are of other code, and its page computes them.`,
        );
      if (without.length > 0)
        warnings.push(
          `${file.name}: its page computes ${without.join(', ')}, which may take minutes; \`npm run notebooks -- run ${file.name.slice(0, 2)}\` keeps the results for the book.`,
        );
    }
  } finally {
    compiler.close();
  }
  facts.digitBytes = site.digitBytes;
  site.write();
  writeWords(files.map(languageOf), folder);
  const doors = [...modules].filter((id) => id.startsWith('./lib/'));
  await writeBundles(doors, folder, editable, facts, webgpu);
  if (webgpu) await writeWebGpu(folder);
  if (editable) await writeEditor([...modules], folder);
  return warnings;
}

/** What a cell imports that computes with tensors itself. */
const tensorModules = ['@tensorflow/tfjs', './lib/tensorflow'];

/** What may compute in a page, as `experiment` calls it. */
function backendsOfPages(webgpu: boolean): string[] {
  const file = path.join(projectRoot(), 'node_modules', '@tensorflow', 'tfjs', 'package.json');
  const { version } = JSON.parse(fs.readFileSync(file, 'utf8'));
  return ['none', `wasm ${version}`, `js ${version}`, ...(webgpu ? [`webgpu ${version}`] : [])];
}
