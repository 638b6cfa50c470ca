// Nodes as elements. Each kind has its own; there is no way from a text to any other.

import type { ComponentChildren } from 'preact';
import { CodeBlock } from './code.tsx';
import type { Block, Inline, List, Markup } from './nodes.ts';
import { Spoiler } from './spoiler.tsx';

/** `nick`: whose message it is, for "/me". */
export function MarkupView({ markup, nick }: { readonly markup: Markup; readonly nick: string }) {
  switch (markup.kind) {
    case 'emoji':
      return (
        <p class="text large" dir="auto">
          {markup.text}
        </p>
      );
    case 'action':
      return (
        <p class="text action" dir="auto">
          <bdi>{nick}</bdi> {markup.children.map(inlineView)}
        </p>
      );
    case 'blocks':
      return <>{markup.blocks.map(blockView)}</>;
  }
}

function blockView(block: Block): ComponentChildren {
  switch (block.kind) {
    case 'text':
      return (
        <p class="text" dir="auto">
          {block.children.map(inlineView)}
        </p>
      );
    case 'quote':
      return <blockquote dir="auto">{block.blocks.map(blockView)}</blockquote>;
    case 'list':
      return listView(block);
    case 'code':
      return <CodeBlock language={block.language} text={block.text} />;
  }
}

function listView({ ordered, items }: List): ComponentChildren {
  const points = items.map(({ number, children, inner }) => (
    <li dir="auto" {...(ordered && number !== null ? { value: number } : {})}>
      {children.map(inlineView)}
      {inner.map(listView)}
    </li>
  ));
  return ordered ? <ol>{points}</ol> : <ul>{points}</ul>;
}

function inlineView(node: Inline): ComponentChildren {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'bold':
      return <strong>{node.children.map(inlineView)}</strong>;
    case 'italic':
      return <em>{node.children.map(inlineView)}</em>;
    case 'strike':
      return <s>{node.children.map(inlineView)}</s>;
    case 'code':
      return <code>{node.text}</code>;
    case 'spoiler':
      return <Spoiler>{node.children.map(inlineView)}</Spoiler>;
    case 'link':
      return <Link {...node} />;
    case 'mention':
      return <bdi class={node.self ? 'called self' : 'called'}>{node.text}</bdi>;
  }
}

function Link({ text, href, host }: Extract<Inline, { kind: 'link' }>) {
  return (
    <a href={href} title={href} target="_blank" rel="noopener noreferrer nofollow">
      <bdi>{text}</bdi>
      {host !== null && (
        <bdi class="host" dir="ltr">
          {` (${host})`}
        </bdi>
      )}
    </a>
  );
}
