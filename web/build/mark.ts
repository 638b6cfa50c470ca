// Puts the mark into the page itself, for as long as the client has not come.

import type { Plugin } from 'vite';
import { OUTLINES, VIEW } from '../src/ui/mark.ts';

/** Not every page has one: those that only tests open have not. */
const PLACE = '<!-- mark -->';

export function mark(): Plugin {
  return {
    name: 'mark',
    transformIndexHtml(page) {
      const paths = Object.entries(OUTLINES).map(([part, outline]) => `<path class="${part}" d="${outline}" />`);
      return page.replace(PLACE, `<svg class="mark" viewBox="${VIEW}" aria-hidden="true">${paths.join('')}</svg>`);
    },
  };
}
