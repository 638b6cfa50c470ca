// Notifications.

export const notify = {
  heading: 'Notifications',
  bell: 'Notifications of this room',
  bellMuted: 'Notifications of this room: off',
  close: 'Close',
  explain:
    'While Chinwag is open in a tab that you do not look at, it can tell you on your desktop that somebody names you or writes to you alone. Your browser will ask whether it may.',
  turnOn: 'Turn on notifications',
  desktop: 'Show on the desktop',
  insecure:
    'This page came over an insecure connection, and browsers show no notifications for such pages. Over HTTPS they can.',
  missing: 'This browser has no notifications.',
  denied: 'Your browser blocks notifications of this page. You can allow them in its settings for this site.',
  levels: (room: string) => `Tell me of ${room}`,
  level: { all: 'All messages', mentions: 'Mentions', mute: 'Nothing' },
  sound: 'Play a sound',
  volume: 'Volume',
  hear: 'Hear it',
  from: (nick: string, room: string) => `${nick} in ${room}`,
  location: 'Shared a location',
};
