// Who one is to others: a name, and behind it a secret that all one's sessions share. Whoever joins a room with the same
// secret is the same person there, from another tab or another device. The browser keeps one for each name that one has
// used here, so that another name is somebody else. Never logged.

import type { Environment } from './environment.ts';
import { hex, unhex } from './hex.ts';
import { folded } from './place.ts';

export type Secret = Uint8Array<ArrayBuffer>;

export interface Persona {
  readonly nick: string;
  readonly secret: Secret;
}

export const SECRET_BYTES = 32;
/** As many rows as one has ever had names here. */
const PREFIX = 'chinwag.person.';

/** Whoever goes by this name on this device; on first use somebody new. */
export function personaOf(env: Environment, nick: string): Persona {
  const known = secretOf(env, nick);
  const persona = { nick, secret: known ?? env.randomBytes(SECRET_BYTES) };
  if (known === null) {
    keepPersona(env, persona); // if it cannot be kept, one is this person as long as the page
  }
  return persona;
}

/** The same person under another name, unless that is somebody here already. */
export function renamedTo(env: Environment, { secret }: Persona, nick: string): Persona {
  return { nick, secret: secretOf(env, nick) ?? secret };
}

export function keepPersona(env: Environment, { nick, secret }: Persona): void {
  env.device.set(PREFIX + folded(nick), hex(secret));
}

function secretOf(env: Environment, nick: string): Secret | null {
  return unhex(env.device.get(PREFIX + folded(nick)), SECRET_BYTES);
}
