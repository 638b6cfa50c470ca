// Makes the module `virtual:emoji-table`: what the picker and the completion need of emojibase-data, and no more.

import emojis from 'emojibase-data/en/data.json' with { type: 'json' };
import emojibase from 'emojibase-data/en/shortcodes/emojibase.json' with { type: 'json' };
import github from 'emojibase-data/en/shortcodes/github.json' with { type: 'json' };
import type { Plugin } from 'vite';

const NAME = 'virtual:emoji-table';
/** Newer ones are empty boxes on many devices. */
const NEWEST = 15.1;
/** Skin and hair alone are nothing that one picks. */
const COMPONENTS = 2;
const TONES = 5;
/**
 * What the server takes as a reaction: fully qualified emoji that are recommended for general interchange. Not a
 * literal, because the compiler's target does not know it yet.
 */
const PATTERN = '^\\p{RGI_Emoji}$';
const RGI = new RegExp(PATTERN, 'v');

/** Shortcodes by code points; the ones that people know best stand first. */
const GITHUB: ReadonlyMap<string, string | string[]> = new Map(Object.entries(github));
const EMOJIBASE: ReadonlyMap<string, string | string[]> = new Map(Object.entries(emojibase));

/** Character, shortcodes, name, other words; and whether a skin tone may follow its first character. */
type Row = readonly [string, string, string, string, 0 | 1];

export function emojiTable(): Plugin {
  return {
    name: 'emoji-table',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    load: (id) =>
      id === `\0${NAME}` ? `export default JSON.parse(${JSON.stringify(JSON.stringify(groups()))});` : null,
  };
}

/** The rows of each category, in the order of Unicode. */
function groups(): Row[][] {
  const all: Row[][] = [];
  for (const emoji of emojis) {
    const { group } = emoji;
    if (group === undefined || group === COMPONENTS || emoji.version > NEWEST) {
      continue;
    }
    all[group] ??= [];
    all[group].push(row(emoji));
  }
  return all.filter((rows) => rows !== undefined);
}

function row(emoji: (typeof emojis)[number]): Row {
  const character = qualified(emoji.emoji);
  const codes = new Set([...listed(GITHUB, emoji.hexcode), ...listed(EMOJIBASE, emoji.hexcode)]);
  const tags = (emoji.tags ?? []).filter((tag) => !codes.has(tag) && !emoji.label.includes(tag));
  return [character, [...codes].join(' '), emoji.label, tags.join(' '), toned(character, emoji.skins) ? 1 : 0];
}

function listed(codes: ReadonlyMap<string, string | string[]>, hexcode: string): string[] {
  return [codes.get(hexcode) ?? []].flat();
}

function qualified(character: string): string {
  const plain = RGI.test(character) ? character : character.replace(/\u{fe0f}$/u, '');
  if (!RGI.test(plain)) {
    throw new Error(`${character} is no emoji for general interchange`);
  }
  return plain;
}

function toned(character: string, skins: (typeof emojis)[number]['skins']): boolean {
  const [first = '', ...rest] = [...character];
  const after = rest[0] === '\u{fe0f}' ? rest.slice(1) : rest;
  const tones = Array.from({ length: TONES }, (_, i) => first + String.fromCodePoint(0x1f3fb + i) + after.join(''));
  return skins?.length === TONES && tones.every((tone) => RGI.test(tone));
}
