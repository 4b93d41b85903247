/** What makes reading easier where scripts run; without them pages are read all the same. */

/** What is wider than its place can be scrolled by the keyboard too: browsers differ in whether they see to that. */
export function reachByKeyboard(): void {
  const wide = () => document.querySelectorAll<HTMLElement>('main :is(pre, .wide, .katex-display)');
  const update = () => {
    for (const element of wide()) {
      if (element.scrollWidth > element.clientWidth + 1) element.tabIndex = 0;
      else if (element.tabIndex === 0) element.removeAttribute('tabindex');
    }
  };
  // What is folded has no width until it is unfolded.
  document.addEventListener('toggle', update, true);
  window.addEventListener('resize', update);
  // What comes to stand beside it makes its place narrower.
  const observer = new ResizeObserver(update);
  for (const element of wide()) observer.observe(element);
  void document.fonts.ready.then(update);
  update();
}

/** Brings the head of the page back when the reader scrolls up, wherever he is: the search and the languages stand there. */
export function keepHeadAtHand(): void {
  const head = document.querySelector('header');
  if (!head) return;
  let last = scrollY;
  let turned = scrollY;
  let up = false;
  const update = () => {
    if (scrollY < last !== up) turned = last;
    up = scrollY < last;
    last = scrollY;
    // A finger that rests moves a little.
    if (Math.abs(scrollY - turned) < 12 && scrollY > head.offsetHeight) return;
    document.documentElement.style.setProperty('--head', `${head.offsetHeight}px`);
    document.body.classList.toggle('head-shown', up && scrollY > 0);
  };
  document.addEventListener('scroll', update, { passive: true });
}

/** Marks, in the contents at the side, the section that is read, and unfolds them where they stand at the side. */
export function markSection(): void {
  const list = document.querySelector<HTMLDetailsElement>('.side-list');
  if (!list) return;
  const beside = matchMedia('(min-width: 84rem)');
  const unfold = () => {
    list.open = beside.matches;
  };
  beside.addEventListener('change', unfold);
  unfold();
  const links = [...list.querySelectorAll('a')];
  const headings = links.map((link) => document.getElementById(link.hash.slice(1)) ?? byDecoded(link.hash));
  const mark = () => {
    const last = headings.findLastIndex((heading) => heading && heading.getBoundingClientRect().top < 120);
    for (const [index, link] of links.entries()) {
      if (index === last) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  };
  let pending = false;
  document.addEventListener(
    'scroll',
    () => {
      if (!pending)
        requestAnimationFrame(() => {
          pending = false;
          mark();
        });
      pending = true;
    },
    { passive: true },
  );
  mark();
}

function byDecoded(hash: string): HTMLElement | null {
  return document.getElementById(decodeURIComponent(hash.slice(1)));
}
