// Where the link from another device leads: one says whether one is that person, and goes on in the same rooms.

import { useSignal } from '@preact/signals';
import { type DeviceLink, parseDeviceLink } from '../../store/device-link.ts';
import { kindOf } from '../../store/targets.ts';
import type { Chat } from '../../store/types.ts';
import { Mark } from '../brand.tsx';
import { lasting } from '../kept.ts';
import { said } from '../said.ts';
import { strings } from '../strings.ts';
import { NAME } from '../visit.ts';
import '../styles/device.css';

interface Props {
  readonly chat: Chat;
  /** The join page is wanted instead. */
  readonly decline: () => void;
}

export function DevicePage({ chat, decline }: Props) {
  const link = parseDeviceLink(location.pathname, location.hash);
  const words = strings.device;
  return (
    <main class="join">
      <div class="join-box device">
        <header class="join-head">
          <Mark />
          <h1>{strings.product}</h1>
        </header>
        {link === null ? <p role="alert">{words.broken}</p> : <Offer chat={chat} link={link} />}
        <button type="button" class="text-button" onClick={decline}>
          {words.decline}
        </button>
      </div>
    </main>
  );
}

function Offer({ chat, link }: { readonly chat: Chat; readonly link: DeviceLink }) {
  const busy = useSignal(false);
  const problem = useSignal('');
  const words = strings.device;
  const nick = link.lodgings[0]?.nick ?? '';
  const accept = async () => {
    if (busy.peek()) {
      return;
    }
    busy.value = true;
    const result = await chat.takeOver(link).catch(() => null);
    busy.value = false;
    if (result?.ok === true) {
      lasting.keep(NAME, nick);
    }
    problem.value = result?.ok === true ? '' : result === null ? strings.join.failed : said(result.refusal);
  };
  return (
    <>
      <p>{words.offer(nick)}</p>
      <ul class="device-rooms" aria-label={words.rooms}>
        {link.lodgings.map((lodging) => (
          <li key={lodging.place.id}>
            <bdi>{lodging.direct?.nick ?? lodging.place.name}</bdi> <small>{strings.rooms.kind[kindOf(lodging)]}</small>
          </li>
        ))}
      </ul>
      {problem.value !== '' && (
        <p class="refused" role="alert">
          {problem.value}
        </p>
      )}
      <button type="button" class="button primary join-button" aria-disabled={busy.value} onClick={() => void accept()}>
        {busy.value ? strings.join.joining : words.accept(nick)}
      </button>
    </>
  );
}
