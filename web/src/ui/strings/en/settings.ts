// The settings.

export const settings = {
  open: 'Settings',
  title: 'Settings',
  theme: 'Theme',
  themes: { auto: 'Automatic', light: 'Light', dark: 'Dark' },
  language: 'Language',
  languageAuto: 'Automatic',
  /** Each in its own language, so that its readers find it. */
  languages: { en: 'English', ar: 'العربية' },
  textSize: 'Text size',
  textSizes: { small: 'Small', normal: 'Normal', large: 'Large', huge: 'Very large' },
  density: 'Spacing',
  densities: { cosy: 'Comfortable', compact: 'Compact' },
  hours: 'Time',
  hourChoices: { auto: 'Automatic', h12: '12 hours', h24: '24 hours' },
  hoursNow: (time: string) => `Now: ${time}`,
};
