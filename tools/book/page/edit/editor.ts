/** The editor in a cell: CodeMirror, loaded when a reader first edits. */
import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { javascript, typescriptLanguage } from '@codemirror/lang-javascript';
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from '@codemirror/language';
import { type Diagnostic, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { EditorState, type Extension, Prec } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightSpecialChars,
  hoverTooltip,
  keymap,
  lineNumbers,
  type Tooltip,
} from '@codemirror/view';
import { highlightCode, tags } from '@lezer/highlight';
import type { Completion } from './messages';

/** What an editor is given. */
export interface EditorOptions {
  source: string;
  /** what it holds, for who hears it */
  label: string;
  changed(source: string): void;
  /** Shift-Enter, Ctrl-Enter */
  run(): void;
  complete(offset: number): Promise<Completion | undefined>;
  inspect(offset: number): Promise<string | undefined>;
}

/** A place that is wrong. */
export interface Wrong {
  from: number;
  to: number;
  message: string;
}

/** An editor that is open. */
export interface Editor {
  readonly source: string;
  replace(source: string): void;
  focus(): void;
  mark(wrong: readonly Wrong[]): void;
  close(): void;
}

/** As the pages colour code. */
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], class: 'k' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], class: 's' },
  { tag: [tags.number, tags.bool, tags.null], class: 'm' },
  { tag: tags.comment, class: 'c' },
]);

/** @returns a source in the colours that it has in an editor, for a cell whose editor is closed */
export function coloured(source: string): Node[] {
  const nodes: Node[] = [];
  const put = (text: string, classes = '') => {
    const piece = document.createElement('span');
    piece.className = classes;
    piece.textContent = text;
    nodes.push(classes ? piece : new Text(text));
  };
  highlightCode(source, typescriptLanguage.parser.parse(source), colours, put, () => put('\n'));
  return nodes;
}

/** Opens an editor in an element. */
export function openEditor(place: HTMLElement, options: EditorOptions): Editor {
  const view = new EditorView({ parent: place, doc: options.source, extensions: extensionsFor(options) });
  return {
    get source() {
      return view.state.doc.toString();
    },
    replace(source) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: source } });
    },
    focus: () => view.focus(),
    mark(wrong) {
      const most = view.state.doc.length;
      const diagnostics = wrong.map(({ from, to, message }): Diagnostic => {
        const begin = Math.min(from, most);
        return { from: begin, to: Math.min(Math.max(to, begin), most), message, severity: 'error' };
      });
      view.dispatch(setDiagnostics(view.state, diagnostics));
    },
    close: () => view.destroy(),
  };
}

function extensionsFor({ label, changed, run, complete, inspect }: EditorOptions): Extension[] {
  const runs = () => {
    run();
    return true;
  };
  return [
    lineNumbers(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    indentOnInput(),
    indentUnit.of('  '),
    EditorState.tabSize.of(2),
    bracketMatching(),
    closeBrackets(),
    javascript({ typescript: true }),
    syntaxHighlighting(colours),
    autocompletion({ override: [(context) => completionsAt(context, complete)], icons: false }),
    hoverTooltip((view, at) => tooltipAt(view, at, inspect), { hideOnChange: true }),
    Prec.high(
      keymap.of([
        { key: 'Shift-Enter', run: runs },
        { key: 'Mod-Enter', run: runs },
      ]),
    ),
    // Not the tabulator: who uses no mouse leaves the editor by it.
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      ...completionKeymap,
      ...lintKeymap,
    ]),
    EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocapitalize: 'off' }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) changed(update.state.doc.toString());
    }),
  ];
}

async function completionsAt(
  context: CompletionContext,
  complete: EditorOptions['complete'],
): Promise<CompletionResult | null> {
  const before = context.matchBefore(/[\w$]+$/);
  const begins = context.explicit || before || context.matchBefore(/[.'"/]$/);
  if (!begins) return null;
  const found = await complete(context.pos).catch(() => undefined);
  if (!found || context.aborted) return null;
  return {
    from: found.start,
    to: Math.max(found.end, context.pos),
    options: found.candidates.map((label, place) => ({ label, boost: -place / found.candidates.length })),
    validFor: /^[\w$]*$/,
  };
}

async function tooltipAt(
  view: EditorView,
  at: number,
  inspect: EditorOptions['inspect'],
): Promise<Tooltip | null> {
  const word = view.state.wordAt(at);
  if (!word) return null;
  const text = await inspect(at).catch(() => undefined);
  if (!text) return null;
  const create = () => {
    const dom = document.createElement('pre');
    dom.className = 'edit-tip';
    dom.textContent = text;
    return { dom };
  };
  return { pos: word.from, end: word.to, above: true, create };
}
