// What the chat without a server knows of rooms and messages.

import type { Content, Member, Message, Reaction, Reply, Room, TimelineItem } from '../../store/types.ts';

/** A room with somebody in it who has just come. */
export function roomOf(id: string, nick: string, { name, others }: { name: string; others: readonly string[] }): Room {
  const members = [...others, nick].map((n, i): Member => ({ id: i + 1, nick: n, away: false }));
  const event = { kind: 'notice' } as const;
  return {
    ...{ id, kind: 'public', name, topic: '', nick, you: members.length, members },
    timeline: [{ kind: 'line', key: `welcome ${id}`, at: Date.now(), text: 'Welcome!', event }],
    ...{ hasOlder: false, hasNewer: false, loadingOlder: false, loadingNewer: false },
    ...{ typing: [], readUpTo: 0, keptAt: null, head: 0, target: { kind: 'public', name }, invitation: null },
  };
}

export function plain(content: Content): string {
  return content.kind === 'text' ? content.body.toLowerCase() : '';
}

export function findSeq(room: Room | null, seq: number): Message | undefined {
  const found = room?.timeline.find((item) => item.kind === 'message' && item.seq === seq);
  return found?.kind === 'message' ? found : undefined;
}

export function mapSeq(
  items: readonly TimelineItem[],
  seq: number,
  part: (message: Message) => Partial<Message>,
): TimelineItem[] {
  return items.map((item) => (item.kind === 'message' && item.seq === seq ? { ...item, ...part(item) } : item));
}

export function targetOf(room: Room | null, seq: number): Reply['target'] {
  const found = findSeq(room, seq);
  return found === undefined ? null : { nick: found.nick, mine: found.mine, content: found.content };
}

export function replyTo(room: Room, seq: number | undefined): Reply | null {
  return seq === undefined ? null : { seq, target: targetOf(room, seq) };
}

export function reacted(
  reactions: readonly Reaction[],
  { emoji, on, nick }: { emoji: string; on: boolean; nick: string },
): Reaction[] {
  const before = reactions.find((reaction) => reaction.emoji === emoji);
  const nicks = (before?.nicks ?? []).filter((other) => other !== nick);
  const after = on ? [...nicks, nick] : nicks;
  const now: Reaction = { emoji, count: after.length, mine: on, nicks: after };
  const all = before === undefined ? [...reactions, now] : reactions.map((one) => (one === before ? now : one));
  return all.filter(({ count }) => count > 0);
}

/** Messages from before the first one there is. */
export function older(
  room: Room,
  count: number,
  make: (nick: string, content: Content, more: Partial<Message>) => Message,
): TimelineItem[] {
  const first = room.timeline.find((item) => item.kind === 'message');
  const [at, seq] = first?.kind === 'message' ? [first.at, first.seq] : [Date.now(), count + 1];
  return Array.from({ length: count }, (_, i) => {
    const back = count - i;
    const nick = room.members[(Math.floor(back / 3) * 7) % room.members.length]?.nick ?? 'ann';
    const body = `Older message ${seq - back}. ${'A few more words to fill the line. '.repeat(back % 4)}`.trim();
    return make(nick, { kind: 'text', body }, { at: at - back * 90_000, seq: seq - back });
  });
}
