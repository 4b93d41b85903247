import { spawnSync } from 'node:child_process';
import { whyNoPythonForAll, whyNotShared } from '../../../tools/hub/environment';

/** Why a hub whose learners are system users cannot run here, for a test's name; empty where it can. */
export const noHub = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return ' (skipped: only root can make each learner a system user)';
  }
  if (spawnSync('useradd', ['--help']).error) {
    return ' (skipped: only root with useradd can make each learner a system user)';
  }
  const problem = whyNotShared();
  if (problem) return ` (skipped: learners cannot use this course: ${problem.problem})`;
  const python = whyNoPythonForAll();
  return python ? ` (skipped: ${python.problem})` : '';
})();
