import { assertEquals, assertThrows } from "@std/assert";
import { all, first, type JsonML, textOf } from "./jsonml.ts";
import { fromXml, toXml } from "./xml.ts";

Deno.test("an element survives the way to text and back, hostile characters included", () => {
  const element: JsonML = [
    "domain",
    { type: `q<&"'` },
    ["name", {}, "a<b>&c]]>'\""],
    ["metadata", {}, ["vmtck:machine", { "xmlns:vmtck": "https://x/1", owner: "o" }]],
    ["empty", {}],
  ];
  assertEquals(fromXml(toXml(element)), element);
});

Deno.test("white space between elements and comments are dropped, text is kept", () => {
  assertEquals(fromXml("<a>\n  <!-- c -->\n  <b> x </b>\n</a>"), ["a", {}, ["b", {}, " x "]]);
});

for (
  const text of [
    "",
    "<a>",
    "<a/><b/>",
    "text",
    "<a b='1' b='2'/>",
    "<a>&unknown;</a>",
    "<!DOCTYPE a><a/>",
    "<!DOCTYPE a [<!ENTITY x 'y'>]><a/>",
  ]
) {
  Deno.test(`malformed or dangerous XML is refused: ${JSON.stringify(text)}`, () => {
    assertThrows(() => fromXml(text), SyntaxError);
  });
}

Deno.test("elements are found by a path of local names", () => {
  const element = fromXml(
    "<d><ip address='1'/><ip address='2'/><m><v:x xmlns:v='u'>t</v:x></m></d>",
  );
  assertEquals(all(element, "ip").map(([, { address }]) => address), ["1", "2"]);
  assertEquals(textOf(element, "m", "x"), "t");
  assertEquals(first(element, "nothing", "here"), undefined);
  assertEquals(textOf(element, "nothing"), "");
});
