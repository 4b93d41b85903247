/** A web server on this machine that answers as badly as it is told to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** Answers the request number `turn`, counted from 0. */
export type Answer = (response: ServerResponse, request: IncomingMessage, turn: number) => void;

export interface FileServer {
  /** `http://127.0.0.1:port/` */
  address: string;
  /** when each request came, in milliseconds, and which range of bytes it wanted */
  requests: { path: string; time: number; range?: string }[];
  close(): Promise<void>;
}

export async function startFileServer(answer: Answer, host = '127.0.0.1'): Promise<FileServer> {
  const requests: FileServer['requests'] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', time: Date.now(), range: request.headers.range });
    answer(response, request, requests.length - 1);
  });
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://${host.includes(':') ? `[${host}]` : host}:${port}/`,
    requests,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** A server as it should be: sends the bytes, or the wanted range of them. */
export function serve(response: ServerResponse, request: IncomingMessage, bytes: Uint8Array): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (start >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    return;
  }
  const range = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
  const headers = { 'content-length': bytes.length - start };
  if (request.headers.range) response.writeHead(206, { ...headers, 'content-range': range });
  else response.writeHead(200, headers);
  response.end(bytes.subarray(start));
}

/** Promises all bytes, sends the first ones, and cuts the connection. */
export function cutOff(response: ServerResponse, bytes: Uint8Array, after: number): void {
  response.writeHead(200, { 'content-length': bytes.length });
  response.write(bytes.subarray(0, after), () => setTimeout(() => response.destroy(), 20));
}
