// Who this tab is. A session is resumed by a token, and the token changes at every greeting: the one that resumes next
// time is drawn and kept *before* it is sent, so that a lost answer costs nothing. Never logged.

import type { Environment } from './environment.ts';

const KEY = 'chinwag.session';
const TOKEN_BYTES = 32;

type Token = Uint8Array<ArrayBuffer>;

interface Pair {
  readonly token: Token | null;
  readonly next: Token | null;
}

export class Identity {
  readonly #env: Environment;
  #pair: Pair;

  constructor(env: Environment) {
    this.#env = env;
    this.#pair = restored(env.tab.get(KEY));
  }

  /** The pair to greet with: the same one until it has been welcomed. */
  greeting(): { readonly token: Token | null; readonly next: Token } {
    const next = this.#pair.next ?? this.#env.randomBytes(TOKEN_BYTES);
    this.#keep({ token: this.#pair.token, next });
    return { token: this.#pair.token, next };
  }

  /** The last greeting has been welcomed. */
  welcomed(): void {
    this.#keep({ token: this.#pair.next, next: null });
  }

  /** The next greeting is a stranger's. */
  forget(): void {
    this.#pair = { token: null, next: null };
    this.#env.tab.set(KEY, null);
  }

  #keep(pair: Pair): void {
    this.#pair = pair;
    this.#env.tab.set(KEY, `${hex(pair.token)}.${hex(pair.next)}`);
  }
}

function restored(kept: string | null): Pair {
  const [token, next] = (kept ?? '').split('.');
  return { token: unhex(token), next: unhex(next) };
}

export function hex(bytes: Uint8Array | null): string {
  return Array.from(bytes ?? [], (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function unhex(text: string | undefined): Token | null {
  if (text === undefined || !/^[0-9a-f]{64}$/.test(text)) {
    return null;
  }
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}
