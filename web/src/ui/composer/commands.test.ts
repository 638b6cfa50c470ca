import { expect, test } from 'vitest';
import { addressee, COMMANDS, type Command, parseLine } from './commands.ts';

// C7
test.each<[string, Command]>([
  ['/join den', { name: 'join', room: 'den' }],
  ['/join #The Den ', { name: 'join', room: 'The Den' }],
  ['/NICK Ann Lee', { name: 'nick', nick: 'Ann Lee' }],
  ['/topic Boats, and when they go', { name: 'topic', text: 'Boats, and when they go' }],
  ['/topic -', { name: 'topic', text: '' }],
  ['/search from:ann ferry', { name: 'search', words: 'from:ann ferry' }],
  ['/search', { name: 'search', words: '' }],
  ['/msg bob hello', { name: 'msg', rest: 'bob hello' }],
  ['/dm @bob hello', { name: 'msg', rest: 'bob hello' }],
  ['/location', { name: 'location' }],
  ['/who', { name: 'who' }],
  ['/leave ', { name: 'leave' }],
  ['/help', { name: 'help' }],
])('%j is a command', (text, command) => {
  expect(parseLine(text)).toEqual({ kind: 'command', command });
});

// C7
test.each([
  ['hello', 'hello'],
  ['/me waves', '/me waves'],
  ['/ME  waves', '/me waves'],
  ['/me waves\ntwice', '/me waves\ntwice'],
  ['/shrug', '¯\\_(ツ)_/¯'],
  ['/shrug who knows', 'who knows ¯\\_(ツ)_/¯'],
  ['//help', '/help'],
  ['//me waves', ' /me waves'],
  [' /help', ' /help'],
  ['/', '/'],
  ['/ 2', '/ 2'],
  ['/2', '/2'],
  ['see /help', 'see /help'],
])('%j is sent as %j', (text, body) => {
  expect(parseLine(text)).toEqual({ kind: 'text', body });
});

// C7
test.each(['/jion den', '/usr/bin/env', '/constructor', '/é', '/helpme'])('%j is not sent', (text) => {
  expect(parseLine(text)).toEqual({ kind: 'unknown', word: text.slice(1).split(' ')[0] });
});

// C7
test.each(['/join', '/me ', '/nick', '/topic', '/msg'])('%j asks for more', (text) => {
  expect(parseLine(text).kind).toBe('incomplete');
});

test('every command is understood', () => {
  for (const name of COMMANDS) {
    expect(parseLine(`/${name} x`).kind).not.toBe('unknown');
  }
});

test('a private message goes to the longest name that fits', () => {
  const [ann, annLee] = [{ nick: 'Ann' }, { nick: 'Ann Lee' }];
  const members = [ann, annLee];
  expect(addressee('ann lee hello  there', members)).toEqual({ member: annLee, text: 'hello  there' });
  expect(addressee('ann leeward', members)).toEqual({ member: ann, text: 'leeward' });
  expect(addressee('ANN', members)).toEqual({ member: ann, text: '' });
  expect(addressee('anna hello', members)).toBeNull();
});
