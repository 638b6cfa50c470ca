// One attempt to get a session: which transports are dialled when, and which one says Hello. A session's tokens change
// at every Hello, so only one racer greets at a time; the others wait, open, until it is welcomed or has failed.

import type { TransportName } from '../transport/carrier.ts';

/** A carrier being dialled or in use: a number, because the machine knows no sockets. */
export type Dial = number;

/** What the race wants done. After `headStart` the next racer is to be sent off. */
export type Step =
  | { readonly kind: 'dial'; readonly transport: TransportName }
  | { readonly kind: 'greet'; readonly dial: Dial }
  | { readonly kind: 'drop'; readonly dial: Dial }
  | { readonly kind: 'headStart'; readonly ms: number };

/** WebTransport answers within this on any network where it works well. */
const HEAD_START_MS = 300;
/** Where WebSocket is known to be better, WebTransport is only its understudy. */
const UNDERSTUDY_MS = 2_000;

interface Racer {
  readonly transport: TransportName;
  state: 'dialling' | 'open' | 'greeting';
}

export class Race {
  readonly #racers = new Map<Dial, Racer>();
  readonly #waiting: TransportName[];
  readonly #gap: number;

  constructor(offered: readonly TransportName[], verdict: TransportName | null) {
    const order: readonly TransportName[] =
      verdict === 'WebSocket' ? ['WebSocket', 'WebTransport'] : ['WebTransport', 'WebSocket'];
    this.#waiting = order.filter((transport) => offered.includes(transport));
    this.#gap = verdict === 'WebSocket' ? UNDERSTUDY_MS : HEAD_START_MS;
  }

  /** Nobody runs and nobody is left to run. */
  get lost(): boolean {
    return this.#racers.size === 0 && this.#waiting.length === 0;
  }

  get greeting(): Dial | null {
    return this.#find('greeting');
  }

  transportOf(dial: Dial): TransportName | null {
    return this.#racers.get(dial)?.transport ?? null;
  }

  /** The transport under this dial is on its way. */
  dialled(dial: Dial, transport: TransportName): void {
    this.#racers.set(dial, { transport, state: 'dialling' });
  }

  /** This carrier was on its way before the race, or is open already: it starts, another one of its kind does not. */
  adopted(dial: Dial, transport: TransportName, open: boolean): Step[] {
    this.#waiting.splice(0, this.#waiting.length, ...this.#waiting.filter((other) => other !== transport));
    this.dialled(dial, transport);
    const more: Step[] = this.#waiting.length > 0 ? [{ kind: 'headStart', ms: HEAD_START_MS }] : [];
    return [...(open ? this.opened(dial) : []), ...more];
  }

  /** Sends the next racer off, if one is left. */
  next(): Step[] {
    const transport = this.#waiting.shift();
    if (transport === undefined) {
      return [];
    }
    const more: Step[] = this.#waiting.length > 0 ? [{ kind: 'headStart', ms: this.#gap }] : [];
    return [{ kind: 'dial', transport }, ...more];
  }

  opened(dial: Dial): Step[] {
    const racer = this.#racers.get(dial);
    if (racer === undefined) {
      return [{ kind: 'drop', dial }];
    }
    racer.state = 'open';
    return this.#greetNext();
  }

  /** A dial has failed, a carrier closed or did not greet in time. */
  failed(dial: Dial): Step[] {
    const racer = this.#racers.get(dial);
    this.#racers.delete(dial);
    if (racer === undefined) {
      return [];
    }
    const greet = this.#greetNext();
    return greet.length > 0 || this.greeting !== null ? greet : this.next();
  }

  /** The dials that did not win; all of them without a winner. */
  others(winner: Dial | null): Dial[] {
    return [...this.#racers.keys()].filter((dial) => dial !== winner);
  }

  /** A racer on this transport that has not come up yet. */
  dialling(transport: TransportName): Dial | null {
    const found = [...this.#racers].find(([, racer]) => racer.transport === transport && racer.state === 'dialling');
    return found?.[0] ?? null;
  }

  #greetNext(): Step[] {
    const dial = this.#find('open');
    const racer = dial === null ? undefined : this.#racers.get(dial);
    if (dial === null || racer === undefined || this.greeting !== null) {
      return [];
    }
    racer.state = 'greeting';
    return [{ kind: 'greet', dial }];
  }

  #find(state: Racer['state']): Dial | null {
    return [...this.#racers].find(([, racer]) => racer.state === state)?.[0] ?? null;
  }
}
