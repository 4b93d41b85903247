import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { createMessages } from '../../kernel/messages';

const key = 'a key that both sides know';

test('frame() signs the header, the parent, the metadata and the content; parse() gives them back', () => {
  const { frame } = createMessages(key);
  const parent = {
    msg_id: 'asked',
    msg_type: 'comm_msg',
    session: 's',
    username: 'u',
    date: '',
    version: '5.3',
  };
  const frames = frame([Buffer.from('who')], 'comm_open', { data: 1 }, parent, { version: '2.1.0' });

  const [identity, delimiter, signature, ...parts] = frames.map(String);
  expect([identity, delimiter]).toEqual(['who', '<IDS|MSG>']);
  expect(signature).toBe(createHmac('sha256', key).update(parts.join('')).digest('hex'));
  expect(parts.slice(1).map((part) => JSON.parse(part))).toEqual([parent, { version: '2.1.0' }, { data: 1 }]);

  const bytes = Buffer.from([0, 255, 1]);
  expect(createMessages(key).parse([...frames, bytes])).toMatchObject({
    identities: [Buffer.from('who')],
    header: { msg_type: 'comm_open', username: 'u' },
    metadata: { version: '2.1.0' },
    content: { data: 1 },
    buffers: [bytes],
  });
});
