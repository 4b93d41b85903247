/** What tests of sweeps on a Ray of their own have in common. It is set up where it is missing (0.7 GB). */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';
import { namespaceCommand, type RayOptions, setUpRay } from '../../../tools/sweep/ray';

const way = await namespaceCommand();

/** The command that starts a program where there is only the loopback. */
export const loopbackAlone = typeof way === 'string' ? [] : way;

/** Why no Ray can run here, for a test's name; empty where one can. */
export const noRay = typeof way === 'string' ? ' (skipped: no network namespace: not allowed here)' : '';

/** Where a test runs: a folder of its own, and one in the place of the home folder. */
export interface Place {
  folder: string;
  home: string;
  /** Two trials at a time. */
  options(onOutcome: RayOptions['onOutcome'], signal?: AbortSignal): RayOptions;
}

/** Gives each test of the suite a place, and takes it away afterwards. @returns that of the test that runs */
export function ownRay(): Place {
  const place: Place = {
    ...{ folder: '', home: '' },
    options: (onOutcome, signal = new AbortController().signal) => ({
      ...{ folder: path.join(place.folder, 'report'), jobs: 2, signal, say: () => {}, onOutcome },
    }),
  };
  beforeEach(async () => {
    await setUpRay(() => {});
    place.folder = mkdtempSync(path.join(os.tmpdir(), 'sweep-'));
    place.home = path.join(place.folder, 'home');
    mkdirSync(place.home);
    vi.stubEnv('HOME', place.home);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(place.folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return place;
}
