// Every shortcut there is. What listens to keys and what the sheet shows are both made from this.

export interface Chord {
  /** As `KeyboardEvent.key` has it, letters in lower case. */
  readonly key: string;
  /** Or the command key. */
  readonly ctrl?: true;
  readonly alt?: true;
  readonly shift?: true;
}

export type Group = 'go' | 'messages' | 'writing';

export interface Shortcut {
  readonly group: Group;
  /** Any one of them. */
  readonly chords: readonly Chord[];
}

export const PAGE_SHORTCUTS = {
  switcher: { group: 'go', chords: [{ key: 'k', ctrl: true }] },
  previousRoom: { group: 'go', chords: [{ key: 'ArrowUp', alt: true }] },
  nextRoom: { group: 'go', chords: [{ key: 'ArrowDown', alt: true }] },
  previousUnread: { group: 'go', chords: [{ key: 'ArrowUp', alt: true, shift: true }] },
  nextUnread: { group: 'go', chords: [{ key: 'ArrowDown', alt: true, shift: true }] },
  allRead: { group: 'go', chords: [{ key: 'Escape', shift: true }] },
  search: { group: 'go', chords: [{ key: 'f', ctrl: true, shift: true }] },
  regions: { group: 'go', chords: [{ key: 'F6' }] },
  regionsBack: { group: 'go', chords: [{ key: 'F6', shift: true }] },
  sheet: { group: 'go', chords: [{ key: '/', ctrl: true }, { key: '?' }] },
} as const satisfies Record<string, Shortcut>;

/** On a message that has the focus: a single key. */
export const ROW_KEYS = { edit: 'e', reply: 'r', remove: 'Delete' } as const;
/** In the message field, with Ctrl or the command key. */
export const MARK_KEYS = { bold: 'b', italic: 'i', code: 'e' } as const;

/** What the parts of the page listen to by themselves. */
export const OTHER_SHORTCUTS = {
  latest: { group: 'messages', chords: [{ key: 'Escape' }, { key: 'End' }] },
  rows: { group: 'messages', chords: [{ key: 'ArrowUp' }, { key: 'ArrowDown' }] },
  actions: { group: 'messages', chords: [{ key: 'Enter' }] },
  editMessage: { group: 'messages', chords: [{ key: ROW_KEYS.edit }] },
  replyMessage: { group: 'messages', chords: [{ key: ROW_KEYS.reply }] },
  deleteMessage: { group: 'messages', chords: [{ key: ROW_KEYS.remove }] },
  back: { group: 'messages', chords: [{ key: 'Escape' }] },
  send: { group: 'writing', chords: [{ key: 'Enter' }] },
  newline: { group: 'writing', chords: [{ key: 'Enter', shift: true }] },
  editLast: { group: 'writing', chords: [{ key: 'ArrowUp' }] },
  cancel: { group: 'writing', chords: [{ key: 'Escape' }] },
  bold: { group: 'writing', chords: [{ key: MARK_KEYS.bold, ctrl: true }] },
  italic: { group: 'writing', chords: [{ key: MARK_KEYS.italic, ctrl: true }] },
  code: { group: 'writing', chords: [{ key: MARK_KEYS.code, ctrl: true }] },
} as const satisfies Record<string, Shortcut>;

export type PageAction = keyof typeof PAGE_SHORTCUTS;

/** What a key press asks the page for. */
export function actionOf(event: KeyboardEvent): PageAction | null {
  for (const [action, { chords }] of Object.entries(PAGE_SHORTCUTS)) {
    if (isAction(action) && chords.some((chord) => pressed(chord, event))) {
      return action;
    }
  }
  return null;
}

export function pressed(chord: Chord, event: KeyboardEvent): boolean {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // Which keys "?" and "/" take is the keyboard's own affair.
  const shift = SIGNS.has(key) || event.shiftKey === (chord.shift === true);
  const ctrl = (event.ctrlKey || event.metaKey) === (chord.ctrl === true);
  return key === chord.key && shift && ctrl && event.altKey === (chord.alt === true);
}

const SIGNS: ReadonlySet<string> = new Set(['?', '/']);

function isAction(name: string): name is PageAction {
  return name in PAGE_SHORTCUTS;
}
