/** What a page finds of where it runs. */
import { type EnvironmentReport, shared } from '../../../lib/page';
import { say } from './say';

/** @returns what is found where nothing is installed */
export function examinePage(): EnvironmentReport {
  const tensorflow = shared('tensorflow')?.report;
  const none = say('not needed in a page');
  return {
    ok: true,
    node: say('none: {browser} runs this page', { browser: browserName() }),
    ...{ npm: none, python: none, jupyterlab: none, tslab: none, typescript: none },
    backend: tensorflow?.backend ?? null,
    tensorflow: null,
    reason: tensorflow?.reason ?? say('TensorFlow has not started'),
    cores: navigator.hardwareConcurrency,
    data: say('comes with the page, and is checked by its SHA-256'),
    problems: [],
  };
}

/** As the browser calls itself, last in its long name: `Firefox/140.0`. */
function browserName(): string {
  const [name = say('a browser')] =
    /(?:Firefox|Edg|OPR|Chrome|Version)\/[\d.]+/.exec(navigator.userAgent) ?? [];
  return name.replace('Version', 'Safari').replace('/', ' ');
}
