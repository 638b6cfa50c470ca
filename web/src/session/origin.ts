// For whom a room's numbers were drawn.

/** For whom the numbers were drawn: the seat that a session has in the room, and the history. */
export interface Origin {
  readonly seat: number | null;
  readonly epoch: number | null;
}

export const NO_ORIGIN: Origin = { seat: null, epoch: null };
