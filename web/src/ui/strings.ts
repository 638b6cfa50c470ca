// Every word that people read, in one place. Another language is another object of this shape.

const number = new Intl.NumberFormat();
const plural = new Intl.PluralRules();
const and = new Intl.ListFormat(undefined, { style: 'long', type: 'conjunction' });

function counted(count: number, one: string, other: string): string {
  return `${number.format(count)} ${plural.select(count) === 'one' ? one : other}`;
}

/** Above this many writers at once, names are noise. */
const NAMED_WRITERS = 3;

export const strings = {
  product: 'Chinwag',
  tagline: 'Pick a name, pick a room, start talking.',
  skipToComposer: 'Skip to the message field',

  join: {
    nick: 'Display name',
    room: 'Room',
    join: 'Join',
    joining: 'Joining…',
    missing: 'Username and room are required!',
    nickTooLong: (most: number) => `A display name has at most ${counted(most, 'character', 'characters')}.`,
    roomTooLong: (most: number) => `A room’s name has at most ${counted(most, 'character', 'characters')}.`,
    failed: 'Joining did not work. Please try again.',
    suggestions: 'These names are free:',
  },

  room: {
    title: (room: string, unseen: number) => `${unseen > 0 ? `(${number.format(unseen)}) ` : ''}#${room} — Chinwag`,
    users: 'Users',
    userCount: (count: number) => counted(count, 'user', 'users'),
    you: 'you',
    share: 'Copy link',
    shared: 'Link copied',
    shareFailed: (address: string) => `The link could not be copied. It is ${address}`,
    leave: 'Leave',
    closeDrawer: 'Close',
    theme: { auto: 'Theme: automatic', light: 'Theme: light', dark: 'Theme: dark' },
  },

  connection: {
    label: 'Connection',
    connecting: 'Connecting…',
    live: (transport: string, rttMs: number | null) =>
      rttMs === null ? transport : `${transport} · ${number.format(Math.round(rttMs))} ms`,
    reconnecting: 'Reconnecting…',
    reconnectingIn: (seconds: number) => `Reconnecting in ${number.format(seconds)} s`,
    retryNow: 'Retry now',
    offline: 'Offline',
    closed: 'Disconnected',
    reconnect: 'Reconnect',
    trouble: 'The connection is lost. What you write is sent as soon as it is back.',
    offlineTrouble: 'You are offline. What you write is sent as soon as you are back.',
    back: 'Connected again.',
  },

  timeline: {
    label: 'Messages',
    today: 'Today',
    yesterday: 'Yesterday',
    beginning: (room: string) => `This is the beginning of ${room}`,
    loading: 'Loading older messages…',
    unread: 'New',
    newBelow: (count: number) => counted(count, 'new message', 'new messages'),
    toEnd: 'Jump to the latest message',
    location: 'My current location',
    retry: 'Retry',
    remove: 'Delete',
    sending: 'Sending',
    announceOne: (nick: string, text: string) => `${nick}: ${text}`,
    announceMany: (count: number) => counted(count, 'new message', 'new messages'),
  },

  typing: (nicks: readonly string[]) => {
    if (nicks.length === 0) {
      return '';
    }
    if (nicks.length > NAMED_WRITERS) {
      return 'Several people are typing…';
    }
    return `${and.format(nicks)} ${nicks.length === 1 ? 'is' : 'are'} typing…`;
  },

  composer: {
    label: 'Message',
    placeholder: (room: string) => `Message #${room}`,
    send: 'Send',
    location: 'Send location',
    left: (count: number) => `${counted(count, 'character', 'characters')} left`,
    over: (count: number) => `${counted(count, 'character', 'characters')} too many`,
    throttled: (seconds: number) => `A little too fast. You can send again in ${number.format(seconds)} s.`,
  },

  location: {
    unsupported: 'This browser cannot tell where you are, so your location was not sent.',
    denied: 'The browser was not allowed to tell where you are. You can allow it in the site settings and try again.',
    unavailable: 'Your location could not be found. Please try again.',
    timeout: 'Finding your location took too long. Please try again.',
  },

  crash: {
    heading: 'Something went wrong',
    text: 'The page met a fault that it cannot mend by itself. Nothing you have sent is lost.',
    reload: 'Reload',
  },
} as const;
