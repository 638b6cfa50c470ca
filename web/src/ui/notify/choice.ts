// What one wants to be told of: kept on this device, and the same in all of its tabs at once.

import { type ReadonlySignal, signal } from '@preact/signals';
import type { RoomKind } from '../../store/types.ts';
import { lasting } from '../kept.ts';

/** Of a room: every message, those that name one, or nothing. */
export type Level = 'all' | 'mentions' | 'mute';

export interface Choices {
  /** Whether desktop notifications are wanted, if the browser may show them. */
  readonly desktop: boolean;
  readonly sound: boolean;
  /** 0 to 1. */
  readonly volume: number;
  /** Where it differs from what the kind of room has; by id. */
  readonly rooms: Readonly<Record<string, Level>>;
}

const KEY = 'chinwag.notify';
/** Rooms one has ever decided on; the oldest decisions go first. */
const MOST_ROOMS = 500;
const LEVELS: readonly Level[] = ['all', 'mentions', 'mute'];

const chosen = signal<Choices>(parse(lasting.recall(KEY)));
export const choices: ReadonlySignal<Choices> = chosen;

addEventListener('storage', ({ key, newValue }) => {
  if (key === KEY || key === null) {
    chosen.value = parse(newValue);
  }
});

export function choose(part: Partial<Choices>): void {
  chosen.value = { ...chosen.peek(), ...part };
  lasting.keep(KEY, JSON.stringify(chosen.peek()));
}

export function chooseLevel(room: { readonly id: string; readonly kind: RoomKind }, level: Level): void {
  const { [room.id]: _before, ...others } = chosen.peek().rooms;
  const kept = Object.entries(others).slice(1 - MOST_ROOMS);
  choose({ rooms: { ...Object.fromEntries(kept), ...(level === usual(room.kind) ? {} : { [room.id]: level }) } });
}

export function levelOf(room: { readonly id: string; readonly kind: RoomKind }, all: Choices): Level {
  return all.rooms[room.id] ?? usual(room.kind);
}

/** A direct message is for one, always. */
function usual(kind: RoomKind): Level {
  return kind === 'direct' ? 'all' : 'mentions';
}

/** What is not well-formed is as good as never chosen. */
export function parse(text: string | null): Choices {
  const { desktop, sound, volume, rooms } = fields(text);
  return {
    desktop: desktop === true,
    sound: sound === true,
    volume: typeof volume === 'number' && volume >= 0 && volume <= 1 ? volume : 0.5,
    rooms: Object.fromEntries(Object.entries(fieldsOf(rooms)).filter(isLevel)),
  };
}

function fields(text: string | null): Readonly<Record<string, unknown>> {
  try {
    return fieldsOf(JSON.parse(text ?? 'null'));
  } catch {
    return {};
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isLevel(entry: [string, unknown]): entry is [string, Level] {
  return LEVELS.some((level) => level === entry[1]);
}
