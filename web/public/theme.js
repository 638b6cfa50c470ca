// Runs before the first paint, so that a chosen theme never flashes the other one. See src/ui/theme.ts.
(() => {
  try {
    const theme = localStorage.getItem('chinwag.theme');
    if (theme === 'light' || theme === 'dark') {
      document.documentElement.dataset.theme = theme;
    }
  } catch {
    // Without storage the system's theme it is.
  }
})();
