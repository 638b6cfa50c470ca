// The growing text field, and which keys belong to it even when it has no focus.

import type { Change } from './wrap.ts';

const GROWS_BY_ITSELF = CSS.supports('field-sizing', 'content');
const MAC = /mac|iphone|ipad/iu.test(navigator.platform);

/** Gives the field the height of its text; the style sheet holds it between one line and eight. */
export function grow(field: HTMLTextAreaElement | null): void {
  if (field === null || GROWS_BY_ITSELF) {
    return;
  }
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
}

/** Above this a browser takes seconds to lay a text out that finds its size and direction by itself. */
const LONG = 8_000;

export function isLong(text: string): boolean {
  return text.length > LONG;
}

/**
 * Characters that the field takes: five of the longest messages, which somebody may want to cut down. With many more every
 * key would wait for a browser to lay them all out.
 */
const MOST = 20_000;

type Brought = (ClipboardEvent | DragEvent) & { readonly currentTarget: HTMLTextAreaElement };

/**
 * What is pasted or dropped. A long text is taken in one piece, which is a hundred times quicker than as if it were typed,
 * and cannot be undone; one that is more than the field takes is not, and stays where it came from: then `refuse` is told
 * how many characters it has.
 */
export function takeText(event: Brought, refuse: (length: number, most: number) => void): void {
  const from = event instanceof DragEvent ? event.dataTransfer : event.clipboardData;
  const text = from?.getData('text/plain') ?? '';
  const { value, selectionStart: start, selectionEnd: end } = event.currentTarget;
  if (value.length - (end - start) + text.length > MOST) {
    event.preventDefault();
    refuse(text.length, MOST);
  } else if (isLong(text) && !(event instanceof DragEvent)) {
    event.preventDefault();
    putIn(event.currentTarget, text);
  }
}

function putIn(field: HTMLTextAreaElement, text: string): void {
  const { value, selectionStart: from, selectionEnd: to } = field;
  field.value = value.slice(0, from) + text + value.slice(to);
  field.setSelectionRange(from + text.length, from + text.length);
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
}

const FROM_THE_RIGHT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** The `dir` of the field: that of its first letter, said outright where a paste is long. */
export function directionOf(text: string): 'auto' | 'ltr' | 'rtl' {
  if (!isLong(text)) {
    return 'auto';
  }
  const letter = /\p{L}/u.exec(text)?.[0] ?? '';
  return FROM_THE_RIGHT.test(letter) ? 'rtl' : 'ltr';
}

/** Writes into the field as if it were typed, so that it can be undone, and tells whoever listens for input. */
export function insert(field: HTMLTextAreaElement, { from, to, insert: text }: Omit<Change, 'select'>): void {
  field.focus();
  field.setSelectionRange(from, to);
  const done = text === '' ? document.execCommand('delete') : document.execCommand('insertText', false, text);
  if (!done) {
    field.setRangeText(text, from, to, 'end');
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }
}

/** Whether the key that makes shortcuts on this machine is held, alone or with Shift. */
export function holdsCommand({ ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return !altKey && (MAC ? metaKey && !ctrlKey : ctrlKey && !metaKey);
}

/** What `keyCode` says while an input method is at work, in browsers that forget `isComposing`. */
const IME_KEY = 229;

export function isComposed(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === IME_KEY;
}

/** Whether a key pressed anywhere on the page is the beginning of a message. "?" shows the keys there are. */
export function takesStrayKey(event: KeyboardEvent): boolean {
  const { key, target } = event;
  const printable = [...key].length === 1 && key !== ' ' && key !== '?';
  if (!printable || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) {
    return false;
  }
  return !isWithin(target, FIELDS);
}

/** Escape anywhere and End outside of a text lead to the latest message; a dialog has its own Escape. */
export function asksForEnd({ key, target, defaultPrevented }: KeyboardEvent): boolean {
  if (defaultPrevented) {
    return false;
  }
  if (key === 'Escape') {
    return !isWithin(target, 'dialog, [popover]');
  }
  return key === 'End' && !isWithin(target, FIELDS);
}

const FIELDS = 'input, textarea, select, dialog, [popover], [contenteditable]';

function isWithin(target: EventTarget | null, selector: string): boolean {
  return target instanceof Element && target.closest(selector) !== null;
}
