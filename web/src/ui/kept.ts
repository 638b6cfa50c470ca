// What the browser keeps for the person: last name, drafts, theme. Storage may be full, forbidden or missing; then it is
// simply not kept. Bodies of sent messages and tokens are not the user interface's to keep.

export interface Kept {
  recall(key: string): string | null;
  /** Null forgets. */
  keep(key: string, value: string | null): void;
}

export function kept(storage: () => Storage): Kept {
  return {
    recall(key) {
      try {
        return storage().getItem(key);
      } catch {
        return null;
      }
    },
    keep(key, value) {
      try {
        if (value === null || value === '') {
          storage().removeItem(key);
        } else {
          storage().setItem(key, value);
        }
      } catch {
        // Not kept: nothing that the person does now depends on it.
      }
    },
  };
}

/** Kept for good, in all tabs. */
export const lasting: Kept = kept(() => localStorage);
/** Kept for this tab, over a reload. */
export const inTab: Kept = kept(() => sessionStorage);
