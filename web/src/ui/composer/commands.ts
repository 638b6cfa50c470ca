// What a line that begins with a slash asks for. Nothing that looks like a command is ever sent as a text by mistake: a
// space or a second slash before it says that it is meant literally.

export const COMMANDS = [
  'join',
  'me',
  'nick',
  'shrug',
  'location',
  'who',
  'topic',
  'search',
  'msg',
  'leave',
  'help',
] as const;
export type CommandName = (typeof COMMANDS)[number];

/** Those that are complete with their name alone. */
export const ALONE: ReadonlySet<CommandName> = new Set(['shrug', 'location', 'who', 'leave', 'help']);

const OTHER_NAMES: ReadonlyMap<string, CommandName> = new Map([['dm', 'msg']]);

export type Command =
  | { readonly name: 'join'; readonly room: string }
  | { readonly name: 'nick'; readonly nick: string }
  /** Empty clears it. */
  | { readonly name: 'topic'; readonly text: string }
  | { readonly name: 'search'; readonly words: string }
  /** A name, which may hold spaces, and what to say. */
  | { readonly name: 'msg'; readonly rest: string }
  | { readonly name: 'location' | 'who' | 'leave' | 'help' };

export type Parsed =
  | { readonly kind: 'text'; readonly body: string }
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'unknown'; readonly word: string }
  /** Something must follow the name. */
  | { readonly kind: 'incomplete'; readonly name: CommandName };

const SHRUG = '¯\\_(ツ)_/¯';
const CLEAR = '-';

export function parseLine(text: string): Parsed {
  if (text.startsWith('//')) {
    return { kind: 'text', body: literal(text.slice(1)) };
  }
  const found = /^\/(\p{L}\S*)\s*([\s\S]*)$/u.exec(text);
  if (found === null) {
    return { kind: 'text', body: text };
  }
  const [, word = '', rest = ''] = found;
  const name = commandNamed(word.toLowerCase());
  return name === null ? { kind: 'unknown', word } : parsed(name, rest.trim(), text);
}

export function commandNamed(word: string): CommandName | null {
  return COMMANDS.find((name) => name === word) ?? OTHER_NAMES.get(word) ?? null;
}

/** "//me waves" is meant to show "/me waves", which without the space would be an action. */
function literal(text: string): string {
  return /^\/me\s/u.test(text) ? ` ${text}` : text;
}

function parsed(name: CommandName, rest: string, text: string): Parsed {
  switch (name) {
    case 'shrug':
      return { kind: 'text', body: rest === '' ? SHRUG : `${rest} ${SHRUG}` };
    case 'location':
    case 'who':
    case 'leave':
    case 'help':
      return { kind: 'command', command: { name } };
    case 'search':
      return { kind: 'command', command: { name, words: rest } };
    case 'me':
    case 'join':
    case 'nick':
    case 'topic':
    case 'msg':
      return rest === '' ? { kind: 'incomplete', name } : withRest(name, rest, text);
  }
}

function withRest(name: 'me' | 'join' | 'nick' | 'topic' | 'msg', rest: string, text: string): Parsed {
  switch (name) {
    case 'me':
      return { kind: 'text', body: text.replace(/^\/me\s+/iu, '/me ') };
    case 'join':
      return { kind: 'command', command: { name, room: rest.replace(/^#/u, '') } };
    case 'nick':
      return { kind: 'command', command: { name, nick: rest } };
    case 'topic':
      return { kind: 'command', command: { name, text: rest === CLEAR ? '' : rest } };
    case 'msg':
      return { kind: 'command', command: { name, rest: rest.replace(/^@/u, '') } };
  }
}

/** Who a private message goes to, and what it says: the longest name that `rest` begins with. */
export function addressee<M extends { readonly nick: string }>(
  rest: string,
  members: readonly M[],
): { readonly member: M; readonly text: string } | null {
  const said = rest.toLowerCase();
  let best: M | null = null;
  for (const member of members) {
    const nick = member.nick.toLowerCase();
    const whole = said.startsWith(nick) && /^(?:\s|$)/u.test(said.slice(nick.length));
    if (whole && nick.length > (best?.nick.length ?? 0)) {
      best = member;
    }
  }
  return best === null ? null : { member: best, text: rest.slice(best.nick.length).trim() };
}
