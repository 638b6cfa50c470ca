// What is typed into the search: words, runs of words in quotation marks, and who, where and when they were said. What
// is no operator is a word.

/** A room one is in. */
export interface Place {
  readonly id: string;
  readonly name: string;
}

export type Problem =
  | { readonly kind: 'date'; readonly typed: string }
  | { readonly kind: 'room'; readonly typed: string }
  | { readonly kind: 'nothing' };

export interface Wanted {
  readonly text: string;
  readonly from?: string;
  readonly room?: string;
  /** Milliseconds since 1970: the first moment of `after:`'s day, and of `before:`'s. */
  readonly after?: number;
  readonly before?: number;
}

export type Parsed =
  | { readonly kind: 'wanted'; readonly wanted: Wanted }
  | { readonly kind: 'problem'; readonly problem: Problem };

const OPERATORS = ['from', 'in', 'before', 'after'] as const;
type Operator = (typeof OPERATORS)[number];

/** An operator with its value, a run of words, or a word; a quotation mark that is never closed ends with the line. */
const PARTS = /(?<name>[a-z]+):(?:"(?<quoted>[^"]*)"?|(?<value>[^\s"]+))|"[^"]*"?|[^\s"]+/giu;

export function parse(typed: string, places: readonly Place[]): Parsed {
  const words: string[] = [];
  const given: Partial<Record<Operator, string>> = {};
  for (const { 0: part, groups } of typed.matchAll(PARTS)) {
    const operator = operatorOf(groups?.['name']);
    const value = (groups?.['quoted'] ?? groups?.['value'] ?? '').trim();
    if (operator === null || value === '') {
      words.push(part);
    } else {
      given[operator] = value;
    }
  }
  return read(words.join(' '), given, places);
}

function read(text: string, given: Partial<Record<Operator, string>>, places: readonly Place[]): Parsed {
  const dates = { before: dayOf(given.before), after: dayOf(given.after) };
  for (const operator of ['before', 'after'] as const) {
    if (Number.isNaN(dates[operator])) {
      return problem({ kind: 'date', typed: given[operator] ?? '' });
    }
  }
  const room = given.in === undefined ? undefined : placeOf(given.in, places);
  if (room === null) {
    return problem({ kind: 'room', typed: given.in ?? '' });
  }
  if (text === '' && given.from === undefined) {
    return problem({ kind: 'nothing' });
  }
  const from = given.from?.replace(/^@/u, '');
  const wanted: Wanted = {
    text,
    ...(from === undefined ? {} : { from }),
    ...(room === undefined ? {} : { room }),
    ...(dates.after === undefined ? {} : { after: dates.after }),
    ...(dates.before === undefined ? {} : { before: dates.before }),
  };
  return { kind: 'wanted', wanted };
}

function problem(what: Problem): Parsed {
  return { kind: 'problem', problem: what };
}

function operatorOf(name: string | undefined): Operator | null {
  return OPERATORS.find((operator) => operator === name?.toLowerCase()) ?? null;
}

/** The first moment of a day as the reader counts days; NaN if there is no such day. */
function dayOf(typed: string | undefined): number | undefined {
  if (typed === undefined) {
    return undefined;
  }
  const [, year, month, day] = (/^(\d{4})-(\d{1,2})-(\d{1,2})$/u.exec(typed) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) {
    return Number.NaN;
  }
  const date = new Date(year, month - 1, day);
  return date.getMonth() === month - 1 && date.getDate() === day ? date.getTime() : Number.NaN;
}

function placeOf(typed: string, places: readonly Place[]): string | null {
  const wanted = folded(typed.replace(/^#/u, ''));
  return places.find(({ name }) => folded(name) === wanted)?.id ?? null;
}

function folded(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}
