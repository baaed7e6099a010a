/** Reads JSON with places. The values come from JSON.parse; this only scans, so that 100 MB need no tree of nodes. */
import { maxDepth, type ParseProblem, tooDeep } from './parse-problem.ts';
import type { TextEntry, TextNode } from './text-node.ts';

const space = /[ \t\r\n]*/y;
const string = /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const literal = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * Checks a text that should be one JSON value.
 *
 * @returns the first thing that is wrong, and keys that stand twice
 */
export function checkJson(text: string): { broken: ParseProblem | undefined; duplicates: ParseProblem[] } {
  const duplicates: ParseProblem[] = [];
  /** For each open bracket its kind, and of a map the keys so far. */
  const open: { at: number; keys: Set<string> | undefined }[] = [];
  const broken = (offset: number, message: string) => ({ broken: { offset, message }, duplicates });
  const wrong = (offset: number, wanted: string) => {
    const last = open.at(-1);
    if (offset < text.length) {
      return broken(
        offset,
        `not valid JSON: ${JSON.stringify(text.slice(offset, offset + 1))} where ${wanted} belongs`,
      );
    }
    const opened = last ? `; the ${last.keys ? '{' : '['} of line ${lineOf(text, last.at)} is still open` : '';
    return broken(offset, `not valid JSON: the text ends where ${wanted} belongs${opened}; is the file complete?`);
  };

  let at = skip(space, text, 0);
  for (;;) {
    // a value
    const character = text[at];
    if (character === '{' || character === '[') {
      if (open.length >= maxDepth) return broken(at, tooDeep);
      open.push({ at, keys: character === '{' ? new Set() : undefined });
      at = skip(space, text, at + 1);
      if (text[at] !== (character === '{' ? '}' : ']')) {
        if (character === '[') continue;
        const next = readKey();
        if (typeof next !== 'number') return next;
        at = next;
        continue;
      }
    } else {
      const end = character === '"' ? skip(string, text, at) : skip(literal, text, at);
      if (end === at) return character === '"' ? badString(at) : wrong(at, 'a value');
      at = end;
    }
    // behind a value: close brackets, or go on to the next one
    for (;;) {
      at = skip(space, text, at);
      const last = open.at(-1);
      if (!last) return at < text.length ? wrong(at, 'the end') : { broken: undefined, duplicates };
      if (text[at] === (last.keys ? '}' : ']')) {
        open.pop();
        at++;
        continue;
      }
      if (text[at] !== ',') return wrong(at, `"," or "${last.keys ? '}' : ']'}"`);
      at = skip(space, text, at + 1);
      if (!last.keys) break;
      const next = readKey();
      if (typeof next !== 'number') return next;
      at = next;
      break;
    }
  }

  function readKey(): number | ReturnType<typeof broken> {
    if (text[at] !== '"') return wrong(at, 'a key in double quotes');
    const end = skip(string, text, at);
    if (end === at) return badString(at);
    const key: string = JSON.parse(text.slice(at, end));
    const keys = open.at(-1)?.keys;
    if (keys?.has(key)) duplicates.push({ offset: at, message: duplicateKey(key) });
    keys?.add(key);
    const colon = skip(space, text, end);
    if (text[colon] !== ':') return wrong(colon, '":"');
    return skip(space, text, colon + 1);
  }

  function badString(start: number): ReturnType<typeof broken> {
    string.lastIndex = start;
    const end = /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/uy;
    const stop = skip(end, text, start);
    if (stop >= text.length) return wrong(stop, `the end of the string of line ${lineOf(text, start)}`);
    return broken(
      stop,
      'not valid JSON: a string with a line break, a control character or an unknown escape; escape it',
    );
  }
}

/** What to say of a key that stands twice. */
export function duplicateKey(key: string): string {
  return `the key ${JSON.stringify(key)} stands twice in this map, and only one of them counts; remove the other`;
}

/** The value of a valid JSON text, with its place. */
export function jsonRoot(text: string): TextNode {
  return nodeAt(text, skip(space, text, 0));
}

function nodeAt(text: string, start: number): TextNode {
  const bracket = text[start];
  const kind = bracket === '{' ? 'map' : bracket === '[' ? 'seq' : 'scalar';
  const end = valueEnd(text, start);
  let entries: TextEntry[] | undefined;
  return {
    kind,
    start,
    end,
    flow: true,
    get entries() {
      entries ??= kind === 'scalar' ? [] : readEntries(text, start, kind);
      return entries;
    },
  };
}

function readEntries(text: string, start: number, kind: 'map' | 'seq'): TextEntry[] {
  const entries: TextEntry[] = [];
  let at = skip(space, text, start + 1);
  while (text[at] !== '}' && text[at] !== ']') {
    const from = at;
    let key: string | undefined;
    if (kind === 'map') {
      const keyEnd = skip(string, text, at);
      key = JSON.parse(text.slice(at, keyEnd)) as string;
      at = skip(space, text, keyEnd) + 1;
    }
    const valueFrom = at;
    const value = nodeAt(text, skip(space, text, at));
    entries.push({ key, start: from, valueFrom, end: value.end, value });
    at = skip(space, text, value.end);
    if (text[at] === ',') at = skip(space, text, at + 1);
  }
  return entries;
}

const bracketOrString = /[^"[\]{}]*/y;

function valueEnd(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return skip(string, text, start);
  if (first !== '{' && first !== '[') return skip(literal, text, start);
  let depth = 0;
  let at = start;
  do {
    const character = text[at];
    if (character === '"') at = skip(string, text, at);
    else {
      depth += character === '{' || character === '[' ? 1 : -1;
      at++;
    }
    if (depth > 0) at = skip(bracketOrString, text, at);
  } while (depth > 0);
  return at;
}

function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}

function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
