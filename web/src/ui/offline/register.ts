// Puts the service worker to work, where the browser has one for this page: over HTTPS that it trusts, and on
// localhost. Elsewhere the client is the same, but needs its network to open.

import { BUILD } from './build.ts';

const WORKER = '/sw.js';
const CACHE = 'chinwag.shell.';

/** Never rejects: without a worker nothing is missing but the page without a network. */
export async function registerWorker(): Promise<void> {
  if (BUILD === '' || !('serviceWorker' in navigator)) {
    return;
  }
  // The worker keeps the files of this build for as long as this page is open.
  void navigator.locks?.request(CACHE + BUILD, { mode: 'shared' }, () => new Promise<never>(() => undefined));
  try {
    await navigator.serviceWorker.register(workerAddress(), { updateViaCache: 'none' });
  } catch {
    // A certificate that was clicked through, or a profile that may keep nothing.
  }
}

/** Looks for a new worker, so that its files are here before the page is loaded anew. Never rejects. */
export async function renewWorker(): Promise<void> {
  try {
    await (await navigator.serviceWorker?.getRegistration())?.update();
  } catch {
    // The server is gone again: the browser looks by itself when the page is opened next.
  }
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): unknown };
}

/**
 * The one address that this page may run a script from, by the one policy that its content security policy allows; it
 * can be made only once.
 */
function workerAddress(): string {
  const types = (globalThis as { readonly trustedTypes?: TrustedTypes }).trustedTypes;
  const policy = types?.createPolicy('worker', { createScriptURL: () => WORKER });
  // The browser takes either, where it knows the one; the types of TypeScript know only the other.
  return (policy?.createScriptURL(WORKER) ?? WORKER) as string;
}
