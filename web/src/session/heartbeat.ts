// Notices a connection that is open but through which nothing comes any more. Pure: told what is heard and said and
// what time it is, it says when to look again, and then what to do: ping, have a second carrier dialled, give up.
// It counts as silence only what this side was awake for: a look that comes late was slept through.

import type { RoundTrip } from './round-trip.ts';

/** `hedge`: dial another carrier beside this one, in case it has to take over. */
export type Beat = 'ping' | 'hedge' | 'stalled';

/** Nothing came for so long: ask. With the patience this stays below the 5 s in which a stall is to be noticed. */
export const QUIET_MS = 2_500;
/** ... while nobody looks. */
export const QUIET_HIDDEN_MS = 15_000;
/** Also where much comes, the round trip is to be known. */
export const MEASURE_MS = 5_000;
/** Something is awaited, by an answer or by a stream of frames that has stopped: ask sooner. */
export const SILENCE_MS = 450;
/** Two pings are so far apart at least. */
export const PING_GAP_MS = 500;
/** An unanswered ping makes a second carrier worth its cost. */
export const HEDGE_MS = 150;
/** How long a ping may remain unanswered: nobody waits, somebody waits, a second carrier waits, nobody looks. */
export const PATIENCE_MS = { calm: 2_000, urgent: 1_000, hedged: 600, hidden: 5_000, most: 10_000 } as const;
/** ... and in round trips, where they are slow. */
const PATIENCE_TRIPS = 2;
/** A look that comes so late was held up by a busy page or a throttled one: what came is heard after it. */
const LATE_MS = 300;
/** What came while this side was busy is heard within this. */
const LATE_GRACE_MS = 500;
/** So late, the machine has slept, and the network may be another. */
const SLEPT_MS = 2_500;
/** So many frames of rooms within so long are a stream. */
const STREAM = { frames: 5, withinMs: 2_000 } as const;

export class Heartbeat {
  readonly #rtt: RoundTrip;
  readonly #rooms: number[] = [];
  #heardAt: number;
  #pingedAt: number;
  /** Since when an answer to a command is awaited. */
  #awaitedAt: number | null = null;
  /** The first thing said since something was heard. */
  #saidAt: number | null = null;
  /** The ping from which the patience runs. */
  #askedAt: number | null = null;
  #urgent = false;
  #visible: boolean;
  #second: 'none' | 'sought' | 'open' = 'none';
  #graceUntil = 0;
  /** Sleep is forgiven once: then silence is silence. */
  #forgiven = false;

  constructor(rtt: RoundTrip, now: number, visible: boolean) {
    this.#rtt = rtt;
    this.#heardAt = now;
    this.#pingedAt = now - PING_GAP_MS;
    this.#visible = visible;
  }

  /** Whether the last ping is unanswered by anything. */
  get asking(): boolean {
    return this.#askedAt !== null;
  }

  /** Since when this side speaks in vain; null when nothing is awaited. */
  get unansweredSince(): number | null {
    return this.#saidAt;
  }

  /** Something came. `awaiting`: answers to commands are still to come. */
  heard(now: number, from: 'room' | 'control', awaiting: boolean): void {
    this.#heardAt = now;
    this.#awaitedAt = awaiting ? now : null;
    this.#saidAt = null;
    this.#askedAt = null;
    this.#urgent = false;
    this.#second = 'none';
    this.#forgiven = false;
    this.#graceUntil = 0;
    if (from === 'room') {
      this.#rooms.push(now);
      this.#rooms.splice(0, this.#rooms.length - STREAM.frames);
    }
  }

  /** A command was said that is to be answered. */
  spoke(now: number): void {
    this.#awaitedAt ??= now;
    this.#saidAt ??= now;
    this.#urgent ||= this.asking;
  }

  /** Somebody looks again, or the network has changed: what was asked before counts no more. */
  wake(now: number): Beat[] {
    this.#askedAt = null;
    return this.#ask(now, true);
  }

  set visible(visible: boolean) {
    this.#visible = visible;
  }

  /** The second carrier is there, or is no more. */
  secondIs(second: 'open' | 'none'): void {
    // Sought once is enough for one silence.
    this.#second = second === 'open' ? 'open' : 'sought';
  }

  /** When to look next. */
  get due(): number {
    if (this.#askedAt === null) {
      return this.#askAt();
    }
    const hedge = this.#second === 'none' ? this.#hedgeAt(this.#askedAt) : Number.POSITIVE_INFINITY;
    return Math.min(this.#deadline(this.#askedAt), this.#pingedAt + PING_GAP_MS, hedge);
  }

  /** `due` is when this look was to happen. */
  look(now: number, due: number): Beat[] {
    if (now < this.#heardAt || now < this.#pingedAt) {
      this.#clockSetBack(now);
    }
    if (this.#askedAt === null) {
      return now >= this.#askAt() ? this.#ask(now, now - due > SLEPT_MS) : [];
    }
    if (now - due > LATE_MS && !this.#forgiven) {
      this.#forgiven = true;
      this.#graceUntil = now + Math.max(LATE_GRACE_MS, PATIENCE_TRIPS * this.#rtt.reasonable);
      return this.#ping(now);
    }
    if (now >= this.#deadline(this.#askedAt)) {
      return ['stalled'];
    }
    const hedge = this.#second === 'none' && now >= this.#hedgeAt(this.#askedAt);
    if (hedge) {
      this.#second = 'sought';
    }
    return [...(hedge ? (['hedge'] as const) : []), ...this.#ping(now)];
  }

  #clockSetBack(now: number): void {
    this.#heardAt = now;
    this.#pingedAt = now - PING_GAP_MS;
    this.#askedAt = null;
    this.#awaitedAt = this.#awaitedAt === null ? null : now;
    this.#saidAt = null;
    this.#rooms.length = 0;
  }

  #ask(now: number, urgent: boolean): Beat[] {
    this.#urgent = urgent || this.#awaitedAt !== null || this.#streaming();
    this.#askedAt = now;
    return this.#ping(now);
  }

  #ping(now: number): Beat[] {
    if (now < this.#pingedAt + PING_GAP_MS) {
      return [];
    }
    this.#pingedAt = now;
    this.#saidAt ??= now;
    return ['ping'];
  }

  #askAt(): number {
    const last = Math.max(this.#heardAt, this.#pingedAt);
    const quiet = this.#visible ? Math.min(last + QUIET_MS, this.#pingedAt + MEASURE_MS) : last + QUIET_HIDDEN_MS;
    const silence = Math.max(SILENCE_MS, this.#rtt.reasonable);
    const answer = this.#awaitedAt === null ? Number.POSITIVE_INFINITY : this.#awaitedAt + silence;
    const stream = this.#streaming() ? this.#heardAt + silence : Number.POSITIVE_INFINITY;
    return Math.max(this.#pingedAt + PING_GAP_MS, Math.min(quiet, answer, stream));
  }

  #streaming(): boolean {
    const [first] = this.#rooms;
    const enough = this.#visible && this.#rooms.length === STREAM.frames && first !== undefined;
    return enough && this.#heardAt - first <= STREAM.withinMs;
  }

  #hedgeAt(askedAt: number): number {
    return askedAt + Math.max(HEDGE_MS, this.#rtt.reasonable);
  }

  #deadline(askedAt: number): number {
    const { calm, urgent, hedged, hidden, most } = PATIENCE_MS;
    const open = this.#second === 'open' ? hedged : most;
    const base = Math.min(open, this.#urgent ? urgent : this.#visible ? calm : hidden);
    const patience = Math.min(most, Math.max(base, PATIENCE_TRIPS * this.#rtt.reasonable));
    return Math.max(askedAt + patience, this.#graceUntil);
  }
}
