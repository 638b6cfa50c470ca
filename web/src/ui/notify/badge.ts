// How much is new, on the icon of the page and of the installed app.

const PLAIN = '/favicon.svg';
/** The icon with a dot. Kept here, because a picture of its own may not come where it is needed: without a network. */
const DOTTED = `data:image/svg+xml,${encodeURIComponent(
  [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">',
    '<path fill="#e3a55b" d="M13 3h11a5 5 0 0 1 5 5v6a5 5 0 0 1-5 5v4.5L19.5 19H13a5 5 0 0 1-5-5V8a5 5 0 0 1 5-5Z"/>',
    '<path fill="#0f6b5c" d="M8 10h9a5 5 0 0 1 5 5v5a5 5 0 0 1-5 5h-4.5L7 29.5V25a4 4 0 0 1-4-4v-6a5 5 0 0 1 5-5Z"/>',
    '<circle cx="24" cy="24" r="7" fill="#c62f1d" stroke="#fff" stroke-width="2"/>',
    '</svg>',
  ].join(''),
)}`;

export function badge(count: number): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const wanted = count > 0 ? DOTTED : PLAIN;
  if (link !== null && link.getAttribute('href') !== wanted) {
    link.setAttribute('href', wanted);
  }
  // Only installed apps have a badge; the others refuse, or have no such thing.
  const done = count > 0 ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.();
  void done?.catch(() => undefined);
}
