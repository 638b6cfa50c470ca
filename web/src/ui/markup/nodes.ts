// What a message's text is made of. Nodes only: nothing here holds markup of the page, so whatever people write can
// become no more than these kinds.

export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bold' | 'italic' | 'strike' | 'spoiler'; readonly children: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  /** `host`: where it leads, shown behind the text because the text does not say so itself; null if it does. */
  | { readonly kind: 'link'; readonly text: string; readonly href: string; readonly host: string | null }
  /** With the "@"; `self`: whoever reads this. */
  | { readonly kind: 'mention'; readonly text: string; readonly self: boolean };

export interface Item {
  /** The number it was written with; null for a point. */
  readonly number: number | null;
  readonly children: readonly Inline[];
  readonly inner: readonly List[];
}

export interface List {
  readonly kind: 'list';
  readonly ordered: boolean;
  readonly items: readonly Item[];
}

export type Block =
  | { readonly kind: 'text'; readonly children: readonly Inline[] }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | List
  /** `language` as it was written behind the fence; empty if nothing was. */
  | { readonly kind: 'code'; readonly language: string; readonly text: string };

export type Markup =
  /** One to three emoji and nothing else. */
  | { readonly kind: 'emoji'; readonly text: string }
  /** "/me waves". */
  | { readonly kind: 'action'; readonly children: readonly Inline[] }
  | { readonly kind: 'blocks'; readonly blocks: readonly Block[] };

/** Elements that one text may make; what comes after them stays plain text. A row must stay cheap to lay out. */
export const MOST_ELEMENTS = 200;

/** What all parts of one text share while it is read. */
export interface Context {
  readonly names: Names;
  /** Elements that may still be made. */
  left: number;
}

/** Who can be mentioned. */
export interface Names {
  /** The longest name that stands at `start`; null if none does. */
  at(text: string, start: number): { readonly length: number; readonly self: boolean } | null;
}

/** True while an element may be made, which this one then is. */
export function spend(context: Context): boolean {
  context.left -= 1;
  return context.left >= 0;
}
