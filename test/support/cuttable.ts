import { connect, createServer, type Socket } from 'node:net';

const DEFAULT_PORT: Readonly<Record<string, number>> = { 'redis:': 6379, 'postgres:': 5432 };

/** A way to a server whose connections can be cut, and refused for a while, without touching the server. */
export interface Cuttable {
  /** The server's URL, by this way. */
  readonly url: string;
  /** Ends what is open. */
  cut(): void;
  /** Takes nothing new while this is so. */
  refuses: boolean;
  close(): void;
}

export async function cuttable(serverUrl: string): Promise<Cuttable> {
  const target = new URL(serverUrl);
  const open = new Set<Socket>();
  let way: Cuttable | null = null;
  const server = createServer((near) => {
    if (way?.refuses) {
      near.destroy();
      return;
    }
    const far = connect(Number(target.port || DEFAULT_PORT[target.protocol]), target.hostname);
    for (const socket of [near, far]) {
      open.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          open.delete(socket);
          near.destroy();
          far.destroy();
        });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = new URL(serverUrl);
  url.hostname = '127.0.0.1';
  url.port = String(typeof address === 'object' && address ? address.port : 0);
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  const opened: Cuttable = {
    url: url.href,
    refuses: false,
    cut,
    close: () => {
      server.close();
      cut();
    },
  };
  way = opened;
  return opened;
}
