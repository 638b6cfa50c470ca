// Whether the server has a newer client than this page (K7).

import { signal } from '@preact/signals';

/** Set by fresh.ts once, and never taken back: loading the page again is what helps. */
export const newVersion = signal(false);
