const day = 24 * 60 * 60 * 1000;
let last = { number: Number.NaN, date: '' };

/** The date of now (UTC, `2027-01-31`), against which the end dates of exemptions are held. Written once a day. */
export function today(): string {
  const number = Math.floor(Date.now() / day);
  if (number !== last.number) last = { number, date: new Date(number * day).toISOString().slice(0, 10) };
  return last.date;
}
