/** Formulas in pages: set by KaTeX, as nothing but HTML and MathML. */

/** `$…$` in a line of plain text becomes a formula. */
export function withTex(html: string): string {
  return html.replace(/\$([^$]+)\$/g, '<descent-tex display="inline">$1</descent-tex>');
}

const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' };

export function withoutEntities(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name) return entities[name] ?? whole;
    return String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16));
  });
}

/** What KaTeX made of a formula before, by its TeX: most stand more than once. */
const formulasSet = new Map<string, string>();

/**
 * `render.py` leaves formulas as <descent-tex>; KaTeX sets them, with MathML inside for screen readers.
 *
 * @param form - what stands for the formula, of what KaTeX makes of it
 */
export async function withFormulas(html: string, name: string, form = withoutSource): Promise<string> {
  const { default: katex } = await import('katex');
  return html.replace(
    /<descent-tex display=["'](\w+)["']>([\s\S]*?)<\/descent-tex>/g,
    (_, display: string, tex: string, at: number) => {
      const displayMode = display === 'block';
      const known = formulasSet.get(`${displayMode} ${tex}`);
      if (known) return form(known);
      try {
        const options = { displayMode, throwOnError: true, strict: 'ignore' } as const;
        const formula = katex.renderToString(withoutEntities(tex), options);
        formulasSet.set(`${displayMode} ${tex}`, formula);
        return form(formula);
      } catch (error) {
        const cell = html
          .slice(0, at)
          .match(/ id="cell-id=([^"]*)"/g)
          ?.at(-1)
          ?.slice(13, -1);
        const where = cell ? `${name}, cell '${cell}'` : name;
        throw new Error(`Cannot set a formula in ${where}: ${(error as Error).message}`);
      }
    },
  );
}

/** A formula without its TeX, which no browser shows, and as MathML wants it. */
function withoutSource(formula: string): string {
  return (
    formula
      .replace(/<annotation[\s\S]*?<\/annotation>/g, '')
      // KaTeX writes the index of $\lambda_{\max}$ as two elements, where there is room for one.
      .replace(/<mi[^>]*>[^<]*<\/mi><mo[^>]*>\u2061<\/mo>/g, '<mrow>$&</mrow>')
  );
}

/** A formula as a reader would type it into a search. */
export function textOfFormula(formula: string): string {
  return (/<math[\s\S]*?<\/math>/.exec(withoutSource(formula))?.[0] ?? '').replace(/<[^>]*>/g, '');
}
