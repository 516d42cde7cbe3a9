/**
 * The project's own lint rules: the layers, the bans, and folder names that say nothing.
 *
 * @module
 */
import { type Ban, bans, isTest } from "./bans.ts";
import { forTests, isIn, layerOf } from "./layers.ts";

type Context = Deno.lint.RuleContext;
type Node = Deno.lint.Node;

const root = new URL("../../", import.meta.url);

/** The file's path from the project's root, with slashes, on every system. */
function pathOf(context: Context): string {
  const path = context.filename.replaceAll("\\", "/");
  const top = decodeURIComponent(root.pathname).replace(/^\/(?=[A-Za-z]:)/, "");
  return path.startsWith(top) ? path.slice(top.length) : path;
}

/** Why a file may not import something, or undefined if it may. */
function refusal(path: string, specifier: string, typeOnly: boolean): string | undefined {
  const layer = layerOf(path);
  if (!layer) return undefined;
  const packages = [...layer.packages, ...(isTest(path) ? forTests.packages : [])];
  const folders = [layer.path, ...layer.imports, ...(isTest(path) ? forTests.imports : [])];
  if (/^\.{0,2}\//.test(specifier)) {
    const target = new URL(specifier, new URL(path, "file:///")).pathname.slice(1);
    if (typeOnly && layer.types?.some((folder) => isIn(target, folder))) return undefined;
    return folders.some((folder) => isIn(target, folder))
      ? undefined
      : `"${layer.path}" must not import "${target}"`;
  }
  if (/^(jsr|npm|https?|data):/.test(specifier)) {
    return `"${specifier}" must be named in the imports of deno.json`;
  }
  return packages.some((name) =>
      name.endsWith(":") ? specifier.startsWith(name) : isIn(specifier, name)
    )
    ? undefined
    : `"${layer.path}" must not import the package "${specifier}"`;
}

const layersRule: Deno.lint.Rule = {
  create(context) {
    const path = pathOf(context);
    const check = (node: Node, source: Node | null, typeOnly: boolean): void => {
      if (source?.type !== "Literal" || typeof source.value !== "string") return;
      const message = refusal(path, source.value, typeOnly);
      if (message) context.report({ node, message, hint: "The table is .ci/lint/layers.ts" });
    };
    return {
      Program(node): void {
        if (layerOf(path)) return;
        context.report({ node, message: `No layer has "${path}"`, hint: "See .ci/lint/layers.ts" });
      },
      ImportDeclaration: (node) => check(node, node.source, node.importKind === "type"),
      ExportNamedDeclaration: (node) => check(node, node.source, node.exportKind === "type"),
      ExportAllDeclaration: (node) => check(node, node.source, node.exportKind === "type"),
      ImportExpression: (node) => check(node, node.source, false),
      TSImportType(node): void {
        // The declared type says Literal, but a literal type comes, with the text inside.
        const argument: Node = node.argument;
        check(node, argument.type === "TSLiteralType" ? argument.literal : argument, true);
      },
    };
  },
};

const folderNamesRule: Deno.lint.Rule = {
  create(context) {
    return {
      Program(node): void {
        const name = pathOf(context).split("/").slice(0, -1)
          .find((part) => /^(utils?|helpers?|common)$/.test(part));
        if (name) {
          const message = `A folder called "${name}" says nothing about its content`;
          context.report({ node, message, hint: "Name it for what it holds" });
        }
      },
    };
  },
};

/** `a.b` of a member expression, without a leading `globalThis`; undefined for anything else. */
function dotted(node: Node): string | undefined {
  if (node.type === "Identifier") return node.name;
  if (node.type !== "MemberExpression") return undefined;
  const object = dotted(node.object);
  const property = node.property.type === "Identifier" && !node.computed
    ? node.property.name
    : node.property.type === "Literal"
    ? String(node.property.value)
    : undefined;
  if (!object || !property) return undefined;
  return object === "globalThis" ? property : `${object}.${property}`;
}

function banRule(ban: Ban): Deno.lint.Rule {
  return {
    create(context) {
      if (!ban.applies(pathOf(context))) return {};
      const check = (node: Node, use: string | undefined): void => {
        if (use === undefined || !ban.uses.includes(use)) return;
        context.report({ node, message: `"${use}" must not be used here`, hint: ban.instead });
      };
      const checkName = (node: Node | null | undefined): void => {
        if (node?.type === "Identifier") check(node, node.name);
      };
      return {
        MemberExpression(node): void {
          checkName(node.object);
          check(node, dotted(node));
        },
        CallExpression(node): void {
          checkName(node.callee);
          node.arguments.forEach(checkName);
          if (node.callee.type !== "MemberExpression") return;
          const method = dotted(node.callee)?.split(".").at(-1) ??
            (node.callee.property.type === "Identifier" ? node.callee.property.name : undefined);
          const catches = method === "catch" || (method === "then" && node.arguments.length > 1);
          if (catches) check(node, "catch");
        },
        NewExpression(node): void {
          if (dotted(node.callee) === "Date" && node.arguments.length === 0) {
            check(node, "new Date()");
          }
        },
        VariableDeclarator: (node) => checkName(node.init),
        AssignmentPattern: (node) => checkName(node.right),
        Property: (node) => checkName(node.value),
        PropertyDefinition: (node) => checkName(node.value),
        TSQualifiedName: (node) => checkName(node.left),
        CatchClause: (node) => check(node, "catch"),
      };
    },
  };
}

const plugin: Deno.lint.Plugin = {
  name: "vmtck",
  rules: {
    "layers": layersRule,
    "folder-names": folderNamesRule,
    ...Object.fromEntries(bans.map((ban) => [ban.name, banRule(ban)])),
  },
};
export default plugin;
