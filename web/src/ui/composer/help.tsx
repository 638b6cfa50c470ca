// The sheet that says how text is formatted and which commands there are. Fetched when it is asked for.

import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import '../styles/help.css';
import { Icon } from '../icon.tsx';
import { openLooseDialog } from '../loose-dialog.ts';
import { strings } from '../strings.ts';
import { COMMANDS } from './commands.ts';
import { usageOf } from './usage.ts';

export function openHelp(): void {
  openLooseDialog({ name: 'help-sheet', label: strings.help.title, draw: (close) => <Sheet close={close} /> });
}

function Sheet({ close }: { readonly close: () => void }) {
  const words = strings.help;
  return (
    <div class="help-inside">
      <div class="help-head">
        <h2>{words.title}</h2>
        <button type="button" class="button quiet" aria-label={words.close} title={words.close} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <Formatting />
      <Commands />
    </div>
  );
}

function Formatting() {
  const words = strings.help;
  const { samples } = words;
  return (
    <table>
      <caption>{words.formatting}</caption>
      <thead>
        <tr>
          <th scope="col">{words.written}</th>
          <th scope="col">{words.shown}</th>
        </tr>
      </thead>
      <tbody>
        <Sample written={`**${samples.bold}**`} keys="Ctrl+B">
          <strong>{samples.bold}</strong>
        </Sample>
        <Sample written={`_${samples.italic}_`} keys="Ctrl+I">
          <em>{samples.italic}</em>
        </Sample>
        <Sample written={`~~${samples.strike}~~`}>
          <s>{samples.strike}</s>
        </Sample>
        <Sample written={`\`${samples.code}\``} keys="Ctrl+E">
          <code>{samples.code}</code>
        </Sample>
        <Sample written={`\`\`\`\n${samples.block}\n\`\`\``}>
          <code>{samples.block}</code>
        </Sample>
        <Sample written={`> ${samples.quote}`}>
          <blockquote>{samples.quote}</blockquote>
        </Sample>
        <Sample written={`- ${samples.list}`}>• {samples.list}</Sample>
        <Sample written={`||${samples.spoiler}||`}>{samples.spoiler}</Sample>
        <Sample written={`[${samples.link}](https://…)`}>
          <u>{samples.link}</u>
        </Sample>
        <Sample written={`@${samples.mention}`}>
          <strong>@{samples.mention}</strong>
        </Sample>
        <Sample written=":tada:">🎉</Sample>
      </tbody>
    </table>
  );
}

interface SampleProps {
  readonly written: string;
  readonly keys?: string;
  readonly children: ComponentChildren;
}

function Sample({ written, keys, children }: SampleProps) {
  return (
    <tr>
      <td>
        <code dir="ltr">{written}</code> {keys !== undefined && <kbd>{keys}</kbd>}
      </td>
      <td>{children}</td>
    </tr>
  );
}

function Commands() {
  const words = strings.help;
  const heading = useId();
  return (
    <section aria-labelledby={heading}>
      <h3 id={heading}>{words.commands}</h3>
      <dl class="help-commands">
        {COMMANDS.map((name) => (
          <div key={name}>
            <dt>
              <code dir="ltr">{usageOf(name)}</code>
            </dt>
            <dd>{strings.commands.does[name]}</dd>
          </div>
        ))}
      </dl>
      <p>{words.literally}</p>
    </section>
  );
}
