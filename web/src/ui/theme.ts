// Light, dark, or what the system says. `public/theme.js` sets the same attribute before the first paint.

import { signal } from '@preact/signals';
import { lasting } from './kept.ts';

export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'chinwag.theme';
const NEXT: Readonly<Record<Theme, Theme>> = { auto: 'light', light: 'dark', dark: 'auto' };

export const theme = signal<Theme>(parse(lasting.recall(KEY)));

export function turnTheme(): void {
  theme.value = NEXT[theme.value];
  lasting.keep(KEY, theme.value === 'auto' ? null : theme.value);
  if (theme.value === 'auto') {
    delete document.documentElement.dataset['theme'];
  } else {
    document.documentElement.dataset['theme'] = theme.value;
  }
}

function parse(raw: string | null): Theme {
  return raw === 'light' || raw === 'dark' ? raw : 'auto';
}
