/** The date of now (UTC, `2027-01-31`), against which the end dates of exemptions are held. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
