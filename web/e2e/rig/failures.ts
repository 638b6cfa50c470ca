// A line for each test that failed, at the very end: what a long log is read for.

import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

export default class Failures implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines = modules.flatMap(failuresOf);
    if (lines.length > 0) {
      process.stdout.write(`\nFailed:\n${lines.join('\n')}\n`);
    }
  }
}

function failuresOf(module: TestModule): string[] {
  const file = `${module.project.name} ${relative(process.cwd(), module.moduleId)}`;
  const broken = module.errors().map(({ message }) => `  ${file}: ${firstLine(message)}`);
  const tests = [...module.children.allTests('failed')].map(
    (test) =>
      `  ${file} > ${test.fullName}: ${(test.result().errors ?? []).map(({ message }) => firstLine(message)).join('; ')}`,
  );
  return [...broken, ...tests];
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';
