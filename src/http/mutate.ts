/** `POST /mutate/<mode>`: bytes in, bytes out. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AdmitSettings } from '../admission/admit.ts';
import type { Mode } from '../admission/mode.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { today } from '../today.ts';
import type { Afterwards } from './afterwards.ts';
import { inBatches } from './batches.ts';
import { isJson, maxBodyBytes, readBody } from './body.ts';
import { type Answer, createDecide } from './decide.ts';
import type { Lifecycle } from './lifecycle.ts';
import { describeOutcome, describeReview } from './review-log.ts';
import { type ErrorStatus, encodeStatus, refuse, send } from './status.ts';

export interface MutateContext {
  settings: AdmitSettings;
  logger: Logger;
  metrics: Metrics;
  lifecycle: Lifecycle;
  /** For the log and the metrics. */
  afterwards: Afterwards;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** One request on its way. */
interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  mode: Mode;
  /** Milliseconds on the clock of `performance.now()`. */
  started: number;
}

/** One whose body is there. */
interface Pending {
  exchange: Exchange;
  body: Buffer;
  answer?: Answer;
}

/**
 * How long a body or an answer may be that is dealt with together with others. Node hears that a write is through one turn later when it
 * was made in a batch; after an answer of 64 KiB or more (a socket's high-water mark) it then takes the next request on the connection
 * for too early, pauses its parser, and resets the connection when the rest comes ("Parse Error: Paused"). So what is long is answered at
 * once, and the rare long answer to a short body is the last on its connection.
 */
const maxTogether = 32 * 1024;

/** Makes the function that makes the handler of a mode. */
export function createMutate({
  settings,
  logger,
  metrics,
  lifecycle,
  afterwards,
}: MutateContext): (mode: Mode) => Handler {
  const decideOn = createDecide(settings);
  const answerSoon = inBatches<Pending>([decide, reply]);

  return (mode) => (request, response) => {
    const exchange: Exchange = { request, response, mode, started: performance.now() };
    const contentType = request.headers['content-type'];
    if (!isJson(contentType)) {
      const given = contentType === undefined ? 'nothing' : JSON.stringify(contentType.slice(0, 80));
      reject(exchange, 415, `Content-Type: must be application/json, not ${given}`);
      return;
    }
    readBody(request, maxBodyBytes, (result) => {
      if ('body' in result) take({ exchange, body: result.body });
      else if (result.problem === 'too-large') {
        reject(exchange, 413, `the body is larger than ${maxBodyBytes} bytes, which no review of an API server is`);
      } else {
        logger.info({ mode, duration: elapsed(exchange) }, 'client went away before the end of its request');
      }
    });
  };

  function take(pending: Pending): void {
    if (pending.body.length <= maxTogether) answerSoon(pending);
    else {
      decide(pending);
      reply(pending);
    }
  }

  function decide(pending: Pending): void {
    pending.answer = decideOn(pending.body, pending.exchange.mode, today());
  }

  function reply({ exchange, body, answer }: Pending): void {
    if (!answer) return;
    if (answer.kind === 'invalid') {
      reject(exchange, 400, answer.reason);
      return;
    }
    const { response, mode } = exchange;
    if (answer.kind === 'review') {
      // an answer on a connection that is about to go says so, or the API server sends its next review into the void
      const isLast = lifecycle.phase === 'draining' || (body.length <= maxTogether && answer.text.length > maxTogether);
      send(response, 200, answer.text, isLast ? { connection: 'close' } : undefined);
    } else {
      const message = `internal error in Permafrost; its log says more, with the uid ${answer.uid}`;
      send(response, 500, encodeStatus(500, message));
    }
    const duration = elapsed(exchange);
    afterwards.add(() => record(mode, answer, duration));
  }

  function record(mode: Mode, answer: Exclude<Answer, { kind: 'invalid' }>, duration: number): void {
    if (answer.kind === 'error') {
      metrics.countReview(mode, 'error', duration / 1000);
      logger.error({ uid: answer.uid, mode, outcome: 'error', err: answer.error, duration }, 'internal error');
      return;
    }
    const { uid, subject, outcome } = answer;
    metrics.countReview(mode, outcome.kind, duration / 1000);
    if ('findings' in outcome) metrics.countHardened(mode, outcome);
    if (!logger.isLevelEnabled('info')) return;
    const what = { ...(subject && describeReview(subject)), ...describeOutcome(outcome) };
    logger.info({ uid, mode, outcome: outcome.kind, ...what, duration }, 'review');
  }

  function reject(exchange: Exchange, code: ErrorStatus, reason: string): void {
    const { request, response, mode } = exchange;
    const duration = elapsed(exchange);
    refuse(request, response, code, reason);
    afterwards.add(() => {
      metrics.countReview(mode, 'invalid', duration / 1000);
      logger.warn({ mode, outcome: 'invalid', status: code, reason, duration }, 'not a review');
    });
  }
}

/** In milliseconds, to the microsecond. */
function elapsed({ started }: Exchange): number {
  return Math.round((performance.now() - started) * 1000) / 1000;
}
