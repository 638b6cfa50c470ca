// Whether the browser shows notifications of this page. Never asked for but on a click that has been explained.

import { type ReadonlySignal, signal } from '@preact/signals';

/** `insecure`: not over plain HTTP from elsewhere. `missing`: this browser has none. */
export type Permission = 'insecure' | 'missing' | 'ask' | 'granted' | 'denied';

const state = signal<Permission>(now());
export const permission: ReadonlySignal<Permission> = state;

/** Follows what is changed in the browser's own settings, until the signal. */
export function watchPermission(signal: AbortSignal): void {
  addEventListener('focus', look, { signal });
  void navigator.permissions
    ?.query({ name: 'notifications' })
    .then((status) => status.addEventListener('change', look, { signal }))
    .catch(() => undefined); // some know notifications but not this question
}

/** To be called by a click. */
export async function ask(): Promise<Permission> {
  if (now() === 'ask') {
    await Notification.requestPermission().catch(() => undefined); // what it is now is read below
  }
  look();
  return state.peek();
}

function look(): void {
  state.value = now();
}

function now(): Permission {
  if (!globalThis.isSecureContext) {
    return 'insecure';
  }
  if (!('Notification' in globalThis)) {
    return 'missing';
  }
  switch (Notification.permission) {
    case 'default':
      return 'ask';
    case 'granted':
      return 'granted';
    case 'denied':
      return 'denied';
  }
}
