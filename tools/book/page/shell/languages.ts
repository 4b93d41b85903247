/** The way to the same page in another language: it leads to the same cell. */

const links = () => document.querySelectorAll<HTMLAnchorElement>('a.language');

/** Whether something of an element is in sight, below what stays at the top of the window. */
function isInSight(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > top && bottom > 100 && top < innerHeight;
}

/**
 * The cell that a reader is at: the one that the address names, while it is in sight, else the first that is.
 *
 * @returns its id; `undefined` before the first cell
 */
function cellInSight(): string | undefined {
  // A heading has another name in each language: the cell around it has one in all.
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)))?.closest('.cell');
  if (named && isInSight(named)) return named.id;
  if (scrollY < 60) return undefined;
  return [...document.querySelectorAll('.cell')].find(isInSight)?.id;
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
