/**
 * The words of a text as a search compares them: in small letters, without their endings, and without those
 * that every text is full of.
 *
 * @example
 * wordsOf('Why do the optimisers need a learningRate?');
 * // [ 'optimis', 'need', 'learn', 'rate' ]
 */

/** Words that say nothing of what a text or a question is about. */
const stopWords = new Set(
  `a about above after again against ago all almost along already also although always am among an and
  another any anybody anyone anything are around as at away back based be because been before behind
  being below between both but by ca came can cannot cant come comes could did do does doesnt doing done
  dont down each either else enough even ever every exactly far few first for from further get gets give
  given gives go goes going gone got had happen happens has have having he hence her here his how however
  i if in instead into is isnt it its itself just keep know last let like made make makes many may me
  might mine more most much must my near neither never no none nor not nothing now of off often on once
  one only or other others our out over own per perhaps put quite rather really same say says see seen
  shall she should since so some somebody someone something still such take takes tell than that the
  their them themselves then there these they thing things this those though through thus to too try two
  under until up upon us use used uses using very want was way we well were what whatever when where
  whether which while who whom whose why will with within without wo wont would yes yet you your yourself`.split(
    /\s+/,
  ),
);

/** Forms that no ending explains, and adjectives of one meaning: they say too little to be told apart by their rarity. */
const irregular = new Map(
  `big:large bigger:large biggest:large huge:large largest:large tiny:small smallest:small quick:fast quickly:fast
  quicker:fast fastest:fast began:begin begun:begin chose:choose chosen:choose drew:draw drawn:draw fell:fall fallen:fall found:find grew:grow
  grown:grow held:hold knew:know known:know learnt:learn left:leave lost:lose meant:mean
  shown:show taught:teach thought:think understood:understand written:write wrote:write`
    .split(/\s+/)
    .map((pair) => pair.split(':') as [string, string]),
);

/** Endings that go, in this order: what is left must be as long as the pattern asks. */
const endings: readonly (readonly [RegExp, string])[] = [
  // American spelling becomes British.
  [/iz(e[drs]?|ers|ing|ations?)$/, 'is$1'],
  // Plurals, but not `loss`, `bias` and `basis`.
  [/(..)ies$/, '$1y'],
  [/(?:([sx]|sh|ch)es|([^aisu]|[^i]a)s)$/, '$1$2'],
  // Verbs; a consonant that was doubled is one again.
  [/^(.*[aeiouy].*)(?:ed|ing)$/, '$1'],
  [/([bdgmnprt])\1$/, '$1'],
  // What becomes of verbs and adjectives.
  [/(....)(?:ly|ment|ness|al)$/, '$1'],
  [/(....)at(?:e|ion|or|ive)?$/, '$1'],
  [/(..[st])(?:ion|or|ive)$/, '$1'],
  [/(....)er$/, '$1'],
  [/(..)e$/, '$1'],
  [/(..)y$/, '$1i'],
];

/**
 * Takes a word's endings away, so that its forms become one: `trained`, `training` and `trains` are `train`.
 * What is left need be no word.
 *
 * @param word - in small letters
 * @returns the word without its endings
 */
function stem(word: string): string {
  const regular = irregular.get(word) ?? word;
  if (regular.length < 4) return regular;
  return endings.reduce((left, [ending, instead]) => left.replace(ending, instead), regular);
}

/**
 * The words of a text that a search compares, in their order, each as often as it stands there. A name in
 * code, as `learningRate`, is as many words as it has parts.
 *
 * @param text - plain text or Markdown
 * @returns stems of all words but the stop words
 */
export function wordsOf(text: string): string[] {
  const plain = text
    .replace(/\b([a-z]+)(?=[A-Z])/g, '$1 ')
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/n['’]t\b|['’](?:s|re|ve|ll|d|m)\b/g, '')
    .replace(/['’]/g, '');
  const words = plain.match(/[a-z][a-z0-9]+|\d{2,}/g) ?? [];
  return words.filter((word) => !stopWords.has(word)).map(stem);
}
