/**
 * What people say before they know the trade's words: a search that compares words would not find these. The first
 * lines came of the questions to develop by, in `data/questions.json`; the others are what beginners and other books say.
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
chatbot chatgpt llm: language
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

gpu cuda: graphics accelerator
cpu: processor core
ram: memory
laptop pc computer: machine
cluster distributed parallel: worker machine
store export: save
terminal console shell: command
hang freeze stuck: interrupt
quick speed: fast time
money price: cost
sample datapoint: example
dataset: data
annotation truth: label target
mislabelled mistake: wrong label
imbalanced unbalanced: rare class
rotate: turn
shift translate: move
contaminate cheat: leak
normalise standardise: scale
backprop: backpropagation
derivative: gradient
optimum: minimum best
lowest: minimum
oscillate bounce: zigzag jitter
converge: arrive
explode nan infinity: diverge overflow
lr stepsize: rate
unit node: neuron
connection: weight
performance quality: accuracy
unseen: new validation
generalise: new validation
heart memorise: memorise overfitting
trust certain sure: confidence calibrated
significant: luck error
heatmap highlight saliency: map attribution
explain: explanation attribution
blackbox: explanation
creative: temperature
fragment piece: token
vanish: gradient
finetune customise: adapt
compress: quantisation
sound video: kind
private personal secret: privacy
copyright: licence
unfair discriminate: bias group
pollution climate: energy
`;

const known = new Map<string, string[]>();
for (const line of lines.split('\n').filter(Boolean)) {
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
