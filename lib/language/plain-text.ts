/** Markdown as plain text: what a search reads, and what a terminal shows. */

const signs: Record<string, string> = {
  ...{ alpha: 'α', beta: 'β', gamma: 'γ', delta: 'δ', Delta: 'Δ', varepsilon: 'ε', theta: 'θ', kappa: 'κ' },
  ...{
    lambda: 'λ',
    mu: 'μ',
    xi: 'ξ',
    pi: 'π',
    Pi: 'Π',
    rho: 'ρ',
    sigma: 'σ',
    tau: 'τ',
    phi: 'φ',
    varphi: 'φ',
  },
  ...{ omega: 'ω', nabla: '∇', partial: '∂', sum: 'Σ', prod: 'Π', int: '∫', infty: '∞', ell: 'ℓ', odot: '⊙' },
  ...{ leftarrow: '←', to: '→', Rightarrow: '⇒', Longleftrightarrow: '⇔', cdot: '·', times: '×', pm: '±' },
  ...{
    le: '≤',
    ge: '≥',
    ne: '≠',
    approx: '≈',
    ll: '≪',
    in: '∈',
    mid: '|',
    lVert: '‖',
    rVert: '‖',
    lvert: '|',
  },
  ...{ rvert: '|', top: 'ᵀ', dots: '…', ldots: '…', quad: ' ', qquad: ' ', prime: '′' },
};

const accents: Record<string, string> = { hat: '\u0302', tilde: '\u0303', bar: '\u0304' };
const raised: Record<string, string> = Object.fromEntries(
  [...'⁰¹²³⁴⁵⁶⁷⁸⁹'].map((sign, digit) => [digit, sign]),
);
const lowered: Record<string, string> = Object.fromEntries(
  [...'₀₁₂₃₄₅₆₇₈₉'].map((sign, digit) => [digit, sign]),
);

/** @returns a formula's LaTeX, spelt on one line as far as that goes: `\frac{\alpha}{2}\,x_1^2` is `α/2 x₁²` */
function spelt(latex: string): string {
  return latex
    .replace(
      /\\(?:begin|end)\{\w+\}|\\(?:left|right|[bB]igg?[lrg]?|boxed|underbrace|mathbf|mathbb|mathcal|mathrm)(?![a-z])/g,
      '',
    )
    .replace(/\\(?:text|operatorname)(?![a-z])/g, ' ')
    .replace(/\\([a-zA-Z]+)/g, (whole, name: string) => signs[name] ?? whole)
    .replace(
      /\\(hat|tilde|bar)\s*\{?([\p{L}])\}?/gu,
      (_, name: string, letter: string) => letter + accents[name],
    )
    .replace(/\\[td]?frac\s*(\d|\{[^{}]*\})\s*(\d|\{[^{}]*\})/g, (_, above: string, below: string) =>
      [above, below].map(grouped).join('/'),
    )
    .replace(/\\sqrt\s*(\{[^{}]*\}|.)/gu, (_, inside: string) => `√${grouped(inside)}`)
    .replace(/\\([a-zA-Z]+)/g, '$1 ')
    .replace(/\\[,;!:\\ ]|&|~/g, ' ')
    .replace(/-/g, '−')
    .replace(/\^(\d)|\^\{(\d+)\}/g, (_, one?: string, more?: string) =>
      [...(one ?? more ?? '')].map((digit) => raised[digit]).join(''),
    )
    .replace(/_(\d)|_\{(\d+)\}/g, (_, one?: string, more?: string) =>
      [...(one ?? more ?? '')].map((digit) => lowered[digit]).join(''),
    )
    .replace(/\^(ᵀ|\{ᵀ\})/g, 'ᵀ')
    .replace(/[{}\\]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** What stood in braces, in brackets unless it is a single sign or a number. */
function grouped(part: string): string {
  const inside = part.replace(/^\{|\}$/g, '').trim();
  return /^(?:[\d.]+|[\p{L}∂∇]{1,2}[\u0300-\u036f]?)$/u.test(inside) ? inside : `(${inside})`;
}

/**
 * Takes the signs of Markdown away: of links the words are left, of code the text, and formulas are spelt on one line.
 *
 * @param markdown - a paragraph
 * @returns one line
 */
export function plainText(markdown: string): string {
  return markdown
    .replace(/!?\[((?:[^[\]]|\[[^[\]]*\])*)\]\((?:[^()]|\([^()]*\))*\)/g, '$1')
    .replace(/\$\$([^$]+)\$\$|\$([^$]+)\$/g, (_, block?: string, inline?: string) =>
      spelt(block ?? inline ?? ''),
    )
    .replace(/`([^`]+)`/g, '$1')
    .replace(/\*{1,2}(?=\S)([^*]*[^\s*])\*{1,2}/g, '$1')
    .replace(/^>\s?/, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** @returns the Markdown without its formulas, whose letters are no words */
export function withoutFormulas(markdown: string): string {
  return markdown.replace(/\$\$[^$]+\$\$|\$[^$]+\$/g, ' ');
}

/**
 * Splits a text after full stops, question marks and colons that a space and a capital follow.
 *
 * @param text - plain
 * @returns at least one sentence
 */
export function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.?!:]["”)]?)\s+(?=["“(]?[A-Z])/);
}
