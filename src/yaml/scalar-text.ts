/** Words that some YAML reads as a boolean, null or a number: https://yaml.org/type/bool.html, https://yaml.org/spec/1.2.2/#103-core-schema */
const word = /^(?:y|n|yes|no|on|off|true|false|null|~|[-+]?\.(?:inf|nan))$/i;
/** Numbers of YAML 1.1 and 1.2 in any base, dates, sexagesimals: nothing but what these are made of. */
const numberLike = /^[-+.\d][\da-fox_.:+-]*(?:e[-+]?\d*)?$|^\d[\d:.tz -]*$/i;
/** Never mistaken for anything but a string, in block and in flow style. */
const plain = /^[\p{L}\p{N}/._][\p{L}\p{N}/._@+=-]*(?: [\p{L}\p{N}/._@+=()-]+)*$/u;
const plainInBlock = /^[\p{L}\p{N}/._][\p{L}\p{N}/._@+=,-]*(?: [\p{L}\p{N}/._@+=,()-]+)*$/u;

/**
 * Writes a string so that YAML 1.1, YAML 1.2 and Go read the same string back: plain if that is safe, else in double quotes.
 *
 * @param inFlow inside brackets, where a comma ends a value
 */
export function stringText(value: string, inFlow: boolean): string {
  const isPlain = (inFlow ? plain : plainInBlock).test(value) && !word.test(value) && !numberLike.test(value);
  return isPlain && !value.startsWith('---') && !value.startsWith('...') ? value : quoted(value);
}

/** JSON's quoting is YAML's, once the characters that YAML cannot print are escaped: https://yaml.org/spec/1.2.2/#51-character-set */
export function quoted(value: string): string {
  return JSON.stringify(value).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Writes a value that is no map or list.
 *
 * @throws UnsupportedEdit for a number that a double does not hold exactly
 */
export function scalarText(value: unknown, style: 'block' | 'flow' | 'json'): string {
  if (typeof value === 'string') return style === 'json' ? quoted(value) : stringText(value, style === 'flow');
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new UnsupportedEdit('a big integer');
  }
  return JSON.stringify(value) ?? 'null';
}

/** Text surgery cannot make this change; the caller takes another way. */
export class UnsupportedEdit extends Error {
  override name = 'UnsupportedEdit';
}
