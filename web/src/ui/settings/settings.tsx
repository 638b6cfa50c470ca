// The settings: everything takes effect at once and is kept in this browser.

import type { JSX } from 'preact';
import { reader } from '../clock.ts';
import { chooseHours, type HourChoice, hourChoice } from '../hours.ts';
import { Modal } from '../modal.tsx';
import type { DialogProps } from '../room/dialogs.tsx';
import { chooseLanguage, type LanguageChoice, languageChoice } from '../strings/language.ts';
import { LANGUAGES } from '../strings/locale.ts';
import { strings } from '../strings.ts';
import { density, type Look, textSize, theme } from '../theme.ts';
import { DeviceSettings } from './device.tsx';
import { NotifySettings } from './notify.tsx';
import '../styles/dialogs.css';

const HOURS: readonly HourChoice[] = ['auto', 'h12', 'h24'];

export function Settings({ chat, close }: DialogProps) {
  const words = strings.settings;
  return (
    <Modal title={words.title} name="settings" close={close}>
      <LookChoice legend={words.theme} look={theme} words={words.themes} />
      <LanguageField />
      <LookChoice legend={words.textSize} look={textSize} words={words.textSizes} />
      <LookChoice legend={words.density} look={density} words={words.densities} />
      <Choice
        name="hours"
        legend={words.hours}
        choices={HOURS}
        chosen={hourChoice.value}
        word={(choice) => words.hourChoices[choice]}
        choose={chooseHours}
      >
        <p class="choice-note">{words.hoursNow(reader.timeOf(Date.now()))}</p>
      </Choice>
      <NotifySettings chat={chat} />
      <DeviceSettings chat={chat} />
    </Modal>
  );
}

function LookChoice<T extends string>({
  legend,
  look,
  words,
}: {
  readonly legend: string;
  readonly look: Look<T>;
  readonly words: Readonly<Record<T, string>>;
}) {
  return (
    <Choice
      name={legend}
      legend={legend}
      choices={look.choices}
      chosen={look.chosen.value}
      word={(choice) => words[choice]}
      choose={(choice) => look.choose(choice)}
    />
  );
}

interface ChoiceProps<T extends string> {
  readonly name: string;
  readonly legend: string;
  readonly choices: readonly T[];
  readonly chosen: T;
  readonly word: (choice: T) => string;
  readonly choose: (choice: T) => void;
  readonly children?: JSX.Element;
}

/** One of a few, all of which are seen. */
function Choice<T extends string>({ name, legend, choices, chosen, word, choose, children }: ChoiceProps<T>) {
  return (
    <fieldset class="choice">
      <legend>{legend}</legend>
      <div class="segments">
        {choices.map((choice) => (
          <label key={choice} class="segment">
            <input
              type="radio"
              name={`setting-${name}`}
              value={choice}
              checked={choice === chosen}
              onChange={() => choose(choice)}
            />
            <span>{word(choice)}</span>
          </label>
        ))}
      </div>
      {children}
    </fieldset>
  );
}

function LanguageField() {
  const words = strings.settings;
  const choices: readonly LanguageChoice[] = ['auto', ...LANGUAGES];
  return (
    <Choice
      name="language"
      legend={words.language}
      choices={choices}
      chosen={languageChoice.value}
      word={(choice) => (choice === 'auto' ? words.languageAuto : words.languages[choice])}
      // Should the words not come, the page goes on in the language that it has.
      choose={(choice) => void chooseLanguage(choice).catch(() => undefined)}
    />
  );
}
