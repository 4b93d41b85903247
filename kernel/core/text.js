/** Values as text, whatever they are: nothing in here throws, and nothing grows without end. */

/** @typedef {(value: any, options?: object) => string} Inspect */

/** A value as text. @param {unknown} value @param {Inspect} inspect */
function textOf(value, inspect) {
  const ways = [
    () => inspect(value),
    () => inspect(value, { customInspect: false }),
    () => Object.prototype.toString.call(value),
  ];
  for (const way of ways) {
    try {
      return String(way());
    } catch {
      // A proxy or a method of the reader's own that throws: the next way asks it for less.
    }
  }
  return '[a value that cannot be shown]';
}

/** A property, if it can be read. @param {any} value @param {PropertyKey} name @returns {any} */
function read(value, name) {
  try {
    return value[name];
  } catch {
    return undefined;
  }
}

/** @param {number} count @param {string} noun in the singular */
const counted = (count, noun) => `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;

/** The beginning of a text, with what is left out counted. @param {string} text @param {number} characters */
function cut(text, characters) {
  if (text.length <= characters) return text;
  return `${text.slice(0, characters)}… ${counted(text.length - characters, 'more character')}`;
}

/** The first lines of a text, with what is left out counted. @param {string} text @param {number} limit */
function cutLines(text, limit) {
  const lines = text.split('\n');
  if (lines.length <= limit + 1) return text;
  return [...lines.slice(0, limit), `… ${counted(lines.length - limit, 'more line')}`].join('\n');
}

module.exports = { counted, cut, cutLines, read, textOf };
