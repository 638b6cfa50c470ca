// F6: from one part of the page to the next, as between the panes of a window.

const FOCUSABLE = 'button, [href], input, textarea, select, [tabindex="0"]';
/** What of a region is meant, where there is one: the first of these. */
const FIRST = ['[aria-current="page"]', 'textarea', 'article[tabindex="0"]', '[role="log"]', '[tabindex="0"]'];

export function nextRegion(by: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter((region) =>
    region.checkVisibility(),
  );
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const from = at === -1 && by === -1 ? 0 : at;
  for (let step = 1; step <= regions.length; step += 1) {
    const region = regions[(from + by * step + regions.length * 2) % regions.length];
    if (region !== undefined && enter(region)) {
      return;
    }
  }
}

/** False if nothing in it takes the focus. */
function enter(region: HTMLElement): boolean {
  return [...FIRST, FOCUSABLE].some((wanted) => {
    region.querySelector<HTMLElement>(wanted)?.focus();
    return region.contains(document.activeElement);
  });
}
