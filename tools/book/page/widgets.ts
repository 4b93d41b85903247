/** Controls in a page of the book: the models that `interact` opens, as elements of the page. */
import { element } from './dom';
import { say } from './say';
import { kinds } from './widget-kinds';

/** A model behind a control: its state, as Jupyter's widgets have it. */
export type State = Record<string, unknown>;

/** The elements that show a model, kept like its state. */
export interface View {
  element: HTMLElement;
  /** draws what has changed */
  update(state: State): void;
}

/** How a view tells of the reader's move. */
export type Move = (change: State) => void;

interface Model {
  state: State;
  views: View[];
  /** whether a move is being answered */
  busy: boolean;
  /** the newest move that waits for that */
  next?: Record<string, unknown>;
}

/** All models that the worker has opened. */
export class Widgets {
  private readonly models = new Map<string, Model>();

  /** @param send - tells the worker's side of a model */
  constructor(private readonly send: (id: string, data: Record<string, unknown>) => void) {}

  open(id: string, { state = {} }: { state?: State }): void {
    this.models.set(id, { state, views: [], busy: false });
  }

  message(id: string, { method, state }: { method?: string; state?: State }): void {
    const model = this.models.get(id);
    if (!model || !state || method !== 'update') return;
    Object.assign(model.state, state);
    for (const view of model.views) view.update(model.state);
  }

  close(id: string): void {
    for (const { element } of this.models.get(id)?.views ?? []) element.remove();
    this.models.delete(id);
  }

  /** The worker is gone: its controls move nothing any more. */
  closeAll(): void {
    for (const { views } of this.models.values()) {
      for (const view of views) view.element.setAttribute('inert', '');
    }
    this.models.clear();
  }

  /** The worker has answered: a move that came meanwhile is next. */
  answered(id: string): void {
    const model = this.models.get(id);
    if (!model) return;
    model.busy = false;
    const { next } = model;
    model.next = undefined;
    if (next) this.tell(id, model, next);
  }

  /** @returns the elements of a model; a line of text if there is none, or none that is known here */
  draw(id: string): HTMLElement {
    const model = this.models.get(id);
    const make = model && kinds[String(model.state._model_name)];
    if (!model || !make) return element('span', { text: say('A control that this page does not have.') });
    const move: Move = (change) => {
      const { event, ...state } = change;
      if (event !== undefined) return this.tell(id, model, { method: 'custom', content: { event } });
      Object.assign(model.state, state);
      this.tell(id, model, { method: 'update', state });
    };
    const child = (reference: unknown) => this.draw(String(reference).replace('IPY_MODEL_', ''));
    const view = make(model.state, move, child);
    model.views.push(view);
    return view.element;
  }

  /** One move at a time, always the newest. */
  private tell(id: string, model: Model, data: Record<string, unknown>): void {
    if (model.busy) {
      model.next = data;
      return;
    }
    model.busy = true;
    this.send(id, data);
  }
}
