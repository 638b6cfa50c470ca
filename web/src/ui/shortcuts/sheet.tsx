// All shortcuts, as they are.

import { Modal } from '../modal.tsx';
import type { DialogProps } from '../room/dialogs.tsx';
import { strings } from '../strings.ts';
import { type Chord, type Group, OTHER_SHORTCUTS, PAGE_SHORTCUTS, type Shortcut } from './table.ts';
import '../styles/dialogs.css';

const GROUPS: readonly Group[] = ['go', 'messages', 'writing'];
const ALL = { ...PAGE_SHORTCUTS, ...OTHER_SHORTCUTS };
type Name = keyof typeof ALL;

export function Sheet({ close }: DialogProps) {
  const words = strings.shortcuts;
  return (
    <Modal title={words.title} name="sheet" close={close}>
      {GROUPS.map((group) => (
        <section key={group}>
          <h3>{words.groups[group]}</h3>
          <dl>
            {entries()
              .filter(([, shortcut]) => shortcut.group === group)
              .map(([name, { chords }]) => (
                <div key={name}>
                  <dt>{words.does[name]}</dt>
                  <dd>
                    {chords.map((chord, i) => (
                      <>
                        {i > 0 && ` ${words.or} `}
                        <Keys chord={chord} />
                      </>
                    ))}
                  </dd>
                </div>
              ))}
          </dl>
        </section>
      ))}
    </Modal>
  );
}

function Keys({ chord }: { readonly chord: Chord }) {
  const names = strings.shortcuts.keys;
  const keys = [
    ...(chord.ctrl === true ? [names.Ctrl] : []),
    ...(chord.alt === true ? [names.Alt] : []),
    ...(chord.shift === true ? [names.Shift] : []),
    nameOf(chord.key),
  ];
  return (
    <span class="chord" dir="ltr">
      {keys.map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}

function nameOf(key: string): string {
  const named = new Map<string, string>(Object.entries(strings.shortcuts.keys));
  return named.get(key) ?? key.toUpperCase();
}

function entries(): [Name, Shortcut][] {
  return Object.entries(ALL).flatMap(([name, shortcut]): [Name, Shortcut][] =>
    isName(name) ? [[name, shortcut]] : [],
  );
}

function isName(name: string): name is Name {
  return name in ALL;
}
