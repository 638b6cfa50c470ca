// Finds the http and https addresses in a text. Everything else stays text; nothing here ever becomes markup.

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

// An address ends at white space, quotes, angle brackets and at what turns the reading direction or shows nothing.
const ADDRESS = /\bhttps?:\/\/[^\s<>"'`\p{Cc}\p{Cf}]+/giu;
const TRAILING = /[.,;:!?…»”’*_~]/u;
const OPENING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    const href = safeHref(address);
    if (href !== null) {
      pushText(pieces, text.slice(done, match.index));
      pieces.push({ kind: 'link', text: address, href });
      done = match.index + address.length;
    }
  }
  pushText(pieces, text.slice(done));
  return pieces;
}

function pushText(pieces: Piece[], text: string): void {
  if (text !== '') {
    pieces.push({ kind: 'text', text });
  }
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
function safeHref(address: string): string | null {
  if (!URL.canParse(address)) {
    return null;
  }
  const url = new URL(address);
  const web = url.protocol === 'http:' || url.protocol === 'https:';
  return web && url.username === '' && url.password === '' ? url.href : null;
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
  if (bare === '' || bare.length > LARGE_EMOJI_UNITS) {
    return false;
  }
  const graphemes = [...segmenter.segment(bare)].map((part) => part.segment).filter((g) => g.trim() !== '');
  return graphemes.length <= LARGE_EMOJI && graphemes.every((g) => EMOJI.test(g));
}
