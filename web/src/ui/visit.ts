// Where one is: the address follows the open room, and the room follows the address when one goes back or forward. Going
// back from one's only room is a deliberate leave, because the join page is what one then sees.

import { type Signal, signal } from '@preact/signals';
import { INVITATION_PATH } from '../store/invitation.ts';
import type { Chat, JoinResult, Room, RoomTarget } from '../store/types.ts';
import { destination, destinationIn } from './destination.ts';
import { keepHere, recallHere } from './here.ts';
import { lasting } from './kept.ts';
import { leaving, needsAsking } from './leaving.ts';
import { parseRoute, type Route, roomPath } from './route.ts';

/** Where the name is kept that the join page offers. */
export const NAME = 'chinwag.name';

export class Visit {
  /** What the join page shows at first. */
  readonly wish: Signal<Pick<Route, 'room' | 'nick'>>;
  /** Whether that is to be joined without asking. */
  readonly atOnce: boolean;
  readonly #chat: Chat;
  /** What the wish means, for as long as its room is what is asked for. */
  readonly #target: Signal<RoomTarget | null>;
  readonly #lostInvitation: Signal<boolean>;
  /** Addresses of rooms that were open, and which. */
  readonly #opened = new Map<string, string>();
  #open: Pick<Room, 'id' | 'nick'> | null = null;
  /** The next change of room takes the place of what is left. */
  #replacing = false;

  constructor(chat: Chat) {
    this.#chat = chat;
    const route = parseRoute(location.pathname, location.search, location.hash);
    const here = route.nick === '' ? recallHere() : null;
    const back = here !== null && here.address === address() && address() !== '/';
    const target = back ? here.target : targetOf(route);
    this.#target = signal(target);
    destination.value = destinationIn(location.search);
    const room = target?.name ?? '';
    this.#lostInvitation = signal(leadsNowhere(room));
    this.atOnce = room !== '' && (route.nick !== '' || back);
    this.wish = signal({ room, nick: back ? here.nick : route.nick || lastName() });
    if (location.search !== '') {
      history.replaceState(null, '', address());
    }
    addEventListener('popstate', () => this.#moved());
    chat.room.subscribe((room) => this.#follow(room));
  }

  /** The name of the private room that one's address invites to. */
  get invitedTo(): string | null {
    const target = this.#target.value;
    return target?.kind === 'private' ? target.name : null;
  }

  /** Whether one has come by an invitation that leads nowhere. */
  get lostInvitation(): boolean {
    return this.#lostInvitation.value;
  }

  /** What the join page means by the name of this room. */
  aim(target: RoomTarget): void {
    this.#target.value = target;
  }

  async join(room: string, nick: string): Promise<JoinResult> {
    const wished = this.#target.peek();
    const target = wished?.name === room ? wished : ({ kind: 'public', name: room } as const);
    const result = await this.#chat.join(target, nick);
    if (result.ok) {
      lasting.keep(NAME, nick);
      this.wish.value = { room, nick };
    }
    return result;
  }

  /** Leaves the open room; the next one opens, or the join page. */
  leave(): void {
    this.#replacing = true;
    void this.#chat.leave();
  }

  #follow(room: Room | null): void {
    const before = this.#open;
    if (room?.id === before?.id && room?.nick === before?.nick) {
      return;
    }
    this.#open = room === null ? null : { id: room.id, nick: room.nick };
    if (room === null) {
      keepHere(null);
      this.#goTo('/', true);
    } else {
      this.#enter(room, before);
    }
    this.#replacing = false;
  }

  #enter(room: Room, before: Pick<Room, 'id'> | null): void {
    const where = addressOf(room);
    keepHere({ address: where, nick: room.nick, target: room.target });
    this.#opened.set(where, room.id);
    const fromRoom = before !== null && before.id !== room.id && !this.#replacing;
    this.#goTo(where, fromRoom || address() === '/');
  }

  #goTo(where: string, further: boolean): void {
    if (address() === where) {
      return; // one has come here by the address
    }
    if (further) {
      history.pushState(null, '', where);
    } else {
      history.replaceState(null, '', where);
    }
  }

  /** Back, forward, or another address behind the `#`. */
  #moved(): void {
    const route = parseRoute(location.pathname, location.search, location.hash);
    const rooms = this.#chat.rooms.peek();
    const id = this.#opened.get(address());
    if (id !== undefined && rooms.some((room) => room.id === id)) {
      this.#chat.activate(id);
    } else if (this.#open === null || rooms.length <= 1) {
      this.#leaveFor(route);
    } else {
      void this.#joinOrStay(targetOf(route)); // never rejects
    }
  }

  /** Going back once more while one is asked is an answer: nobody is held fast. */
  #leaveFor(route: Route): void {
    const room = this.#chat.room.peek();
    const asked = leaving.peek()?.id === room?.id;
    leaving.value = null;
    if (room === null || this.#open === null || asked || !needsAsking(this.#chat, room.id)) {
      return this.#wishFor(route);
    }
    const there = location.href;
    history.pushState(null, '', addressOf(room));
    const leave = () => {
      history.pushState(null, '', there);
      this.#wishFor(route);
    };
    leaving.value = { id: room.id, leave };
  }

  /** The join page is what one sees. */
  #wishFor(route: Route): void {
    keepHere(null);
    this.#target.value = targetOf(route);
    this.#lostInvitation.value = leadsNowhere(route.room);
    this.wish.value = { room: route.room, nick: lastName() };
    if (this.#open !== null) {
      this.#open = null; // the address is already there
      void this.#chat.leave();
    }
  }

  /** Somebody in many rooms does not lose them by going back too far. */
  async #joinOrStay(target: RoomTarget | null): Promise<void> {
    const room = this.#chat.room.peek();
    const result = target === null ? null : await this.#chat.join(target, room?.nick ?? lastName()).catch(() => null);
    if (result?.ok !== true && room !== null) {
      history.pushState(null, '', addressOf(room));
    }
  }
}

/** Without a question. */
function address(): string {
  return location.pathname + location.hash;
}

function leadsNowhere(room: string): boolean {
  return location.pathname === INVITATION_PATH && room === '';
}

function targetOf({ room, key }: Route): RoomTarget | null {
  if (room === '') {
    return null;
  }
  return key === null ? { kind: 'public', name: room } : { kind: 'private', key, name: room };
}

/** Of a room of two it says only which: the key is nobody else's. */
function addressOf({ kind, id, name, invitation }: Room): string {
  if (kind === 'public') {
    return roomPath(name);
  }
  const invited = invitation === null ? null : new URL(invitation);
  return invited === null ? `/i#~${id.trim()}` : invited.pathname + invited.hash;
}

function lastName(): string {
  return lasting.recall(NAME) ?? '';
}
