// What one wants to be told of, and how: for the open room, and for all of them. It explains before the browser asks.

import { useId } from 'preact/hooks';
import type { Chat, Room } from '../../store/types.ts';
import { strings } from '../strings.ts';
import { choices, choose, chooseLevel, type Level, levelOf } from './choice.ts';
import { ask, permission } from './permission.ts';
import { play } from './sound.ts';
import '../styles/notify.css';

const LEVELS: readonly Level[] = ['all', 'mentions', 'mute'];

export function NotifyPanel({ chat }: { readonly chat: Chat }) {
  const room = chat.room.value;
  return (
    <div class="notify">
      <Desktop />
      {room !== null && <Levels room={room} />}
      <Sound />
    </div>
  );
}

/** Whether this page may and shall show something on the desktop. */
export function Desktop() {
  const words = strings.notify;
  const turnOn = async () => {
    choose({ desktop: (await ask()) === 'granted' });
  };
  switch (permission.value) {
    case 'insecure':
      return <p class="notify-note">{words.insecure}</p>;
    case 'missing':
      return <p class="notify-note">{words.missing}</p>;
    case 'denied':
      return <p class="notify-note">{words.denied}</p>;
    case 'ask':
      return (
        <>
          <p class="notify-note">{words.explain}</p>
          <button type="button" class="button primary" onClick={() => void turnOn()}>
            {words.turnOn}
          </button>
        </>
      );
    case 'granted':
      return <Check label={words.desktop} on={choices.value.desktop} turn={(desktop) => choose({ desktop })} />;
  }
}

function Levels({ room }: { readonly room: Room }) {
  const words = strings.notify;
  const chosen = levelOf(room, choices.value);
  const group = useId();
  return (
    <fieldset class="notify-levels">
      <legend>
        <bdi>{words.levels(room.name)}</bdi>
      </legend>
      {LEVELS.map((level) => (
        <label key={level} class="notify-line">
          <input type="radio" name={group} checked={level === chosen} onChange={() => chooseLevel(room, level)} />
          {words.level[level]}
        </label>
      ))}
    </fieldset>
  );
}

export function Sound() {
  const words = strings.notify;
  const { sound, volume } = choices.value;
  const turn = (on: boolean) => {
    choose({ sound: on });
    if (on) {
      play(volume); // a sound that nobody knows is no help
    }
  };
  return (
    <>
      <Check label={words.sound} on={sound} turn={turn} />
      {sound && (
        <label class="notify-line">
          {words.volume}
          <input
            type="range"
            min={0}
            max={1}
            step={0.05}
            value={volume}
            onChange={(event) => {
              const wanted = event.currentTarget.valueAsNumber;
              choose({ volume: wanted });
              play(wanted);
            }}
          />
        </label>
      )}
    </>
  );
}

interface CheckProps {
  readonly label: string;
  readonly on: boolean;
  readonly turn: (on: boolean) => void;
}

function Check({ label, on, turn }: CheckProps) {
  return (
    <label class="notify-line">
      <input type="checkbox" checked={on} onChange={(event) => turn(event.currentTarget.checked)} />
      {label}
    </label>
  );
}
