/** What a service worker has, as far as the book's uses it: the types of a page do not know it. */

interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface Fetching extends Event {
  request: Request;
  respondWith(response: Promise<Response>): void;
}

export interface WorkerScope {
  registration: { scope: string };
  clients: {
    claim(): Promise<void>;
    matchAll(options: object): Promise<{ url: string; postMessage(news: unknown): void }[]>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listen: (event: Waiting) => void): void;
  addEventListener(type: 'message', listen: (event: MessageEvent & Waiting) => void): void;
  addEventListener(type: 'fetch', listen: (event: Fetching) => void): void;
}
