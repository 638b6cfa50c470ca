// What the service worker does with a request. Pure. Invariant: nothing is answered from a cache but the client's own
// files and, where the network fails, its page; what the server says of itself and all that people say passes by.

export interface Asked {
  readonly method: string;
  readonly url: URL;
  /** Whether a page is to be opened by it. */
  readonly navigates: boolean;
}

/**
 * `page`: from the network, or the kept page without one. `kept`: a file named by its content, from a cache first.
 * `fresh`: another file of the client, from the network first. `pass`: none of this worker's business.
 */
export type Way = 'page' | 'kept' | 'fresh' | 'pass';

const PAGES = [/^\/$/u, /^\/r\/[^/]+\/?$/u, /^\/i$/u, /^\/d$/u];
/** The folder of files that have a digest of their content in their names. */
const HASHED = '/assets/';

/** `files`: the paths of all files of the client but its page. */
export function wayOf({ method, url, navigates }: Asked, origin: string, files: readonly string[]): Way {
  if (method !== 'GET' || url.origin !== origin) {
    return 'pass';
  }
  if (navigates) {
    return PAGES.some((page) => page.test(url.pathname)) ? 'page' : 'pass';
  }
  if (url.pathname.startsWith(HASHED)) {
    return 'kept';
  }
  return files.includes(url.pathname) ? 'fresh' : 'pass';
}
