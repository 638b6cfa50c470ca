// Copying from several messages at once gives lines that say who said what, and when.

import type { Message, TimelineItem } from '../../store/types.ts';
import { reader } from '../clock.ts';
import { strings } from '../strings.ts';

/** Puts "name time: text" lines on the clipboard if the selection covers more than one message. */
export function copyLines(event: ClipboardEvent, box: HTMLElement, items: readonly TimelineItem[]): void {
  const selection = getSelection();
  const range = selection === null || selection.rangeCount === 0 ? null : selection.getRangeAt(0);
  if (range === null || range.collapsed) {
    return;
  }
  const rows = [...box.querySelectorAll<HTMLElement>('article[data-row]')].filter((row) => range.intersectsNode(row));
  if (rows.length < 2) {
    return;
  }
  const known = new Map(items.map((item) => [item.key, item]));
  const lines = rows.flatMap((row) => {
    const item = known.get(row.dataset['row'] ?? '');
    const text = item?.kind === 'message' ? selectedText(row, item, range) : '';
    return item?.kind === 'message' && text !== '' ? [`${item.nick} ${reader.timeOf(item.at)}: ${text}`] : [];
  });
  event.clipboardData?.setData('text/plain', lines.join('\n'));
  event.preventDefault();
}

/** All of a message as it was written, or the part of what is shown that the selection begins or ends in. */
function selectedText(row: HTMLElement, item: Message, range: Range): string {
  const body = row.querySelector('.body');
  if (body === null || !range.intersectsNode(body)) {
    return '';
  }
  const part = document.createRange();
  part.selectNodeContents(body);
  const begins = body.contains(range.startContainer);
  const ends = body.contains(range.endContainer);
  if (begins) {
    part.setStart(range.startContainer, range.startOffset);
  }
  if (ends) {
    part.setEnd(range.endContainer, range.endOffset);
  }
  return begins || ends ? part.toString() : written(item);
}

function written({ content }: Message): string {
  switch (content.kind) {
    case 'text':
      return content.body;
    case 'location':
      return strings.timeline.location;
    case 'deleted':
      return strings.timeline.deleted;
  }
}
