import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { rawConnection, review } from './support/client.ts';
import { nginxPod, reviewOf } from './support/reviews.ts';
import { startWebhook, type Webhook } from './support/webhook.ts';

let webhook: Webhook;
beforeAll(async () => {
  webhook = await startWebhook({ timeouts: { handshake: 300, headers: 300, request: 800, check: 50 } });
});
afterAll(() => webhook.close());
afterEach(async () => {
  const answer = await review(webhook, reviewOf(nginxPod));
  expect(answer.json.response.allowed, 'the next review is answered').toBe(true);
});

const started = () => performance.now();

test('a client that never shakes hands is let go', async () => {
  const from = started();
  const socket = connect(webhook.port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'close');
  expect(started() - from).toBeLessThan(2000);
});

test('a client that sends no header is let go', async () => {
  const socket = await rawConnection(webhook);
  await socket.whenClosed;
});

test('headers that come drop by drop end in a 408', async () => {
  const socket = await rawConnection(webhook);
  const drops = 'POST /mutate/enforce HTTP/1.1\r\nHost: x\r\nX-Slow: '.split('');
  for (const drop of drops) {
    if (socket.destroyed) break;
    socket.write(drop);
    await sleep(20);
  }
  await socket.whenClosed;
  expect(socket.received()).toContain('408');
});

test('a body that comes drop by drop ends in a 408', async () => {
  const socket = await rawConnection(webhook);
  socket.write(
    'POST /mutate/enforce HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n',
  );
  for (let index = 0; index < 200 && !socket.destroyed; index++) {
    socket.write(' ');
    await sleep(20);
  }
  await socket.whenClosed;
  expect(socket.received()).toContain('408');
});

test('a client that goes away in the middle of its body leaves a line in the log and nothing else', async () => {
  const before = (await webhook.log()).length;
  for (let index = 0; index < 20; index++) {
    const socket = await rawConnection(webhook);
    socket.write(
      'POST /mutate/enforce HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"a":',
    );
    await sleep(5);
    socket.destroy();
  }
  await sleep(50);
  const lines = (await webhook.log()).slice(before);
  expect(lines.length).toBe(20);
  for (const line of lines) expect(line['msg']).toBe('client went away before the end of its request');
});

test('a client that goes away before its answer does no harm', async () => {
  const body = JSON.stringify(reviewOf(nginxPod));
  for (let index = 0; index < 20; index++) {
    const socket = await rawConnection(webhook);
    socket.write(
      `POST /mutate/enforce HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    socket.destroySoon();
  }
});

test('what is not HTTP gets a 400', async () => {
  const socket = await rawConnection(webhook);
  socket.write('\x00\x01\x02 nonsense\r\n\r\n');
  await socket.whenClosed;
  expect(socket.received()).toContain('400');
});

test('headers without end get a 431', async () => {
  const socket = await rawConnection(webhook);
  socket.write(`POST /mutate/enforce HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(17_000)}\r\n\r\n`);
  await socket.whenClosed;
  expect(socket.received()).toContain('431');
});
