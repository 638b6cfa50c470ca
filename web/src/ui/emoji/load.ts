// The table of emoji and the picker, fetched when they are first needed.

type Table = typeof import('./table.ts');

let table: Table | null = null;
let loading: Promise<Table> | null = null;

/** The table, if it is here already. */
export function emojiTable(): Table | null {
  return table;
}

/** Fails when the network does; the next call tries again. */
export async function loadEmoji(): Promise<Table> {
  loading ??= import('./table.ts');
  try {
    table = await loading;
    return table;
  } catch (error) {
    loading = null;
    throw error;
  }
}

/**
 * Opens the picker beside what was pressed; the character that is picked, or null when nothing is. Focus goes back to
 * where it was.
 */
export async function pickEmoji(anchor: Element): Promise<string | null> {
  const { openPicker } = await import('./picker.tsx');
  return openPicker(anchor);
}
