/**
 * A reporter for vitest: with `CI=true` a skipped test fails the run, unless its reason is one that a whole machine may
 * have. Else a machine that lacks a part would pass with that part untried. Without CI it is silent. It also writes the names
 * of those tests into the file that `DESCENT_TEST_SKIPS` names, if it names one.
 */
import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule, Vitest } from 'vitest/node';

/** A reason that a test may be skipped for, also where everything is installed. */
interface Allowed {
  /** what the test's name says */
  reason: RegExp;
  /** the systems that may have it; all, if left out */
  on?: readonly NodeJS.Platform[];
  because: string;
}

const allowed: readonly Allowed[] = [
  {
    reason: /\(skipped: this machine has no address but 127\.0\.0\.1\)/,
    because: 'a container may have no network at all, and then nobody can reach the server',
  },
  {
    reason: /\(skipped: this Node does not know NODE_USE_ENV_PROXY\)/,
    because: 'only Node 24 and newer can be told to ask a proxy',
  },
  {
    reason: /\(skipped: this processor is no x64\)/,
    because: 'what hides SIMD from the engine is a setting for x64 alone',
  },
  {
    reason: /\(skipped: WebGPU [^)]*\)/,
    because: 'set-up gets it for who asks for it, and it needs a graphics card or what does the work of one',
  },
  {
    reason: /\(skipped: only root[^)]*\)/,
    because: 'tests run without a right that a person has not',
  },
  {
    reason: /\(skipped: learners cannot use this course: Other users cannot read [^)]*\)/,
    because: 'a checkout may lie where only its owner can go, and tests open no folder above it',
  },
  {
    reason: /\(skipped: only Linux shows [^)]*\)/,
    on: ['darwin', 'win32', 'freebsd'],
    because: 'other systems keep no /proc',
  },
  {
    reason: /\(skipped: only root can start a Slurm\)/,
    because: 'its daemons start the jobs of all users',
  },
  {
    reason: /\(skipped: Slurm runs on Linux alone\)/,
    on: ['darwin', 'win32', 'freebsd'],
    because: 'there are no packages of it',
  },
  {
    reason: /\(skipped: no network namespace: [^)]*\)/,
    because: 'a container may forbid them, and outside of one Ray listens on all interfaces',
  },
  {
    reason: /^(?!.*\(skipped: (?!.*(?:Windows|shell script|not a link|wheel|compiler)))/,
    on: ['win32'],
    because: 'Windows has no signals, no shell scripts, no links and no native TensorFlow that is pinned',
  },
];

/**
 * @param names - of the tests that were skipped, whole
 * @param platform - the system
 * @returns those that must not be skipped there
 */
export function notAllowed(names: readonly string[], platform: NodeJS.Platform): string[] {
  const may = (name: string) =>
    allowed.some(({ reason, on }) => (on?.includes(platform) ?? true) && reason.test(name));
  return names.filter((name) => !may(name));
}

export default class SkipsReporter implements Reporter {
  private vitest?: Vitest;

  onInit(vitest: Vitest): void {
    this.vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    // Who asks for some tests by name skips the others.
    if (process.env.CI !== 'true' || this.vitest?.config.testNamePattern) return;
    const skipped = modules.flatMap((module) =>
      [...module.children.allTests('skipped')].map((test) => `${module.relativeModuleId}: ${test.fullName}`),
    );
    const wrong = notAllowed(skipped, process.platform);
    if (wrong.length === 0) return;
    console.error(`\n✗ Skipped, which CI=true does not allow (the reasons that it allows: test/skips.ts):`);
    for (const name of wrong) console.error(`    ${name}`);
    if (process.env.DESCENT_TEST_SKIPS) writeFileSync(process.env.DESCENT_TEST_SKIPS, JSON.stringify(wrong));
    process.exitCode = 1;
  }
}
