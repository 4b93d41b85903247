/** The way to the same page in another language: it leads to the same cell. */

const links = () => document.querySelectorAll<HTMLAnchorElement>('a.language');

/** Where the text begins below what stays at the top of the window. */
function topOfSight(): number {
  const above = [...document.querySelectorAll('header, .run-bar')].map(
    (one) => one.getBoundingClientRect().bottom,
  );
  return Math.max(0, ...above.filter((bottom) => bottom < innerHeight / 2));
}

/** Whether more than a line of an element is in sight. */
function isInSight(element: Element, from = topOfSight() + 24): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > top && bottom > from && top < innerHeight;
}

/**
 * The cell that a reader is at: the one that the address names, while it is in sight, else the first that is; at the top of the
 * page, where whoever uses the keyboard finds the link, the one that the address names.
 *
 * @returns its id; `undefined` before the first cell
 */
function cellInSight(): string | undefined {
  // A heading has another name in each language: the cell around it has one in all.
  const named = document.querySelector(':target')?.closest('.cell');
  if (named && (isInSight(named) || scrollY < 60)) return named.id;
  if (scrollY < 60) return undefined;
  const from = topOfSight() + 24;
  return [...document.querySelectorAll('.cell')].find((cell) => isInSight(cell, from))?.id;
}

/** Before such a link is followed, also into another tab, it is told the cell and the knobs. */
export function switchAtCell(): void {
  const lead = ({ currentTarget }: Event) => {
    const link = currentTarget as HTMLAnchorElement;
    link.hash = cellInSight() ?? '';
    link.search = location.search;
  };
  for (const link of links()) {
    for (const event of ['pointerenter', 'pointerdown', 'focus', 'click']) link.addEventListener(event, lead);
  }
}

/** Makes the link stand out where the browser asks for its language rather than for that of the page. */
export function offerOwnLanguage(): void {
  const base = (tag: string) => new Intl.Locale(tag).language;
  const wished = navigator.languages.map(base);
  const place = (tag: string) => (wished.indexOf(base(tag)) + 1 || Number.POSITIVE_INFINITY) - 1;
  const own = place(document.documentElement.lang);
  for (const link of links()) if (place(link.hreflang) < own) link.classList.add('wished');
}
