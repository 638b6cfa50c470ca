// The mark: two bubbles of talk, one leaning on the other.

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path
        class="mark-back"
        d="M13 3h11a5 5 0 0 1 5 5v6a5 5 0 0 1-5 5v4.5L19.5 19H13a5 5 0 0 1-5-5V8a5 5 0 0 1 5-5Z"
      />
      <path
        class="mark-front"
        d="M8 10h9a5 5 0 0 1 5 5v5a5 5 0 0 1-5 5h-4.5L7 29.5V25a4 4 0 0 1-4-4v-6a5 5 0 0 1 5-5Z"
      />
      <path class="mark-smile" d="M8.5 17.5c1.8 3 6.2 3 8 0" />
    </svg>
  );
}
