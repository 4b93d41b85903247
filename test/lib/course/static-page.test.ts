import { describe, expect, test } from 'vitest';
import { figurePage } from '../../../lib/course/static-page';
import type { Figure } from '../../../lib/figures/theme';

const hostile = '</script><script>alert(1)</script><!--';
const page = (text: string, name: string, plotly = 'var Plotly;') =>
  figurePage(
    [{ figure: { data: [{ name, y: [1] }], layout: {}, config: {} } as Figure & { config: object }, text }],
    plotly,
  );

describe('figurePage()', () => {
  test('keeps what stands in a figure out of the page', () => {
    const html = page(hostile, hostile);
    const scripts = [...html.matchAll(/<script[^>]*>/g)].map(([tag]) =>
      tag.replace(/nonce="[^"]+"/, 'nonce'),
    );
    expect(scripts).toEqual([
      '<script type="application/json" data-figure="figure-0">',
      '<script nonce>',
      '<script nonce>',
    ]);
    expect(html).not.toContain('<!--');
    const [, json] = /data-figure="figure-0">(.*?)<\/script>/.exec(html) ?? [];
    expect(JSON.parse(json).data[0].name).toBe(hostile);
  });

  test('holds the source of plotly.js whole, whatever stands in it', () => {
    const html = page('Loss', 'a', `var Plotly = { close: "</script>", open: "<!--", money: "$&$1" };`);
    const [, source] = /<script nonce="[^"]+">(var Plotly.*?)<\/script>/.exec(html) ?? [];
    expect(new Function(`${source} return Plotly;`)()).toEqual({
      close: '</script>',
      open: '<!--',
      money: '$&$1',
    });
  });

  test('runs its own scripts alone, and lets nothing ask the network', () => {
    const pages = [page('Loss', 'a'), page('Loss', 'a')];
    const nonces = pages.map((html) => {
      const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html) ?? [];
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/unsafe-eval|https?:|connect-src|script-src[^;]*unsafe/);
      return /script-src 'nonce-([^']+)'/.exec(policy)?.[1];
    });
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  test('puts typed arrays as lists', () => {
    const data = [{ y: Float32Array.of(0.5, 2) }];
    const html = figurePage([{ figure: { data, layout: {}, config: {} } as never, text: 'Loss' }], '');
    expect(html).toContain('"y":[0.5,2]');
  });
});
