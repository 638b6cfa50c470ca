// The mark as the client draws it.

import { OUTLINES, VIEW } from './mark.ts';

export function Mark() {
  return (
    <svg class="mark" viewBox={VIEW} aria-hidden="true">
      {Object.entries(OUTLINES).map(([part, outline]) => (
        <path key={part} class={part} d={outline} />
      ))}
    </svg>
  );
}
