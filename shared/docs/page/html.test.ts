import { expect, test } from "vitest";
import { jsonText } from "./code-block.ts";
import { html, prose } from "./html.ts";

test("what is put in is escaped unless it is HTML itself", () => {
  const hostile = `<script>alert("'&")</script>`;
  expect(html`<b title="${hostile}">${html`<i>${hostile}</i>`}</b>`.text).toBe(
    '<b title="&lt;script&gt;alert(&quot;&#39;&amp;&quot;)&lt;/script&gt;"><i>&lt;script&gt;alert(&quot;&#39;&amp;&quot;)&lt;/script&gt;</i></b>',
  );
});

test("nothing shows as nothing, and lists are joined", () => {
  expect(html`[${null}${undefined}${false}${["a", 0, ["b"]]}]`.text).toBe("[a0b]");
});

test("backticks in a sentence mark code, which is escaped too", () => {
  expect(prose("send `<b>` & go").text).toBe("send <code>&lt;b&gt;</code> &amp; go");
});

test("JSON is shown whole, with its brackets in texts left alone", () => {
  const value = { text: 'a "quoted": {1}', list: [1.5, true, null] };
  const shown = jsonText(value)
    .text.replaceAll(/<[^>]+>/g, "")
    .replaceAll("&quot;", '"');
  expect(JSON.parse(shown)).toEqual(value);
});
