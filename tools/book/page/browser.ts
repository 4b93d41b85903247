/** What a page finds of where it runs. */
import { type EnvironmentReport, shared } from '../../../lib/page';

/** @returns what is found where nothing is installed */
export function examinePage(): EnvironmentReport {
  const tensorflow = shared('tensorflow')?.report;
  const none = 'not needed in a page';
  return {
    ok: true,
    node: `none: ${browserName()} runs this page`,
    ...{ npm: none, python: none, jupyterlab: none, tslab: none, typescript: none },
    backend: tensorflow?.backend ?? null,
    tensorflow: null,
    reason: tensorflow?.reason ?? 'TensorFlow has not started',
    cores: navigator.hardwareConcurrency,
    data: 'comes with the page, and is checked by its SHA-256',
    problems: [],
  };
}

/** As the browser calls itself, last in its long name: `Firefox/140.0`. */
function browserName(): string {
  const [name = 'a browser'] = /(?:Firefox|Edg|OPR|Chrome|Version)\/[\d.]+/.exec(navigator.userAgent) ?? [];
  return name.replace('Version', 'Safari').replace('/', ' ');
}
