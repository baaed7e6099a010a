import { Agent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { defaultTimeouts, stopServer } from '../../src/http/server.ts';
import { call, rawConnection, review } from './support/client.ts';
import { nginxPod, reviewOf } from './support/reviews.ts';
import { startWebhook, type Webhook } from './support/webhook.ts';

const agents: Agent[] = [];
function keepAliveAgent(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agents.push(agent);
  return agent;
}
afterEach(() => {
  for (const agent of agents.splice(0)) agent.destroy();
});

function countConnections({ server }: Webhook): () => number {
  let connections = 0;
  server.https.on('secureConnection', () => connections++);
  return () => connections;
}

function head(length: number): string {
  return `POST /mutate/enforce HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
}

test('a connection serves many reviews, good and bad', async () => {
  const webhook = await startWebhook();
  const connections = countConnections(webhook);
  const agent = keepAliveAgent();
  for (let index = 0; index < 50; index++) {
    expect((await review(webhook, reviewOf(nginxPod), '/mutate/enforce', agent)).status).toBe(200);
    expect((await review(webhook, '{"a":', '/mutate/enforce', agent)).status).toBe(400);
  }
  expect(connections()).toBe(1);
  await webhook.close();
});

test('an idle connection is kept longer than an API server keeps it', () => {
  expect(defaultTimeouts.keepAlive).toBeGreaterThan(90_000);
});

test('reviews sent one after the other without waiting are answered in order', async () => {
  const webhook = await startWebhook();
  const socket = await rawConnection(webhook);
  for (const uid of ['first', 'second', 'third']) {
    const body = JSON.stringify(reviewOf(nginxPod, { uid }));
    socket.write(head(body.length) + body);
  }
  while (!socket.received().includes('third')) await sleep(5);
  expect(socket.received()).toMatch(/first.*second.*third/s);
  socket.destroy();
  await webhook.close();
});

test('a server that stops is not ready, answers what is in flight, closes what is idle, and takes nothing new', async () => {
  const webhook = await startWebhook();
  const agent = keepAliveAgent();
  await review(webhook, reviewOf(nginxPod), '/mutate/enforce', agent); // idle from now on
  const body = JSON.stringify(reviewOf(nginxPod));
  const inFlight = await rawConnection(webhook);
  inFlight.write(head(body.length) + body.slice(0, 50));
  await sleep(50);

  const stopped = stopServer(webhook.server, webhook.lifecycle, { delay: 300, deadline: 5000 });
  const readyz = await call(webhook, { method: 'GET', path: '/readyz' });
  expect(readyz.status).toBe(503);
  expect(readyz.text).toContain('draining');
  const during = await review(webhook, reviewOf(nginxPod));
  expect(during.json.response.allowed, 'still answered while the cluster takes the address out').toBe(true);
  expect(during.headers.connection).toBe('close');
  await sleep(400);
  await expect(review(webhook, reviewOf(nginxPod))).rejects.toThrow('ECONNREFUSED');
  expect(Object.keys(agent.freeSockets)).toEqual([]);

  inFlight.write(body.slice(50));
  await inFlight.whenClosed;
  expect(inFlight.received()).toContain('HTTP/1.1 200 OK');
  expect(inFlight.received().toLowerCase()).toContain('connection: close');
  expect(await stopped).toBe(true);
});

test('a connection on which nothing was ever asked does not hold up the end', async () => {
  const webhook = await startWebhook();
  const silent = await rawConnection(webhook);
  const from = performance.now();
  expect(await stopServer(webhook.server, webhook.lifecycle, { delay: 0, deadline: 20_000 })).toBe(true);
  expect(performance.now() - from).toBeLessThan(3000);
  await silent.whenClosed;
});

test('a request without end is cut at the deadline', async () => {
  const webhook = await startWebhook();
  const socket = await rawConnection(webhook);
  socket.write(`${head(1000)}{`);
  await sleep(50);
  expect(await stopServer(webhook.server, webhook.lifecycle, { delay: 0, deadline: 300 })).toBe(false);
  await socket.whenClosed;
});
