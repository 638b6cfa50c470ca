// The growing text field, and which keys belong to it even when it has no focus.

const GROWS_BY_ITSELF = CSS.supports('field-sizing', 'content');

/** Gives the field the height of its text; the style sheet holds it between one line and eight. */
export function grow(field: HTMLTextAreaElement | null): void {
  if (field === null || GROWS_BY_ITSELF) {
    return;
  }
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
}

/** Whether a key pressed anywhere on the page is the beginning of a message. */
export function takesStrayKey(event: KeyboardEvent): boolean {
  const { key, target } = event;
  const printable = [...key].length === 1 && key !== ' ';
  if (!printable || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) {
    return false;
  }
  return !isWithin(target, 'input, textarea, select, dialog, [contenteditable]');
}

/** Escape anywhere and End outside of a text lead to the latest message; a dialog has its own Escape. */
export function asksForEnd({ key, target }: KeyboardEvent): boolean {
  if (key === 'Escape') {
    return !isWithin(target, 'dialog');
  }
  return key === 'End' && !isWithin(target, 'input, textarea, select, dialog');
}

function isWithin(target: EventTarget | null, selector: string): boolean {
  return target instanceof Element && target.closest(selector) !== null;
}
