/** The style of the book's pages: quiet, light or dark as the reader's system is. */
export const pageStyle = `
:root { color-scheme: light dark; --ink: #1c1e21; --paper: #fff; --quiet: #5f6670; --box: #f4f5f7; --link: #0b62a8; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e6ea; --paper: #16181b; --quiet: #a0a7b1; --box: #22252a; --link: #6cb6f5; }
}
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--paper); font: 17px/1.6 system-ui, sans-serif; }
main, header, footer { max-width: 50rem; margin: 0 auto; padding: 0 1rem; }
header, footer { padding-block: 1rem; font-size: .9rem; }
nav { display: flex; justify-content: space-between; gap: 1rem; }
a { color: var(--link); }
.anchor-link, .jp-InputPrompt, .jp-OutputPrompt, .prompt { display: none; }
pre { overflow-x: auto; padding: .7rem .9rem; border-radius: 6px; background: var(--box); font-size: .85rem; line-height: 1.45; }
.jp-OutputArea-output pre, .output_area pre { background: none; border-left: 3px solid var(--box); }
img { max-width: 100%; height: auto; background: #fff; border-radius: 6px; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--box); text-align: left; }
.katex-display { overflow-x: auto; overflow-y: hidden; padding: .2rem 0; }
blockquote { margin: 1rem 0; padding: .1rem 1rem; border-left: 4px solid var(--link); background: var(--box); }
details { margin: .6rem 0; padding: .4rem .9rem; border-radius: 6px; background: var(--box); }
summary { cursor: pointer; font-weight: 600; }
.contents { list-style: none; padding: 0; }
.contents li { margin: .8rem 0; }
small { color: var(--quiet); }
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
@media print { .run-bar, .run-cell { display: none; } }
`;
