// The part of the settings about notifications: what holds for all rooms. What a room has of its own is behind its bell.

import type { Chat } from '../../store/types.ts';
import { Desktop, Sound } from '../notify/panel.tsx';
import { strings } from '../strings.ts';

export function NotifySettings(_props: { readonly chat: Chat }) {
  return (
    <section class="notify" aria-label={strings.notify.heading}>
      <h3>{strings.notify.heading}</h3>
      <Desktop />
      <Sound />
    </section>
  );
}
