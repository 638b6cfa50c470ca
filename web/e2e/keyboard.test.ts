// The whole course of the chat without a mouse.

import { expect, test } from 'vitest';
import { button, field, MESSAGE, type Person, type Query, stage } from './rig/index.ts';

const set = stage('--rate', '1000', '--burst', '1000');

const ARTICLE = { role: 'article' };
const current = (who: Person) =>
  who.page.evaluate(() => document.querySelector('.room-button[aria-current] .room-name')?.textContent ?? '');
/** What stands in the element with the focus, or names it. */
const focused = (who: Person) =>
  who.page.evaluate(() => {
    const on = document.activeElement;
    const named = on instanceof HTMLElement && on !== document.body; // which holds all words there are
    return named ? (on.getAttribute('aria-label') ?? on.innerText.trim()) : '';
  });

/** As fingers do: into whatever has the focus. */
async function types(who: Person, text: string): Promise<void> {
  await who.page.evaluate((t) => document.execCommand('insertText', false, t), text);
}

// ux A4, J1, C4
test('A4: joining, sending, answering, reacting, editing, switching rooms, searching and leaving, by keyboard alone', async () => {
  const [room, other] = [set.room(), set.room()];
  const bob = await set.member('bob', room);
  const ann = await set.person();
  await ann.open();

  // Join.
  await expect.poll(() => ann.hasFocus(field('Display name'))).toBe(true);
  await types(ann, 'ann');
  await ann.press('Tab');
  await expect.poll(() => ann.hasFocus(field('Room'))).toBe(true);
  await types(ann, room);
  await ann.press('Enter');
  await ann.arrives();

  // Send.
  await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);
  await types(ann, 'first words');
  await ann.press('Enter');
  await ann.hasSent('first words');
  expect(await ann.hasFocus(MESSAGE)).toBe(true);

  // Answer.
  await bob.say('a question?');
  await ann.messageWith('a question?');
  await ann.press('F6', 'Shift');
  await expect.poll(() => focused(ann)).toContain('a question?');
  await ann.press('r');
  await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);
  await types(ann, 'an answer');
  await ann.press('Enter');
  await ann.hasSent('an answer');
  expect((await bob.messageWith('an answer')).text).toContain('a question?');

  // React.
  await ann.press('F6', 'Shift');
  await expect.poll(() => focused(ann)).toContain('a question?');
  await ann.press('ArrowDown');
  await expect.poll(() => focused(ann)).toContain('an answer');
  await ann.press('ArrowUp');
  await expect.poll(() => focused(ann)).not.toContain('an answer');
  await ann.press('Enter');
  await expect.poll(() => focused(ann)).toBe('React');
  await ann.press('Enter');
  await expect.poll(() => focused(ann)).toContain('\u{1F44D}');
  await ann.press('Enter');
  const thumbs = { role: 'button', name: { part: '\u{1F44D}' }, within: { role: 'log' } };
  await bob.sees(thumbs);

  // Edit, from wherever that has left the focus.
  await expect.poll(() => focused(ann)).toContain('a question?');
  await ann.press('Escape');
  await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);
  await ann.press('ArrowUp');
  await expect.poll(() => ann.value(MESSAGE)).toBe('an answer');
  await types(ann, ', at last');
  await ann.press('Enter');
  await expect.poll(async () => (await bob.messageWith('an answer, at last')).text).toContain('edited');

  // Another room, and back.
  await types(ann, `/join ${other}`);
  await ann.press('Enter');
  await expect.poll(() => current(ann)).toBe(other);
  await ann.press('ArrowUp', 'Alt');
  await expect.poll(() => current(ann)).toBe(room);
  await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);

  // Search, and go to what was found.
  await ann.press('f', 'Control', 'Shift');
  await expect.poll(() => focused(ann)).toBe('Words to find');
  await types(ann, 'first');
  await ann.press('Enter');
  await ann.sees({ role: 'button', name: { part: 'first words' }, within: { role: 'dialog' } });
  await ann.press('Tab');
  await ann.press('Tab');
  await expect.poll(() => focused(ann)).toContain('first words');
  await ann.press('Enter');
  await expect.poll(() => ann.count({ role: 'dialog' })).toBe(0);
  await ann.messageWith('first words');
  await ann.press('Escape');
  await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);

  // Leave, from the room's menu in the sidebar.
  await ann.press('F6');
  await ann.press('F6');
  await expect.poll(() => focused(ann)).toContain(room);
  await ann.press('Tab');
  await expect.poll(() => focused(ann)).toBe(`More about ${room}`);
  await ann.press('Enter');
  await expect.poll(() => ann.count({ role: 'menuitem', name: 'Leave' })).toBe(1);
  await ann.press('End');
  await expect.poll(() => focused(ann)).toBe('Leave');
  await ann.press('Enter');
  await expect.poll(() => current(ann)).toBe(other);
  await expect.poll(() => bob.users()).toEqual(['bob']);
  await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);
  await types(ann, '/leave');
  await ann.press('Enter');
  await ann.sees(button('Join'));
  expect(await ann.count(ARTICLE)).toBe(0);
});

// ux A4, P5
test('A4 P5: a key that comes before the first frame of a room keeps the focus that it has chosen', async () => {
  const [first, second] = [set.room(), set.room()];
  const ann = await set.member('ann', first);
  await ann.goesTo(second);
  await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);
  await ann.page.evaluate(async () => {
    const press = (key: string, altKey = false) =>
      document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, altKey, bubbles: true }));
    press('ArrowUp', true);
    await Promise.resolve(); // as between any two keys
    press('F6');
    // Whatever waits for a frame, or for a turn after it, has come by then.
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    await frame();
    await frame();
  });
  await expect.poll(() => current(ann)).toBe(first);
  await expect.poll(() => focused(ann)).toBe('ann');
});

/** Goes on by Tab, or back, until the focus is on what has this name. */
async function tabsTo(who: Person, name: string | RegExp, back = false): Promise<void> {
  const passed: string[] = [];
  for (let presses = 0; presses < MOST_TABS; presses += 1) {
    const at = await focused(who);
    passed.push(at);
    if (typeof name === 'string' ? at === name : name.test(at)) {
      return;
    }
    await who.press('Tab', ...(back ? (['Shift'] as const) : []));
  }
  throw new Error(`Tab does not lead to ${name}: but to ${passed.join(', ')}`);
}

/** Every key is a round trip to the browser. */
const LONG = { timeout: 240_000 };

/** Nobody presses it more often for anything. */
const MOST_TABS = 25;

const DIALOG = { role: 'dialog' };

/** Opens what has the focus, sees this in it, and is back where one was after Escape. */
async function opensAndShuts(who: Person, inside: Query): Promise<void> {
  const before = await focused(who);
  await who.press('Enter');
  await who.sees(inside);
  await who.press('Escape');
  await expect.poll(() => who.count(inside)).toBe(0);
  // Behind the colon stands what changes by itself: how long a round trip takes.
  const named = (name: string): string => name.split(':')[0] ?? '';
  await expect.poll(async () => named(await focused(who))).toBe(named(before));
}

// ux A4, A8, C7, C9, P5
test(
  'A4: mentioning, marking, deleting, settings, what there is to know, rooms and people, by keyboard',
  LONG,
  async () => {
    const room = set.room();
    const [bob, ann] = [await set.member('bob', room), await set.member('ann', room)];
    await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);

    // A mention, completed; a mark around what is written.
    await types(ann, 'good morning @bo');
    await ann.sees({ role: 'option', name: { part: 'bob' } });
    await ann.press('Tab');
    await expect.poll(() => ann.value(MESSAGE)).toBe('good morning @bob ');
    await ann.press('b', 'Control');
    await types(ann, 'early');
    await expect.poll(() => ann.value(MESSAGE)).toBe('good morning @bob **early**');
    await ann.press('Enter');
    await ann.hasSent('early');
    expect((await bob.messageWith('early')).tags).toEqual(expect.arrayContaining(['strong', 'bdi']));

    // Delete, after thinking better of it once.
    await ann.press('F6', 'Shift');
    await expect.poll(() => focused(ann)).toContain('early');
    await ann.press('Delete');
    await ann.sees(DIALOG);
    await ann.press('Escape');
    await expect.poll(() => ann.count(DIALOG)).toBe(0);
    await ann.messageWith('early');
    await expect.poll(() => focused(ann)).toContain('early');
    await ann.press('Delete');
    await ann.sees(DIALOG);
    await tabsTo(ann, 'Delete');
    await ann.press('Enter');
    await expect.poll(async () => (await bob.articles()).map(({ text }) => text).join()).not.toContain('early');
    await expect.poll(() => ann.count(DIALOG)).toBe(0);

    // What there is to set and to know.
    await tabsTo(ann, 'Settings', true);
    await opensAndShuts(ann, { role: 'dialog', name: 'Settings' });
    await tabsTo(ann, /^Connection details/u);
    await opensAndShuts(ann, { role: 'dialog', name: 'Connection' });
    await tabsTo(ann, /^Notifications of this room/u);
    await opensAndShuts(ann, { role: 'dialog', name: 'Notifications' });

    // Somebody's card, and a room of two.
    await tabsTo(ann, /^ann$/u);
    await ann.press('ArrowDown');
    await expect.poll(() => focused(ann)).toBe('bob');
    await ann.press('Enter');
    await ann.sees({ role: 'dialog', name: { part: 'About' } });
    await tabsTo(ann, 'Message');
    await ann.press('Enter');
    await expect.poll(() => current(ann)).toBe('bob');
    await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);
    await types(ann, 'between us');
    await ann.press('Enter');
    await ann.hasSent('between us');

    // Another room, from the directory.
    const another = set.room();
    await set.member('eve', another);
    await tabsTo(ann, 'Browse rooms', true);
    await ann.press('Enter');
    await expect.poll(() => focused(ann)).toBe('Find or name a room');
    await types(ann, another);
    // Those that go when the answer comes would take the focus with them.
    const open = { role: 'listitem', within: { role: 'list', name: 'Open rooms' } };
    await expect.poll(async () => (await ann.texts(open)).map((text) => text.includes(another))).toEqual([true]);
    await tabsTo(ann, new RegExp(another, 'u'));
    await ann.press('Enter');
    await expect.poll(() => current(ann)).toBe(another);
    await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);
  },
);
