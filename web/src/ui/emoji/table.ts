// All emoji, with what they are found by. Large, so it is loaded only when somebody looks for one.

import groups from 'virtual:emoji-table';

export interface Emoji {
  readonly character: string;
  /** Without colons; the usual one first. */
  readonly codes: readonly string[];
  readonly name: string;
  /** The words of its name. */
  readonly words: readonly string[];
  /** What else it is found by. */
  readonly tags: readonly string[];
  readonly toned: boolean;
}

export const CATEGORIES = [
  'smileys',
  'people',
  'nature',
  'food',
  'travel',
  'activities',
  'objects',
  'symbols',
  'flags',
] as const;
export type Category = (typeof CATEGORIES)[number];

const table: readonly (readonly Emoji[])[] = groups.map((rows) =>
  rows.map(([character, codes, name, tags, toned]) => ({
    character,
    codes: codes.split(' '),
    name,
    words: name.split(/[\s-]+/u),
    tags: tags.split(' '),
    toned: toned === 1,
  })),
);
const all = table.flat();
const byCode = new Map(all.flatMap((emoji) => emoji.codes.map((code) => [code, emoji] as const)));
const byCharacter = new Map(all.map((emoji) => [emoji.character, emoji]));

export function emojiIn(category: Category): readonly Emoji[] {
  return table[CATEGORIES.indexOf(category)] ?? [];
}

export function emojiByCode(code: string): Emoji | undefined {
  return byCode.get(code.toLowerCase());
}

export function emojiByCharacter(character: string): Emoji | undefined {
  return byCharacter.get(character);
}

/** The best `most` answers to some words, the best first; each word must be found somewhere. */
export function searchEmoji(text: string, most: number): readonly Emoji[] {
  const words = text
    .toLowerCase()
    .split(/[\s_:]+/u)
    .filter(Boolean);
  if (words.length === 0) {
    return [];
  }
  const whole = words.join('_');
  const found: { readonly emoji: Emoji; readonly rank: number }[] = [];
  for (const emoji of all) {
    const rank = rankOf(emoji, whole, words);
    if (rank < MISS) {
      found.push({ emoji, rank });
    }
  }
  // Stable: equals keep the order of Unicode.
  return found
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ emoji }) => emoji);
}

const MISS = 6;

function rankOf(emoji: Emoji, whole: string, words: readonly string[]): number {
  if (emoji.codes[0] === whole) {
    return 0;
  }
  if (emoji.codes.includes(whole)) {
    return 1;
  }
  const started = emoji.codes.filter((code) => code.startsWith(whole));
  if (started.length > 0) {
    // The less is left to write, the better.
    return 3 - 1 / (1 + Math.min(...started.map((code) => code.length)));
  }
  return words.reduce((worst, word) => Math.max(worst, rankOfWord(emoji, word)), 0);
}

function rankOfWord({ codes, words, tags }: Emoji, word: string): number {
  if (words.some((part) => part.startsWith(word))) {
    return 3;
  }
  if (tags.some((tag) => tag.startsWith(word))) {
    return 4;
  }
  return codes.some((code) => code.includes(word)) ? 5 : MISS;
}
