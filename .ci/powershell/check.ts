/**
 * Reads PowerShell scripts without PowerShell: a grammar finds slips, and rules of our own what the
 * grammar lets pass and Windows PowerShell 5.1 or the session's protocol do not.
 *
 * That a cmdlet or a parameter exists only a Windows host can tell.
 *
 * @module
 */

import { createRequire } from "node:module";
import grammar from "tree-sitter-powershell/package.json" with { type: "json" };
import { Language, type Node, Parser } from "web-tree-sitter";

/** Something wrong in a script. */
export interface Finding {
  /** From 1 on. */
  readonly line: number;
  /** What is wrong. */
  readonly what: string;
}

/** What is wrong on any line that fits, comments aside. */
const RULES: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/&&|\|\|/, "Windows PowerShell 5.1 has no && and no ||"],
  [/\?\?|\?\.|\?\[/, "Windows PowerShell 5.1 has no ??, ?. and ?[]"],
  [/\$input\b/i, "Text with $input makes the host read the standard input itself"],
  [/\bWrite-(?:Host|Output|Error|Warning)\b/i, "Nothing but frames may go out"],
  [/`/, "A backtick cannot stand in the template that holds the script"],
  // deno-lint-ignore no-control-regex -- the rule is about them
  [/[^\x00-\x7f]/, "Scripts are ASCII: each host has its own idea of the rest"],
  [/ConvertTo-Json(?!.*-Depth \d)/i, "ConvertTo-Json without -Depth cuts deep values off"],
  [/\b(?:Invoke-Expression|iex|Add-Type)\b/i, "Text must not become script"],
];

async function grammarParser(): Promise<Parser> {
  await Parser.init();
  const file = `${grammar.name}/tree-sitter-powershell.wasm`;
  const parser = new Parser();
  parser.setLanguage(await Language.load(createRequire(import.meta.url).resolve(file)));
  return parser;
}

function slips(node: Node): Finding[] {
  const line = node.startPosition.row + 1;
  if (node.isMissing) return [{ line, what: `"${node.type}" is missing` }];
  const below = node.children.flatMap((child) => slips(child));
  if (!node.isError || below.length > 0) return below;
  return [{ line, what: `Cannot be read: ${node.text.split("\n")[0]}` }];
}

/** Everything that is wrong in a script. */
export async function checkScript(script: string): Promise<Finding[]> {
  const parser = await grammarParser();
  try {
    const tree = parser.parse(script);
    if (!tree) return [{ line: 1, what: "Cannot be read at all" }];
    const found = slips(tree.rootNode);
    if (found.length === 0 && tree.rootNode.hasError) found.push({ line: 1, what: "Has an error" });
    tree.delete();
    return [...found, ...brokenRules(script)];
  } finally {
    parser.delete();
  }
}

function brokenRules(script: string): Finding[] {
  return script.split("\n").flatMap((text, index) =>
    RULES.filter(([pattern]) => !text.trimStart().startsWith("#") && pattern.test(text))
      .map(([, what]) => ({ line: index + 1, what }))
  );
}
