// What a click on the indicator opens: a way to try again at once, and the report, which is fetched then.

import type { Chat } from '../../store/types.ts';
import { Dropdown } from '../dropdown.tsx';
import { Later } from '../later.tsx';
import { strings } from '../strings.ts';

interface Props {
  readonly id: string;
  readonly chat: Chat;
  /** The state in words. */
  readonly state: string;
  readonly action: string | null;
}

const report = async () => (await import('./report.tsx')).Report;

/** When it is wanted most, it cannot be fetched. Never rejects: whoever opens the panel tries again. */
export async function fetchReport(): Promise<void> {
  await report().catch(() => undefined);
}

export function ConnectionDetails({ id, chat, state, action }: Props) {
  const inside = (settle: () => void) => {
    const act = () => {
      chat.reconnectNow();
      settle(); // the button may be gone in a moment
    };
    return (
      <>
        {action !== null && (
          <button type="button" class="button primary" onClick={act}>
            {action}
          </button>
        )}
        <Later load={report} part={{ chat, state }} />
      </>
    );
  };
  return (
    <Dropdown id={id} title={strings.connection.label}>
      {inside}
    </Dropdown>
  );
}
