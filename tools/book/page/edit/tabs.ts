/** Whether the same notebook is open in another tab of the browser. */

/** Listens for other tabs, and tells them of this one. */
export class Tabs {
  private readonly channel: BroadcastChannel | undefined;
  private readonly others = new Set<string>();
  private readonly own = Math.random().toString(36).slice(2);

  /** @param key - of the notebook @param tell - called with the number of other tabs when it changes */
  constructor(
    key: string,
    private readonly tell: (others: number) => void,
  ) {
    if (!('BroadcastChannel' in globalThis)) return;
    this.channel = new BroadcastChannel(key);
    this.channel.onmessage = ({ data }: MessageEvent<{ from: string; says: string }>) => this.hear(data);
    this.post('here');
    addEventListener('pagehide', () => this.post('gone'));
    addEventListener('pageshow', ({ persisted }) => persisted && this.post('here'));
  }

  private post(says: string): void {
    this.channel?.postMessage({ from: this.own, says });
  }

  private hear({ from, says }: { from: string; says: string }): void {
    const before = this.others.size;
    if (says === 'gone') this.others.delete(from);
    else this.others.add(from);
    // Who comes later does not know of this one yet.
    if (says === 'here') this.post('too');
    if (this.others.size !== before) this.tell(this.others.size);
  }
}
