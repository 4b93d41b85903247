/** An answer as lines of a terminal. */
import { type CourseAnswer, type Finding, linkTo, plainText } from '../../lib/retrieval';

/** How to set the lines. */
export interface AnswerStyle {
  /** letters in a line at most, where no single word is longer */
  width: number;
  /** whether to set the best sentence in bold, as a terminal can */
  bold: boolean;
}

/** Letters of a passage that are shown around its best sentence. */
const surroundings = 320;

const map = 'notebooks/00-start-here.ipynb#cell-id=start-map';

/**
 * @param answer - of `createCourseSearch`
 * @param style - see {@link AnswerStyle}
 * @returns of each finding where it stands, its best sentence, the passage, and the link; or that there is none, and
 *   what helps
 */
export function answerText({ found, findings, unknown }: CourseAnswer, style: AnswerStyle): string {
  const unsaid = unknown.length > 0 ? [`The course nowhere says: ${unknown.join(', ')}.`] : [];
  if (found) {
    const hint = "To open one: npm start, and the link behind '/lab/tree/' in the address that it prints.";
    const notes = [...unsaid, hint].map((note) => wrapped(note, style.width));
    return [...findings.map((finding) => findingText(finding, style)), notes.join('\n')].join('\n\n');
  }
  const lines = [
    'Nothing found: no passage of the course holds enough of this question.',
    ...unsaid,
    `Ask in other words, one thing at a time; or look at the map of the course, ${map}, and at the glossary, docs/notation.md.`,
    ...(findings.length > 0 ? ['Nearest, if anything:'] : []),
  ];
  const nearest = findings.map(({ passage }) =>
    wrapped(`${placeOf(passage)}, ${linkTo(passage)}`, style.width, '  '),
  );
  return [...lines.map((line) => wrapped(line, style.width)), ...nearest].join('\n');
}

function placeOf({ title, heading }: Finding['passage']): string {
  return heading === title ? title : `${title} › ${plainText(heading)}`;
}

function findingText({ passage, sentence }: Finding, { width, bold }: AnswerStyle): string {
  const whole = plainText(passage.text);
  const first = wrapped(sentence, width, '  ');
  const rest = whole === sentence ? [] : [wrapped(around(whole, sentence), width, '  ')];
  return [
    wrapped(placeOf(passage), width),
    bold ? `\u001b[1m${first}\u001b[0m` : first,
    ...rest,
    `  ${linkTo(passage)}`,
  ].join('\n');
}

/** The passage, cut at words to what is near the sentence if it is long. */
function around(whole: string, sentence: string): string {
  if (whole.length <= surroundings) return whole;
  const middle = whole.indexOf(sentence) + sentence.length / 2;
  const from = Math.max(0, Math.min(whole.length - surroundings, Math.round(middle - surroundings / 2)));
  const start = from === 0 ? 0 : whole.indexOf(' ', from) + 1;
  const end =
    from + surroundings >= whole.length ? whole.length : whole.lastIndexOf(' ', from + surroundings);
  return `${start > 0 ? '… ' : ''}${whole.slice(start, end)}${end < whole.length ? ' …' : ''}`;
}

/** @returns the text in lines of at most `width` letters, broken at spaces, each after the indent */
export function wrapped(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  }
  return [...lines, indent + line].join('\n');
}
