/** Finds strings in the text of JSON by where they stand, without making values of it. */

/**
 * What is looked for: by key. `*` stands for all other keys, and for the items of a list. A label at the end means the string there, or
 * every string below; a key itself is never found.
 */
export interface Places<Label extends string> {
  [key: string]: Places<Label> | Label | undefined;
}

const quote = 0x22;
const backslash = 0x5c;

/**
 * Goes through a text once.
 *
 * @param json valid
 * @param found is told each string, in their order: its label, and where it starts and ends between its quotes, in bytes
 * @returns false when a key on the way is spelled with an escape, so that nobody knows what it is without decoding it
 */
export function findStrings<Label extends string>(
  json: Buffer,
  places: Places<Label>,
  found: (label: Label, start: number, end: number) => void,
): boolean {
  /** What is looked for in each map and list that is open, the innermost last. */
  const open: (Places<Label> | Label | undefined)[] = [];
  let here: Places<Label> | Label | undefined = places;
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case 0x7b: // {
      case 0x5b: // [
        open.push(here);
        here = below(here, '*');
        break;
      case 0x7d: // }
      case 0x5d: // ]
        open.pop();
        break;
      case 0x2c: // ,
        here = below(open.at(-1), '*');
        break;
      case quote: {
        const start = at + 1;
        at = endOfString(json, start);
        if (isKey(json, at)) {
          const around = open.at(-1);
          if (typeof around !== 'object') break;
          const key = json.toString('latin1', start, at);
          if (key.includes('\\')) return false;
          here = below(around, key);
        } else if (typeof here === 'string') found(here, start, at);
      }
    }
  }
  return true;
}

function below<Label extends string>(
  places: Places<Label> | Label | undefined,
  key: string,
): Places<Label> | Label | undefined {
  if (typeof places !== 'object') return places;
  return Object.hasOwn(places, key) ? places[key] : places['*'];
}

/** @returns the place of its last quote */
function endOfString(json: Uint8Array, start: number): number {
  let at = start;
  while (json[at] !== quote && at < json.length) at += json[at] === backslash ? 2 : 1;
  return at;
}

/** Whether a colon follows. */
function isKey(json: Uint8Array, end: number): boolean {
  let at = end + 1;
  while ((json[at] ?? 0x21) <= 0x20) at++;
  return json[at] === 0x3a;
}
