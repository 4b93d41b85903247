import { createHmac } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { createMessages, createRefusals } from '../../kernel/messages';

const key = 'a key that both sides know';
const parent = {
  msg_id: 'asked',
  msg_type: 'comm_msg',
  session: 's',
  username: 'u',
  date: '',
  version: '5.3',
};

/** Frames as ZeroMQ hands them over. */
const received = (frames: (string | Buffer)[]) => frames.map((each) => Buffer.from(each));

afterEach(() => {
  vi.useRealTimers();
});

test('frame() signs the header, the parent, the metadata and the content; parse() gives them back', () => {
  const { frame } = createMessages(key);
  const metadata = { version: '2.1.0' };
  const frames = frame([Buffer.from('who')], 'comm_open', { data: 1 }, parent, { metadata });

  const [identity, delimiter, signature, ...parts] = frames.map(String);
  expect([identity, delimiter]).toEqual(['who', '<IDS|MSG>']);
  expect(signature).toBe(createHmac('sha256', key).update(parts.join('')).digest('hex'));
  expect(parts.slice(1).map((part) => JSON.parse(part))).toEqual([parent, metadata, { data: 1 }]);

  const bytes = Buffer.from([0, 255, 1]);
  expect(createMessages(key).parse([...received(frames), bytes])).toMatchObject({
    identities: [Buffer.from('who')],
    header: { msg_type: 'comm_open', username: 'u' },
    metadata: { version: '2.1.0' },
    content: { data: 1 },
    buffers: [bytes],
  });
});

test('frame() sends nothing that ZeroMQ would give back later: strings, and buffers of at most 128 bytes', () => {
  const long = 'x'.repeat(1000);
  const frames = createMessages(key).frame([Buffer.from('who')], 'stream', { text: long }, parent);
  for (const each of frames) expect(typeof each === 'string' || each.length <= 128).toBe(true);
});

test('parse() takes each message once, and forgets none of the last 65,536', () => {
  const { parse } = createMessages(key);
  const { frame } = createMessages(key);
  const message = () => received(frame([], 'kernel_info_request', {}, {}));
  const first = message();
  parse(first);
  expect(() => parse(first)).toThrow('Cannot trust a message: it came a second time');
  for (let count = 1; count < 65_536; count++) parse(message());
  expect(() => parse(first)).toThrow('it came a second time');
  for (let count = 0; count < 2; count++) parse(message());
  // Its memory is bounded: the oldest goes.
  expect(parse(first).header.msg_type).toBe('kernel_info_request');
});

test.each([
  ['has no delimiter', [], ['{}']],
  ['signature is wrong', ['<IDS|MSG>', 'f00'], ['{}', '{}', '{}', '{}']],
  ['its header is not a JSON object', ['<IDS|MSG>'], ['nonsense', '{}', '{}', '{}']],
  ['its header is not a JSON object', ['<IDS|MSG>'], ['null', '{}', '{}', '{}']],
  ['its content is not a JSON object', ['<IDS|MSG>'], ['{}', '{}', '{}', '7']],
  ['it has 2 of 4 parts', ['<IDS|MSG>'], ['{}', '{}']],
  ['names no msg_id or no msg_type', ['<IDS|MSG>'], ['{"msg_id":1}', '{}', '{}', '{}']],
])('parse() refuses a message: %s', (reason, start, parts) => {
  const hash = createHmac('sha256', key).update(parts.join('')).digest('hex');
  const frames = start.length === 1 ? [...start, hash, ...parts] : [...start, ...parts];
  expect(() => createMessages(key).parse(received(frames))).toThrow(reason);
});

test('parse() without a key takes whatever stands for a signature, as often as it comes', () => {
  const { parse, frame } = createMessages('');
  const frames = received(frame([], 'kernel_info_request', {}, {}));
  expect(String(frames[1])).toBe('');
  const signed = [frames[0], Buffer.from('anything'), ...frames.slice(2)];
  for (const each of [frames, frames, signed])
    expect(parse(each).header.msg_type).toBe('kernel_info_request');
});

test('createRefusals() tells the first at once, those within ten seconds as a count', () => {
  vi.useFakeTimers();
  const told: string[] = [];
  const refuse = createRefusals((text) => told.push(text));
  for (let count = 0; count < 2001; count++)
    refuse(new Error('Cannot trust a message: its signature is wrong'));
  expect(told).toEqual(['Cannot trust a message: its signature is wrong']);
  vi.advanceTimersByTime(10_000);
  expect(told.slice(1)).toEqual(['Refused 2000 more messages in 10 s']);
  refuse('again');
  expect(told.at(-1)).toBe('again');
  vi.advanceTimersByTime(10_000);
  expect(told).toHaveLength(3);
});
