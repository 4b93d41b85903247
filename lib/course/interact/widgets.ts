/**
 * Jupyter's widgets, as far as controls need them: models whose state the page and this code keep alike.
 *
 * @see https://github.com/jupyter-widgets/ipywidgets/blob/main/packages/schema/messages.md
 */
import { type Comm, type Comms, shared } from '../../base/contract';

/** The version of the messages; a page refuses a model without it. */
const metadata = { version: '2.1.0' };
const target = 'jupyter.widget';

/** A model that lives here and on the page. */
export interface Widget {
  id: string;
  /** how another model's state names it */
  reference: string;
  /** changes it on the page */
  set(state: Record<string, unknown>): void;
}

/** Who listens to a model: a move of the reader's, and what went wrong in answering it. */
export interface Listener {
  moved(change: Record<string, unknown>, more: boolean): unknown;
  failed(message: string): void;
  /** a page has loaded that was not there before, and asks for all models */
  arrived?(): void;
}

/**
 * Makes a widget. It lives until its cell runs again.
 *
 * @param comms - the kernel's channels
 * @param kind - `FloatSlider`, `VBox`, …, of the package of controls
 * @param initial - its state, as far as it differs from what a page takes by itself
 * @param listener - told of moves
 */
export function makeWidget(
  comms: Comms,
  kind: string,
  initial: Record<string, unknown>,
  listener?: Listener,
): Widget {
  const state = { ...identity(kind), ...initial };
  const comm: Comm = comms.open(target, {
    data: { state, buffer_paths: [] },
    metadata,
    describe() {
      listener?.arrived?.();
      return state;
    },
    receive(message, more) {
      const { method, state: change, content } = message as unknown as WidgetMessage;
      if (method === 'request_state') comm.send({ method: 'update', state, buffer_paths: [] });
      if (method === 'custom') return listener?.moved(content ?? {}, more);
      if (method !== 'update' || !change) return undefined;
      Object.assign(state, change);
      // Other pages, and other views on this one, learn of it from the echo.
      comm.send({ method: 'echo_update', state: change, buffer_paths: [] });
      return listener?.moved(change, more);
    },
    fail: ({ ename, evalue, traceback }) => listener?.failed(ownLines(traceback) || `${ename}: ${evalue}`),
  });
  return {
    id: comm.id,
    reference: `IPY_MODEL_${comm.id}`,
    set(change) {
      Object.assign(state, change);
      comm.send({ method: 'update', state: change, buffer_paths: [] });
    },
  };
}

interface WidgetMessage {
  method: string;
  state?: Record<string, unknown>;
  content?: Record<string, unknown>;
}

function identity(kind: string): Record<string, unknown> {
  const module = kind === 'Layout' ? 'base' : kind === 'Output' ? 'output' : 'controls';
  const version = kind === 'Output' ? '1.0.0' : '2.0.0';
  const view = kind === 'DescriptionStyle' ? 'StyleView' : `${kind}View`;
  const viewModule = kind === 'DescriptionStyle' ? 'base' : module;
  return {
    _model_module: `@jupyter-widgets/${module}`,
    _model_module_version: version,
    _model_name: `${kind}Model`,
    _view_module: `@jupyter-widgets/${viewModule}`,
    _view_module_version: version,
    _view_name: view,
  };
}

shared('comms')?.accept('jupyter.widget.control', (comm) => ({
  receive({ method }) {
    if (method !== 'request_states') return;
    const models = (shared('comms') as Comms).all(target).map(({ id, behaviour }) => {
      const state = behaviour.describe?.() as Record<string, unknown>;
      const { _model_name, _model_module, _model_module_version } = state;
      return [
        id,
        {
          model_name: _model_name,
          model_module: _model_module,
          model_module_version: _model_module_version,
          state,
        },
      ];
    });
    comm.send({ method: 'update_states', states: Object.fromEntries(models), buffer_paths: [] });
  },
}));

/** A traceback without colours, and without the lines that lead from the page to the callback. */
function ownLines(traceback: string[]): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  const plain = traceback.join('\n').replace(/\u001b\[[\d;]*m/g, '');
  const lines = plain.split('\n').filter((line) => !/^ +at .*lib\/course\/interact[./]/.test(line));
  return lines.join('\n');
}
