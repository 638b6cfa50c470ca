// Small drawings beside words. Never the only carrier of a meaning, so hidden from screen readers.

const PATHS = {
  send: 'M4 12 20 4l-5 16-3.5-6.5L4 12Zm7.5 1.5L20 4',
  pin: 'M12 21s7-6.2 7-11.5A7 7 0 0 0 5 9.5C5 14.8 12 21 12 21Zm0-9.2a2.4 2.4 0 1 0 0-4.8 2.4 2.4 0 0 0 0 4.8Z',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1',
  bell: 'M6 10a6 6 0 0 1 12 0c0 6 2.5 7 2.5 7h-17S6 16 6 10Zm4 10.5a2.2 2.2 0 0 0 4 0',
  bellOff:
    'M8.5 5A6 6 0 0 1 18 10c0 3 .6 4.7 1.2 5.7M16.5 17h-13S6 16 6 10c0-.7.1-1.3.3-1.9M10 20.5a2.2 2.2 0 0 0 4 0M3 3l18 18',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  leave: 'M14 4H6v16h8M10 12h10m-3.5-3.5L20 12l-3.5 3.5',
  hash: 'M9.5 4 7.5 20m9-16-2 16M4.5 9h16m-17 6h16',
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M5.5 11h13v9h-13v-9Z',
  plus: 'M12 5v14M5 12h14',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
  menu: 'M4 7h16M4 12h16M4 17h10',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm4.8 11.3L20 20',
  settings: 'M4 8h9m5 0h2M4 16h2m5 0h9M15.5 5.5v5m-7 3v5',
  keyboard: 'M3.5 6.5h17v11h-17v-11ZM7 10h.01M10.3 10h.01M13.7 10h.01M17 10h.01M8 14h8',
  mute: 'M4 4l16 16M18 14.5V11a6 6 0 0 0-9.5-4.9M6 10v5l-1.5 2H16M10 20h4',
  at: 'M15.5 12a3.5 3.5 0 1 0-7 0 3.5 3.5 0 0 0 7 0Zm0 0c0 4 4.5 3.5 4.5 0a8 8 0 1 0-3 6.2',
  talk: 'M5 5h14v10h-8l-4 4v-4H5V5Z',
  eye: 'M3 12s3.3-6 9-6 9 6 9 6-3.3 6-9 6-9-6-9-6Zm9-2.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5Z',
  users:
    'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20a6.5 6.5 0 0 1 13 0M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14.2a6.5 6.5 0 0 1 3.5 5.8',
  close: 'm6 6 12 12M18 6 6 18',
  down: 'M12 5v14m-6-6 6 6 6-6',
  auto: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 0v18m3-17v16m3-13.5v11',
  light:
    'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Zm0-6v2.5m0 15V22M2 12h2.5m15 0H22M5 5l1.8 1.8m10.4 10.4L19 19M5 19l1.8-1.8M17.2 6.8 19 5',
  dark: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z',
  help: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm-2.6 7a2.6 2.6 0 1 1 3.9 2.2c-.9.5-1.3 1-1.3 2m0 2.6v.2',
  clock: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16Zm0 4v4.5l3 1.5',
  copy: 'M9 9h10v11H9V9Zm-4 6V4h10',
  smile: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16ZM9 10v.01m6-.01v.01M8.5 14a4 4 0 0 0 7 0',
  reply: 'M10 6 4 12l6 6m-6-6h10a6 6 0 0 1 6 6v1',
  edit: 'm4 20 1-4L16 5l3 3L8 19l-4 1Z',
  trash: 'M5 7h14M10 4h4M7 7l1 13h8l1-13m-7 4v5m4-5v5',
  calendar: 'M5 6h14v14H5V6Zm0 4h14M9 3.5V8m6-4.5V8',
} as const;

export type IconName = keyof typeof PATHS;

/** Those that point along the line turn with it. */
const FLIPS: ReadonlySet<IconName> = new Set<IconName>(['send', 'leave', 'reply', 'talk']);

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class={FLIPS.has(name) ? 'icon flips' : 'icon'} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
