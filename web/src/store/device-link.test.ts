import { describe, expect, test } from 'vitest';
import { Company, card, messages, texts } from '../testing/people.ts';
import { parseDeviceLink } from './device-link.ts';

const SECRET = { kind: 'private', key: new Uint8Array(32).fill(7), name: 'Geheimnis · 🔑' } as const;

async function link(): Promise<{ company: Company; ann: Awaited<ReturnType<Company['comes']>>; url: URL }> {
  const company = new Company();
  const ann = await company.comes('ann', 'lobby');
  await company.enters(ann, 'Ännchen', SECRET);
  return { company, ann, url: new URL(await company.done(ann.chat.deviceLink())) };
}

describe('a link for another device', () => {
  test('says everything behind the #, which no server is told', async () => {
    const { url } = await link();
    expect(url.origin + url.pathname + url.search).toBe('https://chat.example/d');
    const { personas, lodgings } = parseDeviceLink(url.pathname, url.hash) ?? {};
    expect(personas?.map(({ nick }) => nick)).toEqual(['Ännchen', 'ann']);
    expect(lodgings?.map(({ place, nick }) => [place.name, place.key !== null, nick])).toEqual([
      [SECRET.name, true, 'Ännchen'],
      ['lobby', false, 'ann'],
    ]);
  });

  test('makes another device the same person in the same rooms', async () => {
    const { company, ann, url } = await link();
    const offer = parseDeviceLink(url.pathname, url.hash);
    const other = company.sit();
    expect(offer !== null && (await company.done(other.chat.takeOver(offer)))).toEqual({ ok: true });
    await company.world.until(() => other.chat.rooms.value.every(({ joined }) => joined));
    expect(other.chat.rooms.value.map(({ id }) => id).sort()).toEqual(ann.chat.rooms.value.map(({ id }) => id).sort());
    for (const { id } of ann.chat.rooms.value) {
      ann.chat.activate(id);
      other.chat.activate(id);
      expect(other.chat.room.value?.you).toBe(ann.chat.room.value?.you);
      expect(other.chat.room.value?.members).toHaveLength(1);
    }
    void ann.chat.send({ kind: 'text', body: 'from here' }); // seen below
    await company.world.advance(100);
    const { id } = ann.chat.room.value ?? { id: '' };
    other.chat.activate(id);
    expect(texts(other.chat)).toEqual(['from here']);
    expect(messages(other.chat)[0]?.mine).toBe(true);
    expect(card(other.chat, 'lobby')?.unread).toBe(0);
  });

  test('that is not whole is none', async () => {
    const { url } = await link();
    const whole = url.hash;
    for (const hash of ['', '#', '#x', whole.slice(0, -5), `#${btoa('{}')}`, `#${btoa('{"p":[],"l":[]}')}`, '#%%%']) {
      expect(parseDeviceLink('/d', hash)).toBeNull();
    }
    expect(parseDeviceLink('/i', whole)).toBeNull();
  });
});
