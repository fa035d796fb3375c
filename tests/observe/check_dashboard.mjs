// SPDX-License-Identifier: Apache-2.0
// Type-checks the dashboard against Grafana's own types: node check_dashboard.mjs DASHBOARD.json. Run where its packages
// are. Not Grafana itself: what its panels do with their options stays unseen.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const folder = dirname(fileURLToPath(import.meta.url));
const source = join(folder, 'dashboard.ts');
// A text is no member of an enum for the compiler, whatever it says.
const literal = readFileSync(process.argv[2], 'utf8')
  .replaceAll('"mode": "absolute"', '"mode": ThresholdsMode.Absolute')
  .replace(/"type": "value",(\s*)"options"/g, '"type": MappingType.ValueToText,$1"options"');
writeFileSync(source, `import { MappingType, ThresholdsMode, type Dashboard } from '@grafana/schema';
export const dashboard: Dashboard = ${literal};\n`);
const program = ts.createProgram([source], {
  strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext,
});
const findings = ts.getPreEmitDiagnostics(program);
for (const finding of findings) {
  const { line } = finding.file?.getLineAndCharacterOfPosition(finding.start ?? 0) ?? { line: 0 };
  console.error(`dashboard.ts:${line + 1}: ${ts.flattenDiagnosticMessageText(finding.messageText, '\n')}`);
}
process.exit(findings.length === 0 ? 0 : 1);
