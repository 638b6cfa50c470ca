declare module 'virtual:emoji-table' {
  /** Categories in the order of Unicode; see build/emoji.ts. */
  const groups: readonly (readonly (readonly [string, string, string, string, 0 | 1])[])[];
  export default groups;
}
