// How it is shown: text as text, time, the list of users, and a view that does not move by itself.

import { expect, test } from 'vitest';
import { button, LOG, stage } from './rig/index.ts';

// Enough to fill a screen without being slowed.
const set = stage('--rate', '1000', '--burst', '1000');

const HOSTILE = [
  '<img src=x onerror="document.title=\'taken\'">',
  '<script>document.title="taken"</script>',
  '<a href="javascript:alert(1)">click</a>',
  '"><svg onload=alert(1)>',
  '&lt;b&gt;not bold&lt;/b&gt;',
  '{{constructor.constructor("alert(1)")()}}',
];

test('A28 X11: hostile text is shown as it was written, and runs nothing', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  for (const text of HOSTILE) {
    await ann.say(text);
    await ann.hasSent(text);
  }
  await expect.poll(() => bob.heard(HOSTILE)).toEqual(HOSTILE);
  for (const person of [ann, bob]) {
    const messages = await person.articles();
    expect(messages.flatMap(({ tags }) => tags).filter((tag) => ['img', 'script'].includes(tag))).toEqual([]);
    expect(messages.flatMap(({ links }) => links).filter(({ href }) => /^\s*javascript:/i.test(href))).toEqual([]);
    expect(await person.page.evaluate(() => document.title)).not.toContain('taken');
    expect(await person.faults()).toEqual([]);
  }
});

test('A28: names and rooms are text too', async () => {
  const room = `<b>${set.room()}</b>`;
  const name = '<i>ann</i>';
  const ann = await set.member(name, room);
  const bob = await set.member('bob', room);
  await expect.poll(() => bob.users()).toEqual([name, 'bob']);
  await ann.say('hello');
  expect((await bob.messageWith('hello')).text).toContain(name);
  expect(await bob.shown()).toContain(room);
});

test('A27: a link in a message opens elsewhere and tells nobody where it came from', async () => {
  const ann = await set.member('ann', set.room());
  await ann.say('see https://example.org/a?b=c for more');
  const { links, text } = await ann.messageWith('example.org');
  expect(text).toContain('see https://example.org/a?b=c for more');
  for (const link of links) {
    expect(link.href).toBe('https://example.org/a?b=c');
    expect(link.target).toBe('_blank');
    expect(link.rel.split(' ')).toEqual(expect.arrayContaining(['noopener', 'noreferrer']));
  }
});

test('A29: the time is the reader’s, with the full date on hover, and a line says which day', async () => {
  const ann = await set.member('ann', set.room());
  await ann.say('what time is it');
  await ann.hasSent('what time is it');
  const message = await ann.messageWith('what time is it');
  const expected = await ann.page.evaluate((iso) => {
    const at = new Date(iso);
    const two = (n: number) => String(n).padStart(2, '0');
    return { minutes: two(at.getMinutes()), year: String(at.getFullYear()) };
  }, message.datetime);
  expect(message.timeText).toContain(expected.minutes);
  expect(message.timeTitle).toContain(expected.year);
  expect(await ann.lines()).toMatch(/Today/);
});

test('A30: the sidebar names the room and lists the users, always current', async () => {
  const room = set.room();
  const ann = await set.member('ann', room);
  await expect.poll(() => ann.count({ role: 'heading', name: { part: 'Users' } })).toBe(1);
  expect(await ann.shown()).toContain(room);
  await expect.poll(() => ann.users()).toEqual(['ann']);
  const bob = await set.member('bob', room);
  await expect.poll(() => ann.users()).toEqual(['ann', 'bob']);
  await bob.click(button('Leave'));
  await expect.poll(() => ann.users()).toEqual(['ann']);
});

// L4
test('A31: the view follows the newest message only when it was at the end', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  for (let n = 0; n < 40; n += 1) {
    await bob.say(`filler ${n}`);
  }
  await bob.hasSent('filler 39');
  await ann.messageWith('filler 39');
  await expect.poll(async () => (await ann.scroll()).below).toBeLessThan(3);
  await ann.scrollTo('top');
  // A view that has been moved up settles (older rows may be put in above it) before anything is measured.
  const steady = async () => {
    const first = await ann.scroll();
    await new Promise((resolve) => setTimeout(resolve, 100));
    return (await ann.scroll()).above === first.above && first.below > 100;
  };
  await expect.poll(steady).toBe(true);
  const before = await ann.scroll();
  await bob.say('news one');
  await bob.say('news two');
  await bob.hasSent('news two');
  const news = { role: 'button', name: { part: '2 new' } };
  await ann.sees(news);
  expect(Math.abs((await ann.scroll()).above - before.above)).toBeLessThan(2);
  await ann.click(news);
  await expect.poll(async () => (await ann.scroll()).below).toBeLessThan(3);
  await ann.messageWith('news two');
  expect(await ann.count({ role: 'button', name: { part: 'new message' } })).toBe(0);
});

// ux A2
test('U: the log does not read old messages out, and a polite region tells of new ones', async () => {
  const room = set.room();
  const [ann, bob] = [await set.member('ann', room), await set.member('bob', room)];
  expect(await ann.attribute(LOG, 'aria-live')).toBe('off');
  await bob.say('can you hear me');
  await ann.messageWith('can you hear me');
  const announced = () =>
    ann.page.evaluate(() =>
      [...document.querySelectorAll('[aria-live=polite]')].map((live) => live.textContent).join(),
    );
  await expect.poll(announced).toContain('can you hear me');
});
