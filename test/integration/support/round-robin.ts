/** What kube-proxy is in a cluster: one address, behind it the replicas in turn; one that does not answer is passed over. No TLS. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface RoundRobin {
  port: number;
  close(): void;
}

/** @param portsInService of the replicas on this machine that are ready */
export async function startRoundRobin(portsInService: () => readonly number[]): Promise<RoundRobin> {
  const open = new Set<Socket>();
  let turn = 0;
  const forward = (client: Socket, attempts: number): void => {
    const ports = portsInService();
    const upstream = connect(ports[turn++ % ports.length] ?? 0, '127.0.0.1');
    let isConnected = false;
    open.add(upstream);
    upstream.on('error', () => {});
    upstream.once('connect', () => {
      isConnected = true;
      client.pipe(upstream).pipe(client);
    });
    upstream.on('close', () => {
      open.delete(upstream);
      if (!isConnected && !client.destroyed && attempts > 1) forward(client, attempts - 1);
      else client.destroy();
    });
    client.once('close', () => upstream.destroy());
  };
  const server = createServer((client) => {
    open.add(client);
    client.on('error', () => {});
    client.on('close', () => open.delete(client));
    forward(client, portsInService().length);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
