// Who is meant by the beginning of a name: those who spoke last first. Quick enough for a room of thousands at every key.

import type { Member, TimelineItem } from '../../store/types.ts';

interface Folded {
  readonly member: Member;
  readonly nick: string;
  /** Where its words begin. */
  readonly words: readonly string[];
}

/** Folding is what takes time, and a list of members is the same object until somebody comes or goes. */
const folded = new WeakMap<readonly Member[], readonly Folded[]>();
const ranked = new WeakMap<readonly TimelineItem[], ReadonlyMap<string, number>>();

/** Without capitals and accents: who writes "elise" means Élise. */
const fold = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

export interface Crowd {
  readonly members: readonly Member[];
  readonly timeline: readonly TimelineItem[];
  /** Oneself, who is not offered. */
  readonly you: number;
}

/** At most `most` members whose name, or a word of it, begins with what is typed. */
export function peopleFor(typed: string, crowd: Crowd, most: number): readonly Member[] {
  const wanted = fold(typed);
  const spoke = speakers(crowd.timeline);
  const best: { readonly who: Folded; readonly rank: number }[] = [];
  for (const who of foldedMembers(crowd.members)) {
    const rank = who.member.id === crowd.you ? null : rankOf(who, wanted, spoke);
    if (rank !== null) {
      keepBest(best, { who, rank }, most);
    }
  }
  return best.map(({ who }) => who.member);
}

/** Whether this names somebody as it stands. */
export function isWhole(typed: string, nick: string): boolean {
  return typed.toLowerCase() === nick.toLowerCase();
}

const SILENT = 1_000_000;
const WITHIN = 0.5;

function rankOf(who: Folded, wanted: string, spoke: ReadonlyMap<string, number>): number | null {
  const last = spoke.get(who.nick) ?? SILENT;
  if (who.nick.startsWith(wanted)) {
    return last;
  }
  return who.words.some((word) => word.startsWith(wanted)) ? last + WITHIN : null;
}

function keepBest<T extends { readonly who: Folded; readonly rank: number }>(best: T[], one: T, most: number): void {
  let at = best.length;
  while (at > 0 && isBefore(one, best[at - 1])) {
    at -= 1;
  }
  if (at < most) {
    best.splice(at, 0, one);
    best.length = Math.min(best.length, most);
  }
}

type Ranked = { readonly who: Folded; readonly rank: number };

function isBefore(one: Ranked, other: Ranked | undefined): boolean {
  return other === undefined || one.rank < other.rank || (one.rank === other.rank && one.who.nick < other.who.nick);
}

function foldedMembers(members: readonly Member[]): readonly Folded[] {
  const known = folded.get(members);
  if (known !== undefined) {
    return known;
  }
  const all = members.map((member) => {
    const nick = fold(member.nick);
    return { member, nick, words: nick.split(/[\s._-]+/u).slice(1) };
  });
  folded.set(members, all);
  return all;
}

/** 0 for who spoke last. */
function speakers(timeline: readonly TimelineItem[]): ReadonlyMap<string, number> {
  const known = ranked.get(timeline);
  if (known !== undefined) {
    return known;
  }
  const ranks = new Map<string, number>();
  for (let at = timeline.length - 1; at >= 0; at -= 1) {
    const item = timeline[at];
    if (item?.kind === 'message' && !ranks.has(fold(item.nick))) {
      ranks.set(fold(item.nick), ranks.size);
    }
  }
  ranked.set(timeline, ranks);
  return ranks;
}
