const token =
  /[ \t\n\r]*(?:(?<punctuation>[{}[\],:])|"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/sy;

/**
 * Finds the first token in a text that cannot stand there, where a value should. Only for texts that `JSON.parse` refuses with an
 * "Unexpected token": it knows the place of all other errors.
 *
 * @returns its offset, in UTF-16 units
 */
export function findUnexpectedToken(text: string): number {
  let wantsValue = true;
  let afterBracket = false;
  token.lastIndex = 0;
  for (let start = 0; ; start = token.lastIndex) {
    const match = token.exec(text);
    if (!match) return start + (/[^ \t\n\r]/.exec(text.slice(start))?.index ?? 0);
    const mark = match.groups?.['punctuation'];
    const opens = mark === '{' || mark === '[';
    if (wantsValue && mark !== undefined && !opens && !(mark === ']' && afterBracket)) return token.lastIndex - 1;
    wantsValue = mark === ',' || mark === ':' || mark === '[';
    afterBracket = mark === '[';
  }
}
