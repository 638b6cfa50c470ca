// The picture of somebody without a picture: initials on a colour that follows from the name.

/** Costs more to make than to use. */
const graphemes = new Intl.Segmenter();

/** Up to two letters: of the first and of the last word. */
export function initials(nick: string): string {
  const words = nick
    .trim()
    .split(/[\s._-]+/u)
    .filter((word) => word !== '');
  const first = words[0] ?? nick.trim();
  const last = words.length > 1 ? words[words.length - 1] : undefined;
  return [first, last ?? ''].map(firstGrapheme).join('').toLocaleUpperCase();
}

/** 0 to 359, the same for one name in every room and on every device. */
export function hueOf(nick: string): number {
  let hash = 0x811c9dc5;
  for (const c of nick.toLowerCase().normalize('NFKC')) {
    hash = Math.imul(hash ^ (c.codePointAt(0) ?? 0), 0x01000193);
  }
  // The low bits of this hash depend on little; mix the high ones in.
  return ((hash ^ (hash >>> 15)) >>> 0) % 360;
}

function firstGrapheme(word: string): string {
  for (const { segment } of graphemes.segment(word)) {
    return segment;
  }
  return '';
}
