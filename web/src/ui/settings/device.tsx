// The part of the settings about other devices: the link that makes one the same person there. It is shown only when asked
// for, because whoever sees it can be this person.

import { useSignal } from '@preact/signals';
import type { Chat } from '../../store/types.ts';
import { useCopying } from '../copying.ts';
import { strings } from '../strings.ts';
import '../styles/device.css';

export function DeviceSettings({ chat }: { readonly chat: Chat }) {
  const link = useSignal('');
  const words = strings.device;
  const show = async () => {
    link.value = await chat.deviceLink().catch(() => '');
  };
  return (
    <section class="device-link" aria-label={words.heading}>
      <h3>{words.heading}</h3>
      <p>{words.why}</p>
      {link.value === '' ? (
        <div>
          <button type="button" class="button" onClick={() => void show()}>
            {words.show}
          </button>
        </div>
      ) : (
        <Link link={link.value} />
      )}
    </section>
  );
}

function Link({ link }: { readonly link: string }) {
  const { field, copied, copy } = useCopying(link);
  const words = strings.device;
  return (
    <div class="field-row">
      <input class="wide-field" ref={field} readOnly value={link} aria-label={words.link} dir="ltr" />
      <button type="button" class="button" onClick={() => void copy()}>
        {copied.value ? words.copied : words.copy}
      </button>
    </div>
  );
}
