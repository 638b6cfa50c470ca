// The field itself and its keys.

import type { Ref } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Room } from '../../store/types.ts';
import { composing, fieldWanted, writeNew } from '../composing.ts';
import { coarsePointer } from '../media.ts';
import { MARK_KEYS } from '../shortcuts/table.ts';
import { strings } from '../strings.ts';
import type { Completing } from './completing.ts';
import { directionOf, grow, holdsCommand, insert, isComposed, isLong, takeText } from './field.ts';
import { LIST_ID, optionId } from './suggestions.tsx';
import { type Mark, wrap } from './wrap.ts';
import type { Writing } from './writing.ts';

export interface FieldProps {
  readonly field: Ref<HTMLTextAreaElement> & { current: HTMLTextAreaElement | null };
  readonly room: Pick<Room, 'kind' | 'name'> | null;
  readonly writing: Writing;
  readonly completing: Completing;
  readonly over: boolean;
  readonly choose: (at?: number) => void;
  readonly submit: () => void;
}

export function MessageField(props: FieldProps) {
  const { field, room, writing, completing, over } = props;
  const text = writing.text.value;
  const open = completing.choices.value.length > 0;
  useLayoutEffect(() => grow(field.current), [text, field]);
  useWantedFocus(field);
  const caret = () => field.current?.selectionEnd ?? 0;
  const refuse = (length: number, most: number) => {
    writing.problem.value = strings.composer.tooMuch(length, most);
  };
  return (
    <textarea
      id="message"
      ref={field}
      rows={1}
      value={text}
      onInput={({ currentTarget }) => {
        writing.write(currentTarget.value);
        completing.written(currentTarget.value, currentTarget.selectionEnd);
      }}
      onKeyDown={(event) => onKeyDown(event, props)}
      onKeyUp={() => completing.moved(writing.text.peek(), caret())}
      onClick={() => completing.moved(writing.text.peek(), caret())}
      onPaste={(event) => takeText(event, refuse)}
      onDrop={(event) => takeText(event, refuse)}
      onBlur={() => completing.close()}
      aria-label={strings.composer.label}
      aria-describedby={composing.value.kind === 'new' ? 'composer-hint' : 'composer-aside composer-hint'}
      aria-invalid={over}
      aria-autocomplete="list"
      aria-haspopup="listbox"
      aria-controls={open ? LIST_ID : undefined}
      aria-activedescendant={open ? optionId(completing.at.value) : undefined}
      placeholder={placeholder(room)}
      autocomplete="off"
      enterkeyhint={coarsePointer.value ? 'enter' : 'send'}
      dir={directionOf(text)}
      data-long={isLong(text)}
    />
  );
}

function placeholder(room: FieldProps['room']): string {
  if (room === null) {
    return '';
  }
  return room.kind === 'direct'
    ? strings.composer.directPlaceholder(room.name)
    : strings.composer.placeholder(room.name);
}

/** Whoever wants the field gets it, with the caret behind what stands there. */
function useWantedFocus(field: FieldProps['field']): void {
  const wanted = fieldWanted.value;
  const before = useRef(wanted);
  useLayoutEffect(() => {
    if (before.current !== wanted) {
      before.current = wanted;
      const { current } = field;
      current?.focus();
      current?.setSelectionRange(current.value.length, current.value.length);
    }
  }, [wanted, field]);
}

const WRAPS: ReadonlyMap<string, Mark> = new Map([
  [MARK_KEYS.bold, 'bold'],
  [MARK_KEYS.italic, 'italic'],
  [MARK_KEYS.code, 'code'],
]);

function onKeyDown(event: KeyboardEvent & { readonly currentTarget: HTMLTextAreaElement }, props: FieldProps): void {
  if (isComposed(event)) {
    return;
  }
  const { currentTarget: field } = event;
  const mark = holdsCommand(event) && !event.shiftKey ? WRAPS.get(event.key.toLowerCase()) : undefined;
  if (mark !== undefined) {
    const change = wrap(field.value, field.selectionStart, field.selectionEnd, mark);
    insert(field, change);
    field.setSelectionRange(...change.select);
    event.preventDefault();
  } else if (keyOfList(event, props) || keyOfField(event, props)) {
    event.preventDefault();
  }
}

/** True if the key was one of the open list's. */
function keyOfList(event: KeyboardEvent, { completing, choose }: FieldProps): boolean {
  if (completing.choices.peek().length === 0 || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) {
    return false;
  }
  switch (event.key) {
    case 'ArrowDown':
      completing.step(1);
      return true;
    case 'ArrowUp':
      completing.step(-1);
      return true;
    case 'Tab':
      choose();
      return true;
    case 'Enter':
      if (completing.wantsEnter()) {
        choose();
        return true;
      }
      completing.close();
      return false;
    case 'Escape':
      completing.dismiss();
      return true;
    default:
      return false;
  }
}

function keyOfField(event: KeyboardEvent, { writing, submit }: FieldProps): boolean {
  const bare = !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey;
  switch (event.key) {
    case 'Enter':
      if (event.shiftKey || coarsePointer.peek()) {
        return false;
      }
      submit();
      return true;
    case 'Escape':
      if (composing.peek().kind === 'new') {
        return false;
      }
      writeNew();
      return true;
    case 'ArrowUp':
      return bare && writing.editLast();
    default:
      return false;
  }
}
