/** Seconds an epoch of MNIST takes in each program. */
import { descentPeer, type Peer, type PeerCommand, startPeer } from './peers';
import { combine, type Findings } from './results';

/** One program's share of a round. */
interface Turn {
  peer: Peer;
  batchSize: number;
}

/** Seconds an epoch may take in the warm-up; threads that wait for busy cores take longer. */
const patience = 20;

/**
 * Measures one epoch of each program with each batch size. Each round asks every program once, so that
 * noise meets all alike; a round before them warms up.
 *
 * @param commands - the programs
 * @param batchSizes - digits an update
 * @param rounds - how often, after the warm-up
 * @param say - is told what happens
 * @returns one measurement a program and batch size, and which could not be measured
 */
export async function measureEpochs(
  commands: readonly PeerCommand[],
  batchSizes: readonly number[],
  rounds: number,
  say: (text: string) => void,
): Promise<Findings> {
  const { peers, missing } = await startAll(commands);
  try {
    const turns = batchSizes.flatMap((batchSize) => peers.map((peer) => ({ peer, batchSize })));
    say('  warming up');
    const warmUp = await takeTurns(turns, say);
    const timely = turns.filter((_, index) => warmUp[index] <= patience);
    const times: number[][] = [];
    for (let round = 1; round <= rounds; round++) {
      say(`  round ${round} of ${rounds}`);
      times.push(await takeTurns(timely, say));
    }
    return {
      measurements: timely.map(({ peer, batchSize }, index) => ({
        name: peer.name,
        what: `one epoch, batch ${batchSize}`,
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
  for (const { peer, batchSize } of turns) {
    const { seconds } = await peer.epoch(batchSize);
    say(`    batch ${batchSize}, ${peer.name}: ${seconds.toFixed(2)} s`);
    times.push(seconds);
  }
  return times;
}

function tooSlow(turns: readonly Turn[], warmUp: readonly number[]): string[] {
  return turns.flatMap(({ peer, batchSize }, index) => {
    const seconds = warmUp[index];
    if (seconds <= patience) return [];
    const took = `took ${seconds.toFixed(0)} s in the warm-up`;
    return `${peer.name}, batch ${batchSize}: ${took}, which says more about the load than about it`;
  });
}

/** How many digits a slower backend trains on; a step costs the same everywhere in the epoch. */
const digitsOfBackends = { wasm: 6000, js: 960 };

/**
 * Measures an epoch in the slower backends, extrapolated from a part of the digits.
 *
 * @param rounds - how often; at most three times
 * @param say - is told what happens
 * @returns one measurement a backend
 */
export async function measureBackends(rounds: number, say: (text: string) => void): Promise<Findings> {
  const parts: Findings[] = [];
  for (const [backend, digits] of Object.entries(digitsOfBackends)) {
    const env = { DESCENT_BACKEND: backend };
    const command = descentPeer(`${backend} backend`, ['fused', String(digits)], env);
    const found = await measureEpochs([command], [32], Math.min(rounds, 3), say);
    const measurements = found.measurements.map((one) => ({
      ...one,
      what: 'one epoch, batch 32, other backends',
      note: `extrapolated from ${digits.toLocaleString('en')} digits`,
      seconds: one.seconds.map((seconds) => (seconds * 60_000) / digits),
    }));
    parts.push({ ...found, measurements });
  }
  return combine(parts);
}
