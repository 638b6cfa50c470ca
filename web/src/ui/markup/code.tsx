// Fenced code: as it was written, with a button to copy it; coloured once the colours have been fetched.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Icon } from '../icon.tsx';
import { strings } from '../strings.ts';
import { type Colour, colour, isKnownLanguage } from './colours.ts';

const COPIED_MS = 2_000;

export function CodeBlock({ language, text }: { readonly language: string; readonly text: string }) {
  const words = strings.markup;
  const copied = useSignal(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    copied.value = true;
    setTimeout(() => {
      copied.value = false;
    }, COPIED_MS);
  };
  return (
    <div class="code-block" dir="ltr">
      {language !== '' && <span class="code-language">{language}</span>}
      <button
        type="button"
        class="code-copy"
        aria-label={copied.value ? words.copied : words.copyCode}
        title={words.copyCode}
        onClick={() => void copy().catch(() => undefined) /* not allowed: the text can still be selected */}
      >
        <Icon name={copied.value ? 'check' : 'copy'} />
      </button>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard. */}
      <pre tabIndex={0}>
        <Coloured language={language} text={text} />
      </pre>
    </div>
  );
}

function Coloured({ language, text }: { readonly language: string; readonly text: string }) {
  const pieces = useSignal<readonly Colour[] | null>(null);
  useEffect(() => {
    const gone = new AbortController();
    if (isKnownLanguage(language)) {
      void colour(language, text).then((found) => {
        if (!gone.signal.aborted) {
          pieces.value = found;
        }
      });
    }
    return () => gone.abort();
  }, [language, text, pieces]);
  return (
    <code>
      {pieces.value?.map((piece) =>
        piece.kind === '' ? piece.text : <span class={`c-${piece.kind}`}>{piece.text}</span>,
      ) ?? text}
    </code>
  );
}
