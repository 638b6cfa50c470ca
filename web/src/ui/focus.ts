/**
 * Puts the focus on what `find` answers: at once, and again when everything that is closing now has given its own focus
 * back, unless a key or a pointer has chosen a place by then. A busy browser sees to those first.
 */
export function focusAfterClosing(find: () => HTMLElement | null | undefined): void {
  const chosen = new AbortController();
  const listening = { capture: true, signal: chosen.signal };
  addEventListener('keydown', () => chosen.abort(), listening);
  addEventListener('pointerdown', () => chosen.abort(), listening);
  find()?.focus();
  setTimeout(() => {
    if (!chosen.signal.aborted) {
      chosen.abort();
      find()?.focus();
    }
  });
}
