// The list over the field from which a name, an emoji or a command is chosen. The focus stays in the field.

import { useEffect, useRef } from 'preact/hooks';
import { Avatar } from '../people/avatar.tsx';
import { strings } from '../strings.ts';
import type { Choice, Completing } from './completing.ts';
import { usageOf } from './usage.ts';

export const LIST_ID = 'completions';
export const optionId = (at: number) => `${LIST_ID}-${at}`;

interface Props {
  readonly completing: Completing;
  readonly choose: (at: number) => void;
}

export function Suggestions({ completing, choose }: Props) {
  const choices = completing.choices.value;
  const at = completing.at.value;
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  if (choices.length === 0) {
    return null;
  }
  return (
    <div ref={list} id={LIST_ID} class="completions" role="listbox" aria-label={strings.composer.suggestions}>
      {choices.map((choice, i) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and points here
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field's keys choose
        <div
          key={keyOf(choice)}
          id={optionId(i)}
          class="suggestion"
          role="option"
          aria-selected={i === at}
          // The field must not lose the focus to a press.
          onPointerDown={(event) => event.preventDefault()}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => choose(i)}
        >
          <Shown choice={choice} />
        </div>
      ))}
    </div>
  );
}

function keyOf(choice: Choice): string {
  switch (choice.kind) {
    case 'person':
      return choice.nick;
    case 'emoji':
      return choice.character;
    case 'command':
      return choice.name;
  }
}

function Shown({ choice }: { readonly choice: Choice }) {
  switch (choice.kind) {
    case 'person':
      return (
        <>
          <Avatar nick={choice.nick} />
          <bdi>{choice.nick}</bdi>
          {choice.away && <span class="suggestion-note">{strings.composer.away}</span>}
        </>
      );
    case 'emoji':
      return (
        <>
          <span class="suggestion-emoji">{choice.character}</span>
          <bdi>:{choice.code}:</bdi>
        </>
      );
    case 'command':
      return (
        <>
          <bdi class="suggestion-usage" dir="ltr">
            {usageOf(choice.name)}
          </bdi>
          <span class="suggestion-note">{strings.commands.does[choice.name]}</span>
        </>
      );
  }
}
