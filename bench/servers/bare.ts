/** A program: Node's own HTTPS server, which parses each review. Arguments: port, certificate, key and, if it shall patch, a file with the answer. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { answerReview, readArguments } from './answer.ts';

const { port, tls, rest } = readArguments();
const [answerFile] = rest;
const answer = answerFile === undefined ? undefined : JSON.parse(readFileSync(answerFile, 'utf8'));
createServer({ ...tls, keepAliveTimeout: 120_000 }, (request, response) => {
  if (request.method === 'POST') answerReview(request, response, answer);
  else response.end('ok\n');
}).listen(port, '127.0.0.1');
