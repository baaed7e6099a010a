/** A program: the same as bare.ts, behind express. Arguments: port, certificate, key. */
import { createServer } from 'node:https';
import express from 'express';
import { answerReview, readArguments } from './answer.ts';

const { port, tls } = readArguments();
const app = express();
app.get('/readyz', (_request, response) => void response.end('ok\n'));
app.post('/mutate/enforce', (request, response) => answerReview(request, response));
createServer({ ...tls, keepAliveTimeout: 120_000 }, app).listen(port, '127.0.0.1');
