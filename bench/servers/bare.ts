/** A program: Node's own HTTPS server, which parses each review. Arguments: port, certificate, key and, if it shall patch, a file with the patch. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { answerReview, readArguments } from './answer.ts';

const { port, tls, rest } = readArguments();
const [patchFile] = rest;
const patch = patchFile === undefined ? undefined : readFileSync(patchFile).toString('base64');
createServer({ ...tls, keepAliveTimeout: 120_000 }, (request, response) => {
  if (request.method === 'POST') answerReview(request, response, patch);
  else response.end('ok\n');
}).listen(port, '127.0.0.1');
