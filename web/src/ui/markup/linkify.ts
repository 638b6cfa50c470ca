// Which addresses become links, and where one ends in a text. Everything else stays text.

/** The longest address there is; browsers and servers know no longer ones. */
const LONGEST = 2_048;

// An address ends at white space, quotes, angle brackets and at what turns the reading direction or shows nothing.
const ADDRESS = /https?:\/\/[^\s<>"'`\p{Cc}\p{Cf}]+/iuy;
const NAMED = /^(?:https?:\/\/|mailto:)[^\s<>"'`\p{Cc}\p{Cf}]+$/iu;
const TRAILING = /[.,;:!?…»”’*_~|]/u;
const OPENING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

export interface Address {
  /** As it was written. */
  readonly text: string;
  /** Null if it is not to be followed. */
  readonly href: string | null;
}

/** The address that begins at `at`; null if none does. One that is not to be followed has the whole run of its text. */
export function addressAt(text: string, at: number): Address | null {
  ADDRESS.lastIndex = at;
  const run = ADDRESS.exec(text)?.[0];
  if (run === undefined) {
    return null;
  }
  const address = trimmed(run);
  const href = webHref(address);
  return href === null ? { text: run, href } : { text: address, href };
}

/** What `[text](address)` leads to; null if it is not to be followed. */
export function namedHref(address: string): string | null {
  if (!NAMED.test(address)) {
    return null;
  }
  return /^mailto:/i.test(address) ? mailHref(address) : webHref(address);
}

/** Where a link really leads, as people should see it: the host in the form that the network uses. */
export function hostOf(href: string): string {
  const url = new URL(href);
  return url.protocol === 'mailto:' ? decoded(url.pathname) : url.host;
}

/** Without the punctuation of the sentence around it; a bracket stays when it was opened inside the address. */
function trimmed(address: string): string {
  const open = new Map<string, number>();
  for (const c of address) {
    open.set(c, (open.get(c) ?? 0) + 1);
  }
  let end = address.length;
  while (end > 0) {
    const last = address.charAt(end - 1);
    const opening = OPENING[last];
    const stray = opening !== undefined && (open.get(last) ?? 0) > (open.get(opening) ?? 0);
    if (!stray && !TRAILING.test(last)) {
      break;
    }
    open.set(last, (open.get(last) ?? 0) - 1);
    end -= 1;
  }
  return address.slice(0, end);
}

/** Null for what is no address, and for one with a user name: "https://bank.example@evil.example" misleads. */
function webHref(address: string): string | null {
  if (address.length > LONGEST || !URL.canParse(address)) {
    return null;
  }
  const url = new URL(address);
  const web = url.protocol === 'http:' || url.protocol === 'https:';
  return web && url.username === '' && url.password === '' ? url.href : null;
}

/** Without a subject or a text: what one writes to somebody is one's own to say. */
function mailHref(address: string): string | null {
  const plain = address.length <= LONGEST && /^mailto:[^?#@\s]+@[^?#@\s]+$/i.test(address);
  return plain && URL.canParse(address) ? new URL(address).href : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Emoji alone are shown large, up to this many. */
const LARGE_EMOJI = 3;
/** More code units than this are not three emoji, whatever they are. */
const LARGE_EMOJI_UNITS = 48;

/** Costs more to make than to use. */
const segmenter = new Intl.Segmenter();

const EMOJI = /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\u{fe0f}?\u{20e3})/u;

/** Whether a text consists of one to three emoji and nothing else. */
export function isEmojiOnly(text: string): boolean {
  const bare = text.trim();
  // The segmenter costs more than all the rest: words are told apart before it.
  if (bare === '' || bare.length > LARGE_EMOJI_UNITS || /\p{L}/u.test(bare)) {
    return false;
  }
  const graphemes = [...segmenter.segment(bare)].map((part) => part.segment).filter((g) => g.trim() !== '');
  return graphemes.length <= LARGE_EMOJI && graphemes.every((g) => EMOJI.test(g));
}
