// A fault in drawing must not leave an empty page: it says so, and offers a report to copy. The report holds nothing that
// anybody wrote.

import { Component, type ComponentChildren } from 'preact';
import type { Chat } from '../store/types.ts';
import { BUILD } from './offline/build.ts';
import { strings } from './strings.ts';

interface Props {
  readonly chat: Chat;
  readonly children: ComponentChildren;
}

interface State {
  readonly report: string | null;
  readonly copied: boolean;
}

export class Boundary extends Component<Props, State> {
  override state: State = { report: null, copied: false };

  override componentDidCatch(error: unknown): void {
    this.setState({ report: reportOf(error, this.props.chat) });
  }

  override render({ children }: Props, { report, copied }: State) {
    if (report === null) {
      return children;
    }
    const words = strings.crash;
    return (
      <main class="join">
        <div class="join-box">
          <div role="alert">
            <h1>{words.heading}</h1>
            <p>{words.text}</p>
          </div>
          <button type="button" class="button primary" onClick={() => location.reload()}>
            {words.reload}
          </button>
          <button type="button" class="button" onClick={() => this.#copy(report)}>
            {copied ? words.copied : words.copy}
          </button>
          <details class="crash-report">
            <summary>{words.report}</summary>
            <pre dir="ltr">{report}</pre>
          </details>
        </div>
      </main>
    );
  }

  #copy(report: string): void {
    // Where the clipboard is closed the report can be marked and copied by hand: it stands there.
    void navigator.clipboard?.writeText(report).then(
      () => this.setState({ copied: true }),
      () => undefined,
    );
  }
}

export function reportOf(error: unknown, chat: Pick<Chat, 'connection'>): string {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const connection = chat.connection.peek();
  return [
    `${name}: ${message}`,
    stack ?? '',
    `Build: ${BUILD}`,
    `Time: ${new Date().toISOString()}`,
    `Connection: ${connection.kind === 'live' ? connection.transport : connection.kind}`,
    `Browser: ${navigator.userAgent}`,
    `Window: ${innerWidth} x ${innerHeight}, ${document.documentElement.lang}`,
  ].join('\n');
}
