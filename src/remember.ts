/** A longer text is worked out each time: pods choose it, and nobody shall fill the memory. */
const maxLength = 256;

/**
 * Remembers what was made of a text: a cluster sends the same few again and again.
 *
 * @param most of how many texts; with one more, all are forgotten
 * @param make pure; never gives undefined
 */
export function remember<Value>(most: number, make: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>();
  return (text) => {
    const earlier = known.get(text);
    if (earlier !== undefined) return earlier;
    const value = make(text);
    if (text.length <= maxLength) {
      if (known.size >= most) known.clear();
      known.set(text, value);
    }
    return value;
  };
}
