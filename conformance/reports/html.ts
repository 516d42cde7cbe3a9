/**
 * One page of HTML that needs nothing else: for a build's artifacts.
 *
 * @module
 */

import { atEnd, type EndedCase, type EndedRun, type Reporter } from "./reporter.ts";
import { account, headline, meaning } from "./words.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

const escaped = (text: string): string =>
  text.toWellFormed().replace(/[&<>"]/g, (it) => ENTITIES[it] ?? it);

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
h1 { font-size: 1.2rem; }
table { border-collapse: collapse; min-width: 60rem; }
td, th { border-bottom: 1px solid #8884; padding: 0.2rem 0.6rem; text-align: left; vertical-align: top; }
pre { overflow-x: auto; background: #8881; padding: 0.6rem; }
.pass { color: #2a7f3f; }
.fail, .flaky, .harness-error { color: #c0392b; font-weight: 600; }
.warn, .not-run { color: #b7791f; }
.unsupported, .known-fail { opacity: 0.7; }
`;

function row(run: EndedRun, item: EndedCase): string {
  const { case: id, status, title, reason, ms } = item.end;
  const told = status === "pass" || status === "unsupported"
    ? escaped(reason ?? title)
    : `<details${status === "fail" ? " open" : ""}><summary>${escaped(reason ?? title)}</summary>` +
      `<pre>${escaped(account(run.start, item).join("\n"))}</pre></details>`;
  return `<tr><td>${escaped(id)}</td><td class="${status}">${status}</td><td>${
    ms.toFixed(0)
  } ms</td>` +
    `<td>${told}</td></tr>`;
}

/** One page of HTML. */
export const html: Reporter = atEnd((run) => {
  const { start, cases, end } = run;
  const title = escaped(headline(start, end));
  const notes = [
    ...end.leaks.map((leak) => `<li>Left on the host: ${escaped(leak)}</li>`),
    ...end.stale.map((entry) => `<li>Known to fail, but it does not: ${escaped(entry)}</li>`),
  ];
  return [
    "<!doctype html>",
    `<html lang="en"><head><meta charset="utf-8"><title>${title}</title>`,
    `<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head><body>`,
    `<h1>${title}</h1>`,
    `<p>${escaped(meaning(end))}. Began ${escaped(start.startedAt)}, seed ${
      escaped(start.seed)
    }.</p>`,
    ...(notes.length > 0 ? [`<ul>${notes.join("")}</ul>`] : []),
    "<table><thead><tr><th>case</th><th>status</th><th>time</th><th></th></tr></thead><tbody>",
    ...cases.map((item) => row(run, item)),
    "</tbody></table></body></html>",
    "",
  ].join("\n");
});
