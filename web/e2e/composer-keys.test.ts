// Writing by keyboard alone: lines, marks, suggestions, commands, emoji.

import { expect, inject, test } from 'vitest';
import { button, LOG, MESSAGE, type Person, type Query, stage } from './rig/index.ts';

const set = stage();
const LIST: Query = { role: 'listbox', name: 'Suggestions' };
const HELP: Query = { role: 'dialog', name: 'Formatting and commands' };
const PICKER: Query = { role: 'dialog', name: 'Emoji' };

async function offered(person: Person): Promise<string[]> {
  return await person.texts({ role: 'option', within: LIST });
}

async function waitsForOffer(person: Person, part: string): Promise<void> {
  await expect.poll(async () => (await offered(person)).join('\n'), { message: `offers ${part}` }).toContain(part);
}

async function height(person: Person): Promise<number> {
  return await person.page.evaluate((q) => {
    const field = globalThis.chinwagRig.find(q)[0];
    return Math.round(field?.getBoundingClientRect().height ?? 0);
  }, MESSAGE);
}

async function select(person: Person, from: number, to: number): Promise<void> {
  await person.page.evaluate(
    (q, a, b) => {
      const field = globalThis.chinwagRig.find(q)[0];
      (field as HTMLTextAreaElement | undefined)?.setSelectionRange(a, b);
    },
    MESSAGE,
    from,
    to,
  );
}

// C1
test('C1: the field grows from one line to eight and no further', async () => {
  const ann = await set.member('ann', set.room());
  const heights: number[] = [];
  for (const lines of [1, 2, 5, 8, 9, 40]) {
    await ann.fill(MESSAGE, Array.from({ length: lines }, (_, i) => `line ${i}`).join('\n'));
    heights.push(await height(ann));
  }
  const [one = 0, two = 0, five = 0, eight = 0] = heights;
  expect(two).toBeGreaterThan(one);
  expect(five - two).toBe(3 * (two - one));
  expect(eight - one).toBe(7 * (two - one));
  expect(heights.slice(3)).toEqual([eight, eight, eight]);
});

// C1
test('C1: the Enter that ends a composed character sends nothing', async () => {
  const ann = await set.member('ann', set.room());
  await ann.fill(MESSAGE, 'にほん');
  const prevented = await ann.page.evaluate((q) => {
    const composed = { key: 'Enter', isComposing: true, bubbles: true, cancelable: true };
    return globalThis.chinwagRig.find(q)[0]?.dispatchEvent(new KeyboardEvent('keydown', composed)) === false;
  }, MESSAGE);
  expect(prevented).toBe(false);
  expect(await ann.value(MESSAGE)).toBe('にほん');
  await ann.press('Enter');
  await ann.hasSent('にほん');
});

// C1
test.runIf(inject('engine') === 'chromium')(
  'C1: under a finger Enter breaks the line and the button sends',
  async () => {
    const ann = await set.person();
    await ann.page.touched?.();
    await ann.join('ann', set.room());
    await ann.fill(MESSAGE, 'first');
    await ann.press('Enter');
    await expect.poll(() => ann.value(MESSAGE)).toBe('first\n');
    expect(await ann.articles()).toEqual([]);
    await ann.click(button('Send'));
    await ann.hasSent('first');
  },
);

// C3
test('C3: blank is not sent; the counter shows near the limit, and beyond it the text is kept', async () => {
  const ann = await set.member('ann', set.room());
  await ann.fill(MESSAGE, ' \n ');
  await ann.press('Enter');
  expect(await ann.value(MESSAGE)).toBe(' \n ');
  const hint = async () => await ann.shown();
  await ann.fill(MESSAGE, 'x'.repeat(3_000));
  expect(await hint()).not.toContain('characters left');
  await ann.fill(MESSAGE, 'x'.repeat(3_990));
  await expect.poll(hint).toContain('10 characters left');
  const long = 'x'.repeat(4_003);
  await ann.fill(MESSAGE, long);
  await expect.poll(hint).toContain('3 characters too many');
  expect(await ann.isDisabled(button('Send'))).toBe(true);
  await ann.press('Enter');
  expect(await ann.value(MESSAGE)).toBe(long);
  await expect.poll(() => ann.attribute(MESSAGE, 'aria-invalid')).toBe('true');
  expect(await ann.articles()).toEqual([]);
});

/** What the field makes of a paste. */
async function pastes(who: Person, text: string): Promise<void> {
  await who.page.evaluate((pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', pasted);
    const field = document.activeElement;
    field?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

// C3. Firefox hides the text of a paste that a script has made up.
test.runIf(inject('engine') !== 'firefox')(
  'C3: a long paste is taken at once, one that no field can show is refused with a word, and nothing is lost',
  async () => {
    const ann = await set.member('ann', set.room());
    await ann.fill(MESSAGE, 'half a thought');
    await pastes(ann, 'line\n'.repeat(200_000));
    await expect.poll(() => ann.alert()).toContain('1,000,000 characters');
    expect(await ann.value(MESSAGE)).toBe('half a thought');
    const long = 'line\n'.repeat(3_000);
    await pastes(ann, long);
    await expect.poll(() => ann.shown()).toContain('11,014 characters too many');
    expect(await ann.value(MESSAGE)).toBe(`half a thought${long}`);
  },
);

// C4
test('C4: the field keeps the focus after a message, and any letter typed elsewhere goes there', async () => {
  const ann = await set.member('ann', set.room());
  await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);
  await ann.say('first');
  await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);
  await ann.press('Tab', 'Shift');
  await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(false);
  await ann.press('x');
  await expect.poll(() => ann.value(MESSAGE)).toBe('x');
  expect(await ann.hasFocus(MESSAGE)).toBe(true);
});

// C7
test('C7: names are offered, who spoke last first, and chosen by arrows and Enter or Tab', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  await set.member('bea', room);
  await bob.say('here I am');
  await ann.messageWith('here I am');
  await expect.poll(() => ann.users()).toHaveLength(3);
  await ann.fill(MESSAGE, 'hello @b');
  await waitsForOffer(ann, 'bea');
  expect(await offered(ann)).toEqual(['bob', 'bea']);
  const marked = () => ann.attribute(MESSAGE, 'aria-activedescendant');
  const first = await marked();
  expect(await ann.attribute(MESSAGE, 'aria-controls')).toBe(await ann.attribute(LIST, 'id'));
  await ann.press('ArrowDown');
  await expect.poll(marked).not.toBe(first);
  expect(await ann.attribute({ role: 'option', name: { part: 'bea' } }, 'id')).toBe(await marked());
  await ann.press('Enter');
  await expect.poll(() => ann.value(MESSAGE)).toBe('hello @bea ');
  expect(await ann.count(LIST)).toBe(0);
  await ann.fill(MESSAGE, '@b');
  await waitsForOffer(ann, 'bob');
  await ann.press('Tab');
  await expect.poll(() => ann.value(MESSAGE)).toBe('@bob ');
  expect(await ann.hasFocus(MESSAGE)).toBe(true);
});

// C7
test('C7: Escape closes the list and leaves the text, and then Enter sends it', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  await set.member('bob', room);
  await expect.poll(() => ann.users()).toHaveLength(2);
  await ann.fill(MESSAGE, 'hello @b');
  await waitsForOffer(ann, 'bob');
  await ann.press('Escape');
  await expect.poll(() => ann.count(LIST)).toBe(0);
  expect(await ann.value(MESSAGE)).toBe('hello @b');
  await ann.press('Enter');
  await ann.hasSent('hello @b');
});

// C7
test('C7: a name that is written out needs no choosing', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  await set.member('bob', room);
  await expect.poll(() => ann.users()).toHaveLength(2);
  await ann.fill(MESSAGE, 'hello @bob');
  await waitsForOffer(ann, 'bob');
  await ann.press('Enter');
  await ann.hasSent('hello @bob');
});

// C7
test('C7: emoji are offered by shortcode, and a whole shortcode is sent as its emoji', async () => {
  const ann = await set.member('ann', set.room());
  await ann.fill(MESSAGE, 'ship it :tad');
  await waitsForOffer(ann, ':tada:');
  await ann.press('Tab');
  await expect.poll(() => ann.value(MESSAGE)).toBe('ship it 🎉 ');
  await ann.press('Enter');
  await ann.hasSent('ship it 🎉');
  await ann.say('and again :+1:, at 10:30:45');
  await ann.hasSent('and again 👍, at 10:30:45');
});

// C7
test('C7: the picker is opened, searched and left by keyboard, and what is picked stands at the caret', async () => {
  const ann = await set.member('ann', set.room());
  await ann.fill(MESSAGE, 'ab');
  await select(ann, 1, 1);
  await ann.press('Tab');
  await expect.poll(() => ann.hasFocus(button('Insert emoji'))).toBe(true);
  await ann.press('Enter');
  await ann.sees(PICKER);
  await ann.fill({ role: 'searchbox', name: 'Search emoji' }, 'party');
  await ann.sees(button('party popper'));
  await ann.press('ArrowDown');
  await ann.press('ArrowRight');
  await ann.press('ArrowLeft');
  await ann.press('Enter');
  await expect.poll(() => ann.count(PICKER)).toBe(0);
  await expect.poll(() => ann.value(MESSAGE)).toMatch(/^a\p{Extended_Pictographic}.*b$/u);
  expect(await ann.hasFocus(MESSAGE)).toBe(true);
  await ann.press('Tab');
  await ann.press('Enter');
  await ann.sees(PICKER);
  await ann.press('Escape');
  await expect.poll(() => ann.count(PICKER)).toBe(0);
  await expect.poll(() => ann.hasFocus(button('Insert emoji'))).toBe(true);
});

// C7
test('C7: commands are offered with what they do; an unknown one is explained, kept and not sent', async () => {
  const ann = await set.member('ann', set.room());
  await ann.fill(MESSAGE, '/');
  await waitsForOffer(ann, '/who');
  for (const name of ['/join', '/me', '/nick', '/shrug', '/location', '/who', '/topic', '/help']) {
    await waitsForOffer(ann, name);
  }
  await ann.fill(MESSAGE, '/jion den');
  await ann.press('Enter');
  await expect.poll(() => ann.alert()).toContain('/jion');
  expect(await ann.value(MESSAGE)).toBe('/jion den');
  expect(await ann.articles()).toEqual([]);
  await ann.fill(MESSAGE, '//jion den');
  await ann.press('Enter');
  await ann.hasSent('/jion den');
  expect(await ann.alert()).toBe('');
});

// C7
test('C7: /me, /shrug and /help do what they say', async () => {
  const ann = await set.member('ann', set.room());
  await ann.say('/shrug who knows');
  await ann.hasSent('who knows ¯\\_(ツ)_/¯');
  await ann.say('/me waves');
  await ann.hasSent('waves');
  await ann.say('/help');
  await ann.sees(HELP);
  expect((await ann.texts(HELP)).join()).toContain('/topic');
  await ann.press('Escape');
  await expect.poll(() => ann.count(HELP)).toBe(0);
  await expect.poll(() => ann.hasFocus(MESSAGE)).toBe(true);
  expect(await ann.value(MESSAGE)).toBe('');
});

// C9
test('C9: Ctrl+B, Ctrl+I and Ctrl+E put marks around what is selected, and take them away', async () => {
  const ann = await set.member('ann', set.room());
  await ann.fill(MESSAGE, 'a word here');
  await select(ann, 2, 6);
  await ann.press('b', 'Control');
  await expect.poll(() => ann.value(MESSAGE)).toBe('a **word** here');
  await ann.press('i', 'Control');
  await expect.poll(() => ann.value(MESSAGE)).toBe('a **_word_** here');
  await ann.press('i', 'Control');
  await ann.press('b', 'Control');
  await expect.poll(() => ann.value(MESSAGE)).toBe('a word here');
  await ann.press('e', 'Control');
  await expect.poll(() => ann.value(MESSAGE)).toBe('a `word` here');
  await ann.press('Enter');
  await ann.hasSent('word');
  expect(await ann.texts({ role: 'code', within: LOG })).toEqual(['word']);
});
