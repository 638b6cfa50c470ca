// A network that lets no UDP through.

import { expect, inject, test } from 'vitest';
import { Person, stage } from './rig/index.ts';
import { UdpHole } from './rig/udp-hole.ts';

const set = stage();

// K4: Chromium alone can be led astray; for Firefox `make faults` drops the packets.
test.runIf(inject('engine') === 'chromium')(
  'K4: where UDP leads nowhere the chat is used all the same, over WebSocket',
  async () => {
    const hole = await UdpHole.open();
    const browser = await hole.browser(set.server.port, inject('finder'));
    try {
      const room = set.room();
      const bob = await set.member('bob', room);
      const ann = new Person(await browser.newPage(), set.server.url);
      await ann.join('ann', room);
      await expect.poll(() => ann.connection()).toContain('WebSocket');
      expect(hole.knocks).toBeGreaterThan(0);
      await ann.say('through after all');
      await ann.hasSent('through after all');
      await bob.messageWith('through after all');
      await bob.say('so I see');
      await ann.messageWith('so I see');
      expect(await ann.faults()).toEqual([]);
    } finally {
      await browser.close();
      await hole.close();
    }
  },
);
