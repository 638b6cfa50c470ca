// Initials on a colour. They stand in an attribute and are painted by the style sheet, so that the text around them
// stays exactly the name.

import { hueOf, initials } from './avatar.ts';

export function Avatar({ nick }: { readonly nick: string }) {
  return <span class="avatar" aria-hidden="true" data-initials={initials(nick)} style={{ '--hue': hueOf(nick) }} />;
}
