// What belongs to the page as a whole.

export const page = {
  skipToComposer: 'Skip to the message field',
  close: 'Close',
  cancel: 'Cancel',
  loading: 'Loading…',
  newVersion: 'A new version is ready.',
  reload: 'Reload',
};

export const crash = {
  heading: 'Something went wrong',
  text: 'The page met a fault that it cannot mend by itself. Nothing you have sent is lost.',
  reload: 'Reload',
  copy: 'Copy report',
  copied: 'Report copied',
  report: 'Report',
};
