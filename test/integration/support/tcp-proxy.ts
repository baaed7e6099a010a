/** A way to the API server that a test can cut, or make silent. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { access } from './cluster.ts';

export interface TcpProxy {
  /** As the API server's own. */
  url: string;
  /** Resets all connections; new ones get through. */
  cut(): void;
  /** Accepts, and lets nothing through any more, in either direction. */
  silence(isSilent: boolean): void;
  close(): void;
}

export async function startProxy(): Promise<TcpProxy> {
  const target = new URL(access.url);
  const open = new Set<[Socket, Socket]>();
  let isSilent = false;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    const pair: [Socket, Socket] = [client, upstream];
    open.add(pair);
    for (const [from, to] of [pair, pair.toReversed() as [Socket, Socket]]) {
      from.on('data', (chunk) => {
        if (!isSilent) to.write(chunk);
      });
      from.on('error', () => {});
      from.on('close', () => {
        if (!isSilent) to.destroy();
        open.delete(pair);
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const pair of open) for (const socket of pair) socket.resetAndDestroy();
  };
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    silence(value) {
      isSilent = value;
    },
    close() {
      server.close();
      cut();
    },
  };
}
