/** Ends a switch over every variant: a new variant that is not handled does not compile. */
export function unreachable(value: never): never {
  throw new Error(`no such variant: ${JSON.stringify(value)}`);
}
