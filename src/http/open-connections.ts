/** Knows what Node's own list does not tell: connections that shook hands and never asked anything, and those that still shake. */
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

export interface OpenConnections {
  /** Closes the connections on which no request has come; `server.close()` would wait for one. */
  closeUnused(): void;
  closeAll(): void;
}

/** Follows the connections of a server from now on. */
export function trackConnections(server: Server): OpenConnections {
  const all = new Set<Socket>();
  const unused = new Set<TLSSocket>();
  server.on('connection', (socket: Socket) => {
    all.add(socket);
    socket.once('close', () => all.delete(socket));
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', ({ socket }) => unused.delete(socket as TLSSocket));
  return {
    closeUnused() {
      for (const socket of unused) socket.destroy();
    },
    closeAll() {
      for (const socket of all) socket.destroy();
    },
  };
}
