// Runs before the first paint, so that what was chosen never flashes up as something else: theme, language and
// direction, size of text, spacing. See src/ui/theme.ts, src/ui/strings/locale.ts and src/ui/look.ts, which say the same.
(() => {
  const root = document.documentElement;
  const kept = (key) => {
    try {
      return localStorage.getItem(`chinwag.${key}`);
    } catch {
      // Without storage it is as the system says.
      return null;
    }
  };
  for (const [key, choices] of [
    ['theme', ['light', 'dark']],
    ['text', ['small', 'large', 'huge']],
    ['density', ['compact']],
  ]) {
    const chosen = kept(key);
    if (choices.includes(chosen)) {
      root.dataset[key] = chosen;
    }
  }
  const known = ['en', 'ar'];
  const wished = navigator.languages.map((tag) => tag.toLowerCase().split('-')[0]);
  const chosen = kept('language');
  root.lang = known.includes(chosen) ? chosen : (wished.find((tag) => known.includes(tag)) ?? 'en');
  root.dir = root.lang === 'ar' ? 'rtl' : 'ltr';
})();
