// Which build of the client this page is.

const META = 'meta[name="build"]';

/** Empty in development. */
export const BUILD = buildOf(document);

export function buildOf(page: Document): string {
  return page.querySelector(META)?.getAttribute('content') ?? '';
}
