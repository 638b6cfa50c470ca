// Where a box goes that belongs to something on the page: above it if there is room, else below, never off the edge.

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly width: number;
  readonly height: number;
}

const GAP = 8;

export function besides(anchor: Box, box: Pick<Box, 'width' | 'height'>): { insetInlineStart: string; top: string } {
  const rtl = getComputedStyle(document.documentElement).direction === 'rtl';
  const start = rtl ? innerWidth - anchor.right : anchor.left;
  const above = anchor.top - box.height - GAP;
  const top = above >= GAP ? above : Math.min(anchor.bottom + GAP, innerHeight - box.height - GAP);
  return {
    insetInlineStart: `${clamped(start, innerWidth - box.width - GAP)}px`,
    top: `${Math.max(GAP, top)}px`,
  };
}

function clamped(at: number, most: number): number {
  return Math.max(GAP, Math.min(at, most));
}
