// Finds out where one is, and says in a sentence why not. Always answers.

import { strings } from '../strings.ts';

export type Found =
  | { readonly ok: true; readonly latitude: number; readonly longitude: number }
  | { readonly ok: false; readonly text: string };

/** How long the browser may search once it is allowed to. */
const SEARCH_MS = 10_000;
/** How long the question whether it may can stay open: some browsers never answer one that is waved away. */
const ANSWER_MS = 60_000;

export function findPosition(geolocation: Geolocation | undefined): Promise<Found> {
  if (geolocation === undefined) {
    return Promise.resolve({ ok: false, text: strings.location.unsupported });
  }
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve({ ok: false, text: strings.location.timeout }), ANSWER_MS);
    const answer = (found: Found) => {
      clearTimeout(late);
      resolve(found);
    };
    try {
      geolocation.getCurrentPosition(
        ({ coords }) => answer({ ok: true, latitude: coords.latitude, longitude: coords.longitude }),
        (error) => answer({ ok: false, text: sentence(error.code) }),
        { timeout: SEARCH_MS, maximumAge: SEARCH_MS },
      );
    } catch {
      answer({ ok: false, text: strings.location.unsupported });
    }
  });
}

// The codes of GeolocationPositionError.
const DENIED = 1;
const TIMEOUT = 3;

function sentence(code: number): string {
  if (code === DENIED) {
    return strings.location.denied;
  }
  return code === TIMEOUT ? strings.location.timeout : strings.location.unavailable;
}
