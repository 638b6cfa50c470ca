// Which parts of code are shown in which colour. The grammars are fetched when the first block of code asks for them. A
// block that is too long, or falls into too many parts, keeps one colour: a row must stay cheap to lay out.

/** `kind` is empty for what has no colour of its own. */
export interface Colour {
  readonly kind: string;
  readonly text: string;
}

const LONGEST = 8_000;
const MOST_PIECES = 500;

/** What people write behind the fence, and the grammar that reads it. */
const GRAMMARS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    bash: 'bash sh shell zsh console',
    c: 'c h cpp c++ cc hpp cs csharp c#',
    css: 'css scss less',
    diff: 'diff patch',
    docker: 'docker dockerfile',
    go: 'go golang',
    html: 'html htm svelte vue',
    http: 'http',
    ini: 'ini cfg conf properties',
    java: 'java kotlin kt scala swift',
    js: 'js javascript jsx mjs cjs',
    json: 'json jsonc json5',
    lua: 'lua',
    make: 'make makefile',
    md: 'md markdown',
    pl: 'pl perl',
    py: 'py python python3',
    rs: 'rs rust',
    sql: 'sql sqlite postgres mysql',
    toml: 'toml',
    ts: 'ts typescript tsx',
    xml: 'xml svg',
    yaml: 'yaml yml',
  }).flatMap(([grammar, names]) => names.split(' ').map((name) => [name, grammar] as const)),
);

export function isKnownLanguage(language: string): boolean {
  return GRAMMARS.has(language.toLowerCase());
}

/** The text in pieces; null if it is to keep one colour, or the grammars cannot be fetched. Never rejects. */
export async function colour(language: string, text: string): Promise<readonly Colour[] | null> {
  const grammar = GRAMMARS.get(language.toLowerCase());
  if (grammar === undefined || text.length > LONGEST) {
    return null;
  }
  const found = await import('./grammars.ts').then(({ split }) => split(grammar, text)).catch(() => null);
  return found !== null && found.length <= MOST_PIECES && found.map((piece) => piece.text).join('') === text
    ? found
    : null;
}
