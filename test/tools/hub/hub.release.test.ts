/** A hub beyond what `hub.slow.test.ts` tries: minutes. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { visitPage } from '../../../tools/hub/browser-learner';
import { hubPython } from '../../../tools/hub/environment';
import { classProgress } from '../../../tools/hub/progress';
import { rerunBy } from '../../../tools/hub/rerun';
import { findNotebooks, readNotebook, writeNotebook } from '../../../tools/notebooks/notebook-file';
import { openChromium } from '../../../tools/pictures';
import { readJson } from '../../../tools/setup/project.mjs';
import { noChromium } from '../../browser/chromium';
import { noHub } from './no-hub';
import { notebooks, ownHub } from './own-hub';

const [anna, ben, full] = ['descent-anna', 'descent-ben', 'descent-full'];

describe.skipIf(noHub)(`the hub of a class${noHub}`, () => {
  const hub = ownHub([anna, ben, full], 40);

  test('what a notebook keeps goes to a place of the learner’s own, and 00 examines a course that it cannot write', async () => {
    const cache = path.join(hub.homeOf(anna), '.cache', 'descent');
    const cell = `
import { experiment } from './lib/course';
import { outFolder } from './lib/surroundings';
console.log(outFolder(), await experiment('sgd-own', { count: 1 }, ({ count }) => count + 1));`;
    expect((await hub.inKernel(anna, (kernel) => kernel.run(cell))).text).toContain(`${cache} 2`);
    expect(fs.readdirSync(path.join(cache, 'experiments'))).toHaveLength(1);
    expect(await hub.errorsOf(anna, '00')).toEqual([]);
  });

  test.skipIf(noChromium)(
    `a learner logs in at his page, and all of a notebook runs there${noChromium}`,
    async () => {
      await hub.client.stopServer(ben);
      const browser = await openChromium();
      try {
        const password = readJson(hub.folders.passwords)[ben];
        const seat = { name: ben, password, home: hub.homeOf(ben) };
        let ran = 0;
        const { ready, figure, done, errors } = await visitPage(
          browser,
          hub.address,
          seat,
          '02-gradient-descent',
          () => ran++,
        );
        expect([errors, ran]).toEqual([0, 1]);
        expect(ready).toBeLessThan(figure);
        expect(figure).toBeLessThanOrEqual(done);
      } finally {
        await browser.close();
      }
    },
  );

  test('an idle kernel is ended, one that computes is not', async () => {
    await Promise.all([hub.client.startServer(anna), hub.client.startServer(ben)]);
    const idle = await hub.client.startKernel(ben);
    await idle.run('1');
    const busy = await hub.client.startKernel(anna);
    const computed = busy.run('await new Promise((resolve) => setTimeout(resolve, 100_000)); 7');
    const kernels = async (name: string) => {
      const { content } = await hub.client.ask(`/user/${name}/api/kernels`);
      return (content as { id: string }[]).map(({ id }) => id);
    };
    expect(await kernels(ben)).toContain(idle.id);
    await expect.poll(() => kernels(ben), { timeout: 90_000, interval: 2000 }).toEqual([]);
    expect(await kernels(anna)).toContain(busy.id);
    expect((await computed).text).toBe('7');
    await busy.stop();
  });

  test('a full home folder is told, and the server starts all the same', async () => {
    const options = `size=64k,mode=0700,uid=${hub.uidOf(full)},gid=${hub.uidOf(full)}`;
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', hub.homeOf(full)]);
    expect(mounted.status).toBe(0);
    try {
      await hub.client.startServer(full);
      const log = fs.readFileSync(hub.folders.log, 'utf8');
      expect(log).toContain(`Cannot bring the notebooks to ${hub.homeOf(full)}/notebooks: it is full`);
      const { text } = await hub.inKernel(full, (kernel) =>
        kernel.run(
          "import { experiment } from './lib/course';\n(await experiment('sgd-full', { a: 1 }, () => 'x'.repeat(1e6))).length",
        ),
      );
      expect(text).toContain('the disk is full, so its result is not kept');
      expect(text).toContain('1000000');
      await hub.client.stopServer(full);
    } finally {
      // Also where something still stands in it.
      spawnSync('umount', ['-l', hub.homeOf(full)]);
    }
  });

  test('progress re-executes as the learner, with his answers and the checks of the course', async () => {
    const own = path.join(hub.homeOf(anna), 'notebooks', '02-gradient-descent.ipynb');
    const { notebook } = readNotebook(own);
    const [right, endless] = ['gd-best', 'gd-step'];
    const ids = notebook.cells.map(({ id }) => id).filter((id) => id.endsWith('-check'));
    expect(ids).toContain(`${right}-check`);
    for (const cell of notebook.cells) {
      // Each output says "solved", whatever the answer is.
      for (const output of cell.outputs ?? []) {
        const data = output.data?.['application/vnd.descent.exercise+json'] as
          | { status?: string }
          | undefined;
        if (data) data.status = 'solved';
      }
      if (cell.id === `${endless}-answer`) cell.source = 'while (true) {}';
      if (cell.id === `${right}-answer`) cell.source = 'const bestRate: number = 2 / (0.5 + 20);';
    }
    writeNotebook(own, notebook);
    fs.chownSync(own, hub.uidOf(anna), hub.uidOf(anna));
    const course = findNotebooks(notebooks, ['02']);
    const forged = await classProgress(hub.folders.homes, course);
    expect(forged.find(({ learner }) => learner === anna)?.solved.length).toBe(ids.length);
    const run = await classProgress(
      hub.folders.homes,
      course,
      rerunBy(hubPython, () => {}, { limit: 60 }),
    );
    const found = run.find(({ learner }) => learner === anna);
    expect(found?.solved).toEqual([right]);
    expect(found?.remarks.join()).toContain('stopped it (TimeoutError');
  });
});
