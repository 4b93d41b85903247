import type { Bundle, DisplayOptions } from '../../lib/course/display';

/** What was shown while recording. */
export interface Recorded {
  outputs: Bundle[];
  options: DisplayOptions[];
  /** ends the recording */
  stop(): void;
}

/**
 * Records what code shows through the kernel's display interface (kernel/README.md), as JSON would
 * carry it to the notebook.
 */
export function recordDisplay(): Recorded {
  const key = Symbol.for('descent.display');
  const recorded: Recorded = {
    outputs: [],
    options: [],
    stop: () => {
      delete (globalThis as Record<symbol, unknown>)[key];
    },
  };
  (globalThis as Record<symbol, unknown>)[key] = (bundle: Bundle, options: DisplayOptions) => {
    recorded.outputs.push(JSON.parse(JSON.stringify(bundle)));
    recorded.options.push(options);
  };
  return recorded;
}
