/** The style of the book's pages: quiet, light or dark as the reader's system is, and on paper. */
import { languagesIn, readEdition } from '../translate/edition';

/** What a script needs besides its letters. */
const scripts: Readonly<Record<string, string>> = {
  // Letters that fill their squares want more room between the lines; none of them is slanted.
  Han: '--leading: 1.75; line-break: strict; text-autospace: normal; text-spacing-trim: trim-start; font-synthesis-style: none;',
};

/** @returns the style of all pages, with the fonts and the script of each edition's language */
export function pageStyle(): string {
  const languages = languagesIn().map((language) => {
    const { tag, fonts = [], script } = readEdition(language).settings;
    const letters = [...fonts.map((font) => `'${font}'`), 'sans-serif'].join(', ');
    return `:root:lang(${tag}) { --letters: ${letters}; ${scripts[script] ?? ''} }\n`;
  });
  return style + languages.join('');
}

const style = `
:root { color-scheme: light dark; --letters: sans-serif; --leading: 1.6; --ink: #1c1e21; --paper: #fff; --quiet: #565d66; --box: #f4f5f7; --line: #dadde2; --link: #0b5a9a; --mark: #ffe9a8;
  --k: #7d2b9c; --s: #1d6b3a; --m: #a1420c; --c: #5c6570;
  --met: #087a57; --open: #2468a8; --unmet: #b34700; --moot: #63666a; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e6ea; --paper: #16181b; --quiet: #a6adb7; --box: #22252a; --line: #3a3f46; --link: #7cbdf6; --mark: #5a4a12;
    --k: #d6a3ee; --s: #8fd3a0; --m: #f2ac7c; --c: #a0a8b2;
    --met: #3cc79a; --open: #7cbdf6; --unmet: #f08a4b; --moot: #a6adb7; }
}
@media print { :root { color-scheme: light; --ink: #000; --paper: #fff; --quiet: #444; --box: #f4f5f7; --line: #ccc; --link: #000; --k: #7d2b9c; --s: #1d6b3a; --m: #a1420c; --c: #5c6570; --met: #087a57; --open: #2468a8; --unmet: #b34700; --moot: #63666a; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 3.5rem; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; color: var(--ink); background: var(--paper); font: 17px/var(--leading) system-ui, var(--letters); overflow-wrap: break-word; }
main, header, footer { max-width: 54rem; margin: 0 auto; padding: 0 1.25rem; }
main:focus { outline: none; }
main :is(p, ul, ol, blockquote, h1, h2, h3, h4, dl) { max-width: 42rem; }
main .output p { max-width: none; }
h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance; }
h1 { font-size: 2rem; margin: 1.2rem 0 1rem; }
h2 { font-size: 1.45rem; margin: 2.6rem 0 .8rem; }
h3 { font-size: 1.15rem; margin: 2rem 0 .6rem; }
header, footer { padding-block: 1rem; font-size: .9rem; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); }
header { display: flex; align-items: baseline; gap: 1.5rem; }
header nav { flex: 1; }
header nav, footer nav { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; }
nav [rel=next] { text-align: right; }
header .languages { flex: none; margin-left: auto; }
.languages + .book-search { margin-left: 0; }
.language { white-space: nowrap; }
.language.wished { padding: .2rem .8rem; border-radius: 6px; font-weight: 600; color: var(--paper); background: var(--link); text-decoration: none; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -100rem; padding: .5rem 1rem; background: var(--box); }
.skip:focus { left: 1rem; top: .5rem; z-index: 20; }
.side { max-width: 54rem; margin: 0 auto; padding: 0 1.25rem; font-size: .88rem; line-height: 1.4; }
.side ol { list-style: none; margin: .6rem 0 0; padding: 0; }
.side li { margin: .35rem 0; }
.side .level-3 { padding-left: 1rem; }
.side a { color: var(--quiet); text-decoration: none; }
.side a:is(:hover, :focus) { color: var(--link); text-decoration: underline; }
.side a[aria-current] { color: var(--link); font-weight: 600; }
@media (min-width: 84rem) {
  .with-side { padding-left: 17rem; }
  .side { position: fixed; inset: 0 auto 0 0; width: 17rem; padding: 1.4rem 1rem 2rem 1.5rem; overflow-y: auto; border-right: 1px solid var(--line); }
  .side .side-list { margin: 0; padding: 0; background: none; }
  .side summary { display: none; }
  .side-list::details-content { content-visibility: visible; block-size: auto; }
}
.cell { position: relative; }
.cell-link { position: absolute; left: -1.1rem; top: 0; width: 1.1rem; padding-top: .2rem; color: var(--quiet); text-decoration: none; opacity: 0; }
.cell:hover > .cell-link, .cell-link:focus, .cell:target > .cell-link { opacity: 1; }
@media (hover: none) { .cell-link { opacity: 1; } }
.cell:target::before { content: ''; position: absolute; inset: 0 auto 0 -1.25rem; width: 3px; background: var(--link); }
code, pre { font-family: ui-monospace, 'SF Mono', 'Cascadia Mono', Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace, var(--letters); text-autospace: no-autospace; text-spacing-trim: space-all; }
code { font-size: .86em; }
pre { overflow-x: auto; margin: .6rem 0; padding: .7rem .9rem; border-radius: 6px; background: var(--box); font-size: .77rem; line-height: 1.5; tab-size: 2; overflow-wrap: normal; }
pre code { font-size: inherit; }
.k { color: var(--k); }
.s { color: var(--s); }
.m { color: var(--m); }
.c { color: var(--c); }
.output pre { background: none; border-left: 3px solid var(--line); border-radius: 0; }
.output { margin-bottom: 1rem; }
[style*='color:#0a9268'] { color: var(--met) !important; }
[style*='color:#3b82c4'] { color: var(--open) !important; }
[style*='color:#d55e00'] { color: var(--unmet) !important; }
[style*='color:#7a7a7a'] { color: var(--moot) !important; }
img { max-width: 100%; height: auto; background: #fff; border-radius: 6px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
.katex-display { overflow-x: auto; overflow-y: hidden; padding: .2rem 0; margin: .8rem 0; }
@media (min-width: 60rem) { .katex-display { width: max-content; min-width: 100%; max-width: 51.5rem; } }
blockquote { margin: 1rem 0; padding: .1rem 1rem; border-left: 4px solid var(--link); background: var(--box); }
details { margin: .6rem 0; padding: .4rem .9rem; border-radius: 6px; background: var(--box); }
details pre { background: var(--paper); }
summary { cursor: pointer; font-weight: 600; }
.contents { list-style: none; padding: 0; }
.contents li { margin: 1rem 0; }
small { color: var(--quiet); }
mark { background: var(--mark); color: inherit; border-radius: 2px; }
.book-search, .search button, .shell-note button { font: inherit; font-size: .88rem; padding: .2rem .8rem; border: 1px solid var(--quiet); border-radius: 6px; background: var(--box); color: var(--ink); cursor: pointer; }
.book-search { margin-left: auto; }
.search { width: min(46rem, 100% - 1.5rem); height: min(44rem, 100% - 3rem); margin: 1.5rem auto auto; padding: 0; border: 1px solid var(--line); border-radius: 10px; color: var(--ink); background: var(--paper); }
.search::backdrop { background: rgb(0 0 0 / .45); }
.search[open] { display: flex; flex-direction: column; }
.search-head { display: flex; gap: .6rem; padding: .9rem 1rem .3rem; }
.search input { flex: 1; min-width: 0; font: inherit; padding: .35rem .7rem; border: 1px solid var(--quiet); border-radius: 6px; color: inherit; background: var(--paper); }
.search-count { margin: 0; padding: .2rem 1rem .5rem; color: var(--quiet); font-size: .85rem; border-bottom: 1px solid var(--line); }
.search-found { flex: 1; overflow-y: auto; margin: 0; padding: .4rem; list-style: none; }
.search-found a { display: block; padding: .45rem .7rem; border-radius: 6px; color: inherit; text-decoration: none; }
.search-found a:is(:hover, :focus) { background: var(--box); }
.search-found b { color: var(--link); }
.search-found span { display: block; font-size: .86rem; line-height: 1.45; color: var(--quiet); }
.search-found mark { color: var(--ink); }
.shell-note { margin: .8rem 0 0; color: var(--quiet); font-size: .85rem; }
.shell-news { position: fixed; inset: auto 1rem 1rem auto; z-index: 15; max-width: 24rem; margin: 0; padding: .7rem 1rem; border: 1px solid var(--link); border-radius: 8px; background: var(--paper); color: var(--ink); }
@media (max-width: 48rem) {
  html { scroll-padding-top: 6rem; }
  body { font-size: 16px; }
  h1 { font-size: 1.6rem; }
  h2 { font-size: 1.3rem; }
  main, header, footer, .side { padding-inline: 1.15rem; }
  header nav span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  header nav a { padding: .2rem .4rem; }
  .cell-link { left: -1rem; width: 1rem; font-size: .85rem; }
  pre { margin-inline: -.4rem; }
}
.run-bar { position: sticky; top: 0; z-index: 10; display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; max-width: 50rem; margin: 0 auto; padding: .5rem 1rem; background: var(--paper); color: var(--quiet); font-size: .9rem; }
.run-bar button, .run-cell { font: inherit; font-size: .85rem; padding: .2rem .7rem; border: 1px solid var(--quiet); border-radius: 6px; background: var(--box); color: var(--ink); cursor: pointer; }
.run-bar button:disabled { opacity: .5; cursor: default; }
.run-cell { float: right; position: relative; z-index: 1; margin: .3rem; }
.code_cell[data-run=waiting] .run-cell { border-style: dashed; }
.code_cell[data-run=running] .run-cell { border-color: var(--link); color: var(--link); }
.code_cell[data-run=done] .run-cell { border-color: #0a9268; }
.code_cell[data-run=failed] .run-cell { border-color: #d55e00; }
.run-output { overflow-x: auto; }
.run-figure { background: #fff; border-radius: 6px; width: fit-content; }
.run-error, .run-stderr { border-left: 3px solid #d55e00; }
.run-bar { max-width: 54rem; padding-inline: 1.25rem; }
@media (max-width: 48rem) { .run-bar { padding-inline: 1.15rem; } }
@page { margin: 16mm 15mm; }
@media print {
  .run-bar, .run-cell, header, footer nav, .side, .skip, .cell-link, .book-search, .shell-note, .shell-news { display: none; }
  body { font-size: 10.5pt; padding: 0; }
  .with-side { padding: 0; }
  main, main :is(p, ul, ol, blockquote) { max-width: none; }
  main { padding: 0; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 8pt; }
  img, table, blockquote, .katex-display { break-inside: avoid; }
  h1, h2, h3 { break-after: avoid; }
  p, li { orphans: 3; widows: 3; }
}
`;
