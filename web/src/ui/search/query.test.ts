import { describe, expect, it } from 'vitest';
import { parse, type Wanted } from './query.ts';

const PLACES = [
  { id: 'l', name: 'Lobby' },
  { id: 't', name: 'Tea  Room' },
];

function wanted(typed: string): Wanted {
  const parsed = parse(typed, PLACES);
  if (parsed.kind === 'problem') {
    throw new Error(`a problem: ${JSON.stringify(parsed.problem)}`);
  }
  return parsed.wanted;
}

function problem(typed: string): unknown {
  const parsed = parse(typed, PLACES);
  return parsed.kind === 'problem' ? parsed.problem : parsed;
}

// F2
describe('what is typed into the search', () => {
  it('is words and runs of words, as they stand', () => {
    expect(wanted('  more   tea ')).toEqual({ text: 'more tea' });
    expect(wanted('"more tea" cup')).toEqual({ text: '"more tea" cup' });
    expect(wanted('"more te')).toEqual({ text: '"more te' });
  });

  it('takes who, where and when out of the words', () => {
    expect(wanted('from:ann in:lobby tea before:2026-01-31 after:2026-1-2')).toEqual({
      text: 'tea',
      from: 'ann',
      room: 'l',
      before: new Date(2026, 0, 31).getTime(),
      after: new Date(2026, 0, 2).getTime(),
    });
    expect(wanted('FROM:@Ann in:"tea room"')).toEqual({ text: '', from: 'Ann', room: 't' });
    expect(wanted('from:"Ann Lee" in:#LOBBY x')).toEqual({ text: 'x', from: 'Ann Lee', room: 'l' });
  });

  it('leaves what is no operator alone', () => {
    for (const typed of [
      'https://example.org',
      'note:this',
      'from: ann',
      'in:',
      'a:b:c',
      '::',
      '12:30',
      'toString:x',
    ]) {
      expect(wanted(typed)).toEqual({ text: typed });
    }
  });

  it('says which date there is not, and which room one is not in', () => {
    for (const date of ['2026-02-31', '2026-13-01', 'yesterday', '31.1.2026', '0', '2026-01-00']) {
      expect(problem(`tea before:${date}`)).toEqual({ kind: 'date', typed: date });
    }
    expect(problem('tea in:cellar')).toEqual({ kind: 'room', typed: 'cellar' });
  });

  it('wants a word or a name', () => {
    for (const typed of ['', '   ', 'in:lobby', 'after:2026-01-01']) {
      expect(problem(typed)).toEqual({ kind: 'nothing' });
    }
  });

  it('takes whatever it is given', () => {
    for (const typed of ['"', '""', '"""', 'from:"', 'in:"""', '\0', '\u202e:x', `${'a:'.repeat(2_000)}`]) {
      expect(() => parse(typed, PLACES)).not.toThrow();
    }
  });
});
