// What is made when it is wanted for the first time. The formatters of a language take the browser tens of milliseconds, and
// the first screen hardly needs any.

export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
