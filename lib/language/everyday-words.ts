/**
 * What a reader says before he knows the trade's word: a search that compares words would not find it.
 * Each line came of a question in `data/questions.json` that is there to develop by, and of none that is held out.
 */
import { wordsOf } from './words';

/** The reader's words, a colon, the course's words for it. */
const lines = `
exclusive: XOR
image photo photograph: picture digit
spreadsheet excel: table CSV
electricity: energy watts
shortcut skip: residual
dot: score
teach: train
slow: time overhead
category kind: class
handful few: rare
computation compute: arithmetic FLOPs
chatbot chatgpt: language
arithmetic calculate: sum add
slope: gradient
perfect: overfitting
order: position
stack: depth
wide: width
smaller shrink: fall schedule
caption: name
zero: equal
wildly: outlier
lucky: luck chance seed
start: initialise random
decision: attribution
expensive: cost
activation: nonlinear
transformer: attention
later: ahead mask
subtract: minus
`;

const known = new Map<string, string[]>();
for (const line of lines.trim().split('\n')) {
  const [said, meant] = line.split(':').map(wordsOf);
  for (const word of said) known.set(word, [...(known.get(word) ?? []), ...meant]);
}

/**
 * @param word - one of a question's, as {@link wordsOf} gives it
 * @returns what the course may call it, itself first
 */
export function alsoCalled(word: string): string[] {
  return [word, ...(known.get(word) ?? [])];
}
