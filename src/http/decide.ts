/** From the bytes of a review to those of its answer: as it was decided on one that says the same, or afresh. */
import { type AdmitSettings, admit, type Outcome } from '../admission/admit.ts';
import { createKnownReviews, type Decided } from '../admission/known-reviews.ts';
import type { Mode } from '../admission/mode.ts';
import { answerTo, encodeDecision, encodeResponse } from '../admission/respond.ts';
import { parseReview, type ReviewSubject, subjectOf } from '../admission/review.ts';
import { decodeJson } from './body.ts';

export type Answer =
  | { kind: 'review'; uid: string; subject: ReviewSubject | undefined; outcome: Outcome; text: string }
  | { kind: 'invalid'; reason: string }
  /** A bug of ours; the failure policy of the webhook configuration decides what becomes of the pod. */
  | { kind: 'error'; uid: string | undefined; error: unknown };

/**
 * Makes the function that decides, which never throws.
 *
 * @param settings may be given another policy or table at any time
 */
export function createDecide(settings: AdmitSettings): (body: Buffer, mode: Mode, today: string) => Answer {
  const known = createKnownReviews(settings);

  return (body, mode, today) => {
    let uid: string | undefined;
    try {
      const same = known.find(body, mode, today);
      if (same) return answerWith(same);
      const decoded = decodeJson(body);
      if ('problem' in decoded) return { kind: 'invalid', reason: decoded.problem };
      const parsed = parseReview(decoded.value);
      if ('invalid' in parsed) return { kind: 'invalid', reason: parsed.invalid };
      uid = parsed.uid;
      if ('problem' in parsed) {
        const outcome: Outcome = { kind: 'refused', message: parsed.problem };
        return { kind: 'review', uid, subject: undefined, outcome, text: encodeResponse(uid, mode, outcome) };
      }
      const outcome = admit(parsed.review, mode, settings, today);
      const decided = { subject: subjectOf(parsed.review), outcome, decision: encodeDecision(mode, outcome) };
      known.add(body, mode, decided);
      return answerWith(decided);
    } catch (error) {
      return { kind: 'error', uid, error };
    }
  };
}

function answerWith({ subject, outcome, decision }: Decided): Answer {
  return { kind: 'review', uid: subject.uid, subject, outcome, text: answerTo(subject.uid, decision) };
}
