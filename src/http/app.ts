/** The webhook as an express app. It does not listen: src/http/server.ts does. */
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { modes } from '../admission/mode.ts';
import { createMutate, type MutateContext } from './mutate.ts';
import { encodeStatus, refuse, send } from './status.ts';

const paths = `POST ${modes.map((mode) => `/mutate/${mode}`).join(', ')}; GET /healthz, /readyz`;

/**
 * Makes the app.
 *
 * @example createServer(tls, createApp({ settings, logger, metrics, lifecycle: { phase: 'ready' } })).listen(8443)
 */
export function createApp(context: MutateContext): Express {
  const { lifecycle, logger } = context;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false); // the API server adds ?timeout=10s, which nobody reads

  const mutate = createMutate(context);
  app.route('/mutate/enforce').post(mutate('enforce')).all(methodNotAllowed('POST'));
  app.route('/mutate/warn').post(mutate('warn')).all(methodNotAllowed('POST'));
  app.route('/mutate/audit').post(mutate('audit')).all(methodNotAllowed('POST'));

  app
    .route('/healthz')
    .get((_request, response) => sendText(response, 200, 'ok\n'))
    .all(methodNotAllowed('GET'));
  app
    .route('/readyz')
    .get((_request, response) => {
      const { phase, waitingFor } = lifecycle;
      if (phase === 'ready') sendText(response, 200, 'ok\n');
      else if (phase === 'starting' && waitingFor) sendText(response, 503, `not ready: waiting for ${waitingFor}\n`);
      else sendText(response, 503, `not ready: ${phase}\n`);
    })
    .all(methodNotAllowed('GET'));

  app.use((request: Request, response: Response) => {
    refuse(request, response, 404, `${describe(request)}: no such path; there are ${paths}`);
  });
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error);
    if (isClientError(error)) return refuse(request, response, 400, `${describe(request)}: the path cannot be decoded`);
    logger.error({ err: error, method: request.method }, 'internal error');
    send(response, 500, encodeStatus(500, 'internal error in Permafrost; its log says more'));
  });
  return app;
}

function methodNotAllowed(allow: string): (request: Request, response: Response) => void {
  return (request, response) => {
    refuse(request, response, 405, `${describe(request)}: only ${allow} is answered here`, { allow });
  };
}

function sendText(response: Response, code: number, text: string): void {
  send(response, code, text, { 'content-type': 'text/plain' });
}

function describe({ method, path }: Request): string {
  return `${method} ${path.slice(0, 200)}`;
}

/** express throws these itself, with a status, for a path such as `/%zz`. */
function isClientError(error: unknown): boolean {
  return error instanceof URIError || (error instanceof Error && 'status' in error && error.status === 400);
}
