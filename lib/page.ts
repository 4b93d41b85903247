/**
 * For what stands in Node's place, such as a page in a browser: what `lib/` asks of its surroundings.
 *
 * @example
 * import { settings, symbols } from './lib/page';
 *
 * console.log(symbols.host.description, settings.noCache);
 * // descent.host DESCENT_NO_CACHE
 */

// The names that tie the parts together.

export {
  type CommBehaviour,
  type Comms,
  claimMimeType,
  exerciseMimeType,
  noteMimeType,
  plotlyMimeType,
  settings,
  share,
  shared,
  symbols,
  widgetMimeType,
} from './base/contract';
export type { EnvironmentReport, Host, HostBackend, HostFiles } from './base/host-interface';
export { languageSetting, translations } from './base/words';

// The knobs of a notebook.

export { type KnobValue, writeValue } from './course/knob-values';
export { type Knob, misfit, parseKnobs, rangeWarning, readLiteral } from './course/knobs';
