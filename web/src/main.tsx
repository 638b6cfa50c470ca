// The page: one chat, drawn.

import { render } from 'preact';
import { createChat } from './store/browser.ts';
import { App } from './ui/app.tsx';

const root = document.getElementById('app');
if (root !== null) {
  render(<App chat={createChat()} />, root);
}
