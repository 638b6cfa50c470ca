// Says that the message that an address or an answer leads to is not here.

import { useLayoutEffect } from 'preact/hooks';
import { astray } from '../destination.ts';
import { strings } from '../strings.ts';

export function AstrayBar() {
  const forget = () => {
    astray.value = false;
  };
  // It is about the room in which it was asked for.
  useLayoutEffect(() => forget, []);
  if (!astray.value) {
    return null;
  }
  return (
    <p class="version-bar" role="status">
      {strings.message.astray}{' '}
      <button type="button" class="text-button" onClick={forget}>
        {strings.page.close}
      </button>
    </p>
  );
}
