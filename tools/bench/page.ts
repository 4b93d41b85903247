/** What a reader's own browser does: the course's training in a page of the book, and a whole notebook. */
import { gptSteps, measureEpochs, measureGpt } from './epochs';
import { type PeerCommand, pagePeer } from './peers';
import { combine, type Findings } from './results';
import { measureTurns } from './turns';

const name = 'fused, page';

/** @returns epochs of MNIST in a page, with batches of these sizes */
export function pageEpochs(batchSizes: readonly number[]): PeerCommand {
  return pagePeer(
    name,
    batchSizes.map((batchSize) => ({ batchSize })),
  );
}

/** @returns steps of the GPT in a page */
export function pageGpt(): PeerCommand {
  return pagePeer(name, [{ steps: gptSteps }]);
}

/**
 * Measures a page: the epoch with batches of 32 and the step of the GPT, unless other parts measure them, and notebook 02
 * from the click on *Run all* to its last figure, in a browser that has not seen it before.
 *
 * @param beside - the programs that take turns with the page; none where another part measures the page
 * @param rounds - how often, after the warm-up
 * @param say - is told what happens
 * @returns what was found
 */
export async function measurePage(
  beside: { epochs?: readonly PeerCommand[]; gpt?: readonly PeerCommand[] },
  rounds: number,
  say: (text: string) => void,
): Promise<Findings> {
  const { epochs, gpt } = beside;
  const found: Findings[] = [];
  if (epochs) found.push(await measureEpochs([pageEpochs([32]), ...epochs], [32], rounds, say));
  if (gpt) found.push(await measureGpt([pageGpt(), ...gpt], rounds, say));
  const reading = { what: 'notebook 02 in its page', request: { notebook: '02' } };
  const peer = pagePeer('from click to last figure', [reading.request]);
  const read = await measureTurns([peer], [reading], rounds, say);
  return combine([...found, read]);
}
