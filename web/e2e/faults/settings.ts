/** A number from the environment. */
export function setting(name: string, standard: number): number {
  const value = Number(process.env[name] ?? standard);
  if (!Number.isInteger(value) || value < 1) {
    throw new Error(`${name} is no number`);
  }
  return value;
}
