// What opens over the page, fetched when it is wanted.

import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Chat } from '../../store/types.ts';
import { type DialogName, dialog } from '../panels.ts';

export interface DialogProps {
  readonly chat: Chat;
  readonly close: () => void;
  /** Opens a room. */
  readonly go: (id: string) => void;
  readonly say: (text: string) => void;
}

type Content = ComponentType<DialogProps>;

const loaded = new Map<DialogName, Content>();

async function load(name: DialogName): Promise<Content> {
  switch (name) {
    case 'settings':
      return (await import('../settings/settings.tsx')).Settings;
    case 'shortcuts':
      return (await import('../shortcuts/sheet.tsx')).Sheet;
    case 'switcher':
      return (await import('../switcher/switcher.tsx')).Switcher;
    case 'directory':
      return (await import('../directory/directory.tsx')).Directory;
  }
}

type Props = Omit<DialogProps, 'close'>;

export function Dialogs(props: Props) {
  const name = dialog.value;
  const arrived = useSignal(0);
  useEffect(() => {
    if (name === null || loaded.has(name)) {
      return;
    }
    load(name).then(
      (content) => {
        loaded.set(name, content);
        arrived.value += 1;
      },
      // Without a network, or a new version of the client is out: the button can be pressed again.
      () => closeIf(name),
    );
  }, [name, arrived]);
  void arrived.value;
  const Shown = name === null ? undefined : loaded.get(name);
  return name === null || Shown === undefined ? null : <Shown key={name} {...props} close={() => closeIf(name)} />;
}

/** Another one may have taken its place meanwhile. */
function closeIf(name: DialogName): void {
  if (dialog.peek() === name) {
    dialog.value = null;
  }
}
