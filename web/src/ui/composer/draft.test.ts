import { expect, test } from 'vitest';
import { kept } from '../kept.ts';
import { giveBack, isBlank, keepDraft, lengthOf, recallDraft } from './draft.ts';

function memory(): Storage {
  const map = new Map<string, string>();
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
    clear: () => map.clear(),
    key: () => null,
    get length() {
      return map.size;
    },
  };
}

// C2
test('each room has its own draft, and an empty one leaves nothing behind', () => {
  const storage = memory();
  const store = kept(() => storage);
  keepDraft(store, 'lobby', 'half a thought');
  keepDraft(store, 'den', 'another');
  expect(recallDraft(store, 'lobby')).toBe('half a thought');
  keepDraft(store, 'lobby', '');
  keepDraft(store, 'den', '');
  expect(storage.length).toBe(0);
});

// C2, R3
test('a browser that keeps nothing harms nothing', () => {
  const store = kept(() => {
    throw new DOMException('no', 'SecurityError');
  });
  keepDraft(store, 'lobby', 'text');
  expect(recallDraft(store, 'lobby')).toBe('');
});

// A22, X7
test('a refused text comes back into an empty field as it was', () => {
  expect(giveBack({ text: '', givenBack: '' }, ' a\n b ')).toEqual({ text: ' a\n b ', givenBack: ' a\n b ' });
});

// A22, X7
test('a refused text stands before what was written since', () => {
  expect(giveBack({ text: 'newer', givenBack: '' }, 'refused').text).toBe('refused\nnewer');
});

// X7
test('several refused texts keep their order, and newer writing stays last', () => {
  let field = giveBack({ text: '', givenBack: '' }, 'one');
  field = giveBack(field, 'two');
  expect(field.text).toBe('one\ntwo');
  field = giveBack({ ...field, text: `${field.text}\nnewer` }, 'three');
  expect(field.text).toBe('one\ntwo\nthree\nnewer');
});

// X7
test('a text given back and then changed is the writer’s again', () => {
  const field = giveBack({ text: '', givenBack: '' }, 'damn');
  expect(giveBack({ ...field, text: 'darn' }, 'other').text).toBe('other\ndarn');
});

// C3
test('the counter appears at four fifths, and counts what the server counts', () => {
  expect(lengthOf('x'.repeat(79), 100)).toEqual({ kind: 'quiet' });
  expect(lengthOf('x'.repeat(80), 100)).toEqual({ kind: 'near', left: 20 });
  expect(lengthOf('x'.repeat(100), 100)).toEqual({ kind: 'near', left: 0 });
  expect(lengthOf('x'.repeat(101), 100)).toEqual({ kind: 'over', over: 1 });
  expect(lengthOf('🙂'.repeat(60), 100)).toEqual({ kind: 'quiet' });
  expect(lengthOf('🙂'.repeat(100), 100)).toEqual({ kind: 'near', left: 0 });
});

// C3, X9
test('what shows nothing is blank', () => {
  for (const text of ['', ' \n\t', '\u{200b}', '\u{2800}', '\u{3164}']) {
    expect(isBlank(text)).toBe(true);
  }
  expect(isBlank(' .')).toBe(false);
});
