/** Where the time of a step goes. */
import * as path from 'node:path';
import { root } from '../setup/project.mjs';
import { type PeerCommand, runWhole } from './peers';
import { type Findings, findings } from './results';

const script = path.join(root, 'tools', 'bench', 'profile-peer.ts');

function profileIn(backend: string): PeerCommand {
  return {
    name: `profile, ${backend}`,
    command: process.execPath,
    args: ['--import', 'tsx', script],
    env: { DESCENT_BACKEND: backend },
  };
}

/**
 * Measures the parts of a step, each the least of several runs, natively and in WebAssembly.
 *
 * @param say - is told what happens
 * @returns one measurement a part, batch size and backend, with its share of the step as a note
 */
export function measureProfile(say: (text: string) => void): Findings {
  const missing: string[] = [];
  const measurements = ['native', 'wasm'].flatMap((backend) => {
    say(`  ${backend}`);
    try {
      return JSON.parse(runWhole(profileIn(backend)).last);
    } catch (error) {
      missing.push((error as Error).message);
      return [];
    }
  });
  return findings(measurements, missing);
}
