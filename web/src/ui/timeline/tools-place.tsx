// Where the tools of a message turn up when somebody points at it. They are fetched once, soon after the page is there.

import { signal } from '@preact/signals';
import { Component } from 'preact';
import type { Message } from '../../store/types.ts';
import type { Desk } from './desk.ts';

type Tools = typeof import('./tools.tsx');

const fetched = signal<Tools | null>(null);
let fetching: Promise<void> | null = null;

/** Never rejects: without a network the tools are missing until the next try. */
export function fetchTools(): Promise<void> {
  fetching ??= import('./tools.tsx').then(
    (tools) => {
      fetched.value = tools;
    },
    () => {
      fetching = null;
    },
  );
  return fetching;
}

/** The tools, if they are here. */
export function toolsHere(): Tools | null {
  return fetched.peek();
}

interface Props {
  readonly item: Message;
  readonly desk: Desk;
}

/** Told by its desk when it is pointed at: hundreds of rows that each watch the pointer would cost more than the rows. */
export class ToolsPlace extends Component<Props> {
  override componentDidMount(): void {
    this.props.desk.places.set(this.props.item.key, this.#draw);
  }

  override componentWillUnmount(): void {
    const { item, desk } = this.props;
    if (desk.places.get(item.key) === this.#draw) {
      desk.places.delete(item.key);
    }
  }

  override render({ item, desk }: Props) {
    const pointed = desk.pointed.peek();
    if (pointed?.key !== item.key || item.seq === 0 || item.content.kind === 'deleted') {
      return null;
    }
    return <ToolsHere item={item} desk={desk} entered={pointed.entered} />;
  }

  readonly #draw = () => this.forceUpdate();
}

function ToolsHere({ item, desk, entered }: Props & { readonly entered: boolean }) {
  const tools = fetched.value;
  return tools === null ? null : <tools.Toolbar item={item} desk={desk} entered={entered} />;
}

export function RemoveDialogPlace({ desk }: { readonly desk: Desk }) {
  const item = desk.removing.value;
  const tools = fetched.value;
  return item === null || tools === null ? null : <tools.RemoveDialog item={item} desk={desk} />;
}
