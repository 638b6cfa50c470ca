// Which emoji one has used last, and the skin tone one likes: kept in the browser.

import type { Kept } from '../kept.ts';

const RECENT = 'chinwag.emoji.recent';
const TONE = 'chinwag.emoji.tone';
/** Three rows of the picker. */
const MOST = 24;

/** 0 is the usual yellow. */
export const TONES = [0, 1, 2, 3, 4, 5] as const;
export type Tone = (typeof TONES)[number];

export function recentEmoji(kept: Kept): readonly string[] {
  return (kept.recall(RECENT) ?? '').split(' ').filter(Boolean).slice(0, MOST);
}

export function keepRecent(kept: Kept, character: string): void {
  const others = recentEmoji(kept).filter((other) => other !== character);
  kept.keep(RECENT, [character, ...others].slice(0, MOST).join(' '));
}

export function recallTone(kept: Kept): Tone {
  const raw = Number(kept.recall(TONE));
  return TONES.find((tone) => tone === raw) ?? 0;
}

export function keepTone(kept: Kept, tone: Tone): void {
  kept.keep(TONE, tone === 0 ? null : String(tone));
}

const FIRST_TONE = 0x1f3fb;

/** The tone takes the place of the mark that asks for a picture instead of a letter. */
export function inTone(character: string, tone: Tone): string {
  if (tone === 0) {
    return character;
  }
  const [first = '', ...rest] = [...character];
  const after = rest[0] === '\u{fe0f}' ? rest.slice(1) : rest;
  return first + String.fromCodePoint(FIRST_TONE + tone - 1) + after.join('');
}
