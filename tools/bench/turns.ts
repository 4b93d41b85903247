/** Programs that take turns, so that noise meets all alike. */
import { type Peer, type PeerCommand, type Request, startPeer } from './peers';
import type { Findings } from './results';

/** What every program is asked to do once a round. */
export interface Task {
  /** such as `one epoch, batch 32` */
  what: string;
  request: Request;
}

/** One program's share of a round. */
interface Turn extends Task {
  peer: Peer;
}

/** Seconds a task may take in the warm-up; threads that wait for busy cores take longer. */
const patience = 20;

/**
 * Asks every program for every task once a round; a round before them warms up.
 *
 * @param commands - the programs
 * @param tasks - what they are asked for
 * @param rounds - how often, after the warm-up
 * @param say - is told what happens
 * @returns one measurement a program and task, and which could not be measured
 */
export async function measureTurns(
  commands: readonly PeerCommand[],
  tasks: readonly Task[],
  rounds: number,
  say: (text: string) => void,
): Promise<Findings> {
  const { peers, missing } = await startAll(commands);
  try {
    const turns = tasks.flatMap((task) => peers.map((peer) => ({ ...task, peer })));
    say('  warming up');
    const warmUp = await takeTurns(turns, say);
    const timely = turns.filter((_, index) => warmUp[index] <= patience);
    const times: number[][] = [];
    for (let round = 1; round <= rounds; round++) {
      say(`  round ${round} of ${rounds}`);
      times.push(await takeTurns(timely, say));
    }
    return {
      measurements: timely.map(({ peer, what }, index) => ({
        name: peer.name,
        what,
        seconds: times.map((round) => round[index]),
      })),
      versions: Object.fromEntries(peers.map(({ name, version }) => [name, version])),
      missing: [...missing, ...tooSlow(turns, warmUp)],
    };
  } finally {
    for (const peer of peers) peer.stop();
  }
}

async function startAll(commands: readonly PeerCommand[]): Promise<{ peers: Peer[]; missing: string[] }> {
  const peers: Peer[] = [];
  const missing: string[] = [];
  for (const command of commands) {
    try {
      peers.push(await startPeer(command));
    } catch (error) {
      missing.push((error as Error).message);
    }
  }
  return { peers, missing };
}

/** One round: the seconds of each turn, one after the other. */
async function takeTurns(turns: readonly Turn[], say: (text: string) => void): Promise<number[]> {
  const times: number[] = [];
  for (const { peer, what, request } of turns) {
    const { seconds, loss } = await peer.train(request);
    const learnt = loss === undefined ? '' : `, loss ${loss.toFixed(3)}`;
    say(`    ${what}, ${peer.name}: ${seconds.toFixed(3)} s${learnt}`);
    times.push(seconds);
  }
  return times;
}

function tooSlow(turns: readonly Turn[], warmUp: readonly number[]): string[] {
  return turns.flatMap(({ peer, what }, index) => {
    const seconds = warmUp[index];
    if (seconds <= patience) return [];
    const took = `took ${seconds.toFixed(0)} s in the warm-up`;
    return `${peer.name}, ${what}: ${took}, which says more about the load than about it`;
  });
}
