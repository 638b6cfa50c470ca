// Says that the server has a newer client than this page; loading it again is left to the person.

import { newVersion } from '../offline/newer.ts';
import { strings } from '../strings.ts';

export function VersionBar() {
  if (!newVersion.value) {
    return null;
  }
  return (
    <p class="version-bar" role="status">
      {strings.page.newVersion}{' '}
      <button type="button" class="text-button" onClick={() => location.reload()}>
        {strings.page.reload}
      </button>
    </p>
  );
}
