import { expect, test } from 'vitest';
import { ByName, named } from './order.ts';

const people = (...nicks: string[]) => nicks.map((nick, i) => ({ id: i + 1, nick, away: nick.endsWith('~') }));
const nicks = (members: readonly { readonly nick: string }[]) => members.map(({ nick }) => nick);

// P1
test('people stand by name as the language sorts names, those who are away behind', () => {
  const order = new ByName();
  const members = people('zoe', 'Ähre', 'bob~', 'ann 10', 'ann 9', 'Émile', 'Ann~');
  expect(nicks(order.sorted(members, 'de'))).toEqual(['Ähre', 'ann 9', 'ann 10', 'Émile', 'zoe', 'Ann~', 'bob~']);
  expect(nicks(order.sorted(people('zebra', 'öl'), 'sv'))).toEqual(['zebra', 'öl']);
  expect(nicks(order.sorted(people('zebra', 'öl'), 'de'))).toEqual(['öl', 'zebra']);
});

// P1
test('who comes, goes or goes away finds the right place in what was sorted before', () => {
  const order = new ByName();
  const members = people('zoe', 'ann', 'bob');
  order.sorted(members, 'en');
  const later = [
    { id: 9, nick: 'Ada', away: false },
    ...members.slice(1).map((m) => ({ ...m, away: m.nick === 'ann' })),
  ];
  expect(nicks(order.sorted(later, 'en'))).toEqual(['Ada', 'bob', 'ann']);
});

// P2
test('a name is found by a part of it, whatever its accents and capitals', () => {
  const members = people('Émile', 'Jürgen', 'ann');
  expect(nicks(named(members, 'EMI'))).toEqual(['Émile']);
  expect(nicks(named(members, 'ür'))).toEqual(['Jürgen']);
  expect(nicks(named(members, ' '))).toEqual(nicks(members));
});
