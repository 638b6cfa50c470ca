// Where an arrow key leads in a grid of so many columns.

/** The index that a key leads to; -1 is the field above the grid; null when the key is none of the grid's. */
export function step(key: string, at: number, grid: { count: number; columns: number; rtl: boolean }): number | null {
  const { count, columns, rtl } = grid;
  const last = count - 1;
  const onward = rtl ? -1 : 1;
  switch (key) {
    case 'ArrowRight':
      return within(at + onward, last);
    case 'ArrowLeft':
      return within(at - onward, last);
    case 'ArrowDown':
      return at + columns <= last ? at + columns : rowOf(at, columns) < rowOf(last, columns) ? last : at;
    case 'ArrowUp':
      return at < columns ? -1 : at - columns;
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}

function within(at: number, last: number): number {
  return Math.max(0, Math.min(at, last));
}

function rowOf(at: number, columns: number): number {
  return Math.floor(at / columns);
}
