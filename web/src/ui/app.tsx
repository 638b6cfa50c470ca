// Which page one sees.

import { type Signal, signal, useComputed, useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Chat, JoinResult } from '../store/types.ts';
import { Boundary } from './boundary.tsx';
import { ask } from './join/check.ts';
import { JoinPage } from './join/join.tsx';
import { Later } from './later.tsx';
import { allWords } from './strings/language.ts';
import { Visit } from './visit.ts';

type Room = ComponentType<{ readonly chat: Chat; readonly visit: Visit }>;

/** The first screen is the join page; what a room needs comes behind it, and long before anybody has typed a name. */
const room: Signal<Room | null> = signal(null);

/** What another device has given leads here. */
const DEVICE_PATH = '/d';
const devicePage = async () => {
  const [{ DevicePage }] = await Promise.all([import('./device/page.tsx'), allWords()]);
  return DevicePage;
};

export function App({ chat }: { readonly chat: Chat }) {
  return (
    <Boundary chat={chat}>
      <Pages chat={chat} />
    </Boundary>
  );
}

function Pages({ chat }: { readonly chat: Chat }) {
  const visit = useMemo(() => new Visit(chat), [chat]);
  const wasInside = useRef(false);
  const arrival = useMemo(() => (visit.atOnce ? ask(chat, visit, visit.wish.peek()) : null), [chat, visit]);
  const isLate = useLate(arrival);
  const fromDevice = useSignal(location.pathname === DEVICE_PATH);
  const inside = useComputed(() => chat.room.value !== null).value;
  // Whoever is on the way into a room waits for it; whoever is not, for the form.
  const given = useMemo(() => (visit.atOnce ? fetchRoom(0) : null), [visit]);
  useEffect(() => given ?? fetchRoom(0), [given]);
  const RoomPage = room.value;
  if (!inside && fromDevice.value) {
    const decline = () => {
      history.replaceState(null, '', '/');
      fromDevice.value = false;
    };
    return <Later load={devicePage} part={{ chat, decline }} />;
  }
  if (!inside || RoomPage === null) {
    const arriving = !wasInside.current;
    return arriving && !isLate ? null : (
      <JoinPage chat={chat} visit={visit} arriving={arriving} arrival={arriving ? arrival : null} />
    );
  }
  wasInside.current = true;
  fromDevice.value = false;
  return <RoomPage chat={chat} visit={visit} />;
}

/** Somebody who is in sooner does not need to see the form. */
const SOON_MS = 1_000;

/** Whether one should see why one is not in the room yet that the address leads to. */
function useLate(arrival: Promise<JoinResult> | null): boolean {
  const late = useSignal(arrival === null);
  useEffect(() => {
    const show = () => {
      late.value = true;
    };
    void arrival?.then(({ ok }) => ok || show()); // never rejects
    const timer = setTimeout(show, SOON_MS);
    return () => clearTimeout(timer);
  }, [arrival, late]);
  return late.value;
}

const AGAIN_MS = 1_000;
const LONGEST_MS = 30_000;

/** Until it is there: without it nobody gets in. Returns what gives it up. */
function fetchRoom(failures: number): () => void {
  let stop: () => void = () => undefined;
  if (room.peek() === null) {
    Promise.all([import('./room/entrance.ts'), allWords()]).then(
      ([{ RoomPage }]) => {
        room.value = RoomPage;
      },
      () => {
        const wait = setTimeout(
          () => {
            stop = fetchRoom(failures + 1);
          },
          Math.min(LONGEST_MS, AGAIN_MS * 2 ** failures),
        );
        stop = () => clearTimeout(wait);
      },
    );
  }
  return () => stop();
}
