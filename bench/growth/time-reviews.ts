import type { AdmitSettings } from '../../src/admission/admit.ts';
import { reviewOnce } from './review-once.ts';

/** Milliseconds of processor time: unlike those on the clock they do not grow when others use the machine. */
const enough = 60;

/**
 * Reviews the bodies in turn for a while.
 *
 * @returns microseconds of processor time for each review
 */
export function timeReviews(next: () => Buffer, settings: AdmitSettings, milliseconds = enough): number {
  let reviews = 0;
  let patched = 0;
  const before = process.cpuUsage();
  for (;;) {
    for (let batch = 0; batch < 8; batch++) {
      if (reviewOnce(next(), settings)) patched++;
      reviews++;
    }
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1000 < milliseconds) continue;
    if (patched === 0) throw new Error('no pod was patched, so nothing was measured');
    return (user + system) / reviews;
  }
}
