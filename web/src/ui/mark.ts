// The mark's outlines: two bubbles of talk, one leaning on the other. The client draws them (brand.tsx), and the page does until
// the client has come (build/mark.ts).

export const VIEW = '0 0 32 32';

/** What each outline is styled as, from the back to the front. */
export const OUTLINES = {
  'mark-back': 'M13 3h11a5 5 0 0 1 5 5v6a5 5 0 0 1-5 5v4.5L19.5 19H13a5 5 0 0 1-5-5V8a5 5 0 0 1 5-5Z',
  'mark-front': 'M8 10h9a5 5 0 0 1 5 5v5a5 5 0 0 1-5 5h-4.5L7 29.5V25a4 4 0 0 1-4-4v-6a5 5 0 0 1 5-5Z',
  'mark-smile': 'M8.5 17.5c1.8 3 6.2 3 8 0',
} as const;
