/** What the editor says to a reader: a sentence, and the values that stand in it in braces. */
export function say(english: string, values: Readonly<Record<string, string | number>> = {}): string {
  return english.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
