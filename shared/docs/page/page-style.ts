/** The page's only style. It is part of the page, which the Content-Security-Policy lets through by its hash. */
export const pageStyle = `
:root{color-scheme:light dark;--bg:#fff;--ink:#1c2330;--soft:#5b6675;--line:#e3e7ec;--tint:#f5f7f9;--link:#0b62c4;
--code:#f2f4f7;--key:#7a3aa8;--str:#0a6b4b;--val:#a8480f;--get:#0b62c4;--post:#0a7a4f;--put:#9a5b00;--patch:#7a3aa8;--del:#b3261e}
@media(prefers-color-scheme:dark){:root{--bg:#12161c;--ink:#e4e9ef;--soft:#9aa6b4;--line:#2a313b;--tint:#181d25;--link:#7ab7ff;
--code:#1d232c;--key:#d3a6f5;--str:#7fd8b4;--val:#f0a878;--get:#7ab7ff;--post:#6fd3a5;--put:#e6b566;--patch:#d3a6f5;--del:#ff9a92}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
a:focus-visible,summary:focus-visible,label:focus-visible{outline:2px solid var(--link);outline-offset:2px}
code,pre,.path,.method,.status{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
code{font-size:.875em;background:var(--code);border-radius:4px;padding:.1em .3em;overflow-wrap:anywhere}
pre code,h3 code,h4 code,td a code{background:none;padding:0}
pre code,h3 code,h4 code{font-size:inherit;overflow-wrap:normal}
header{padding:1.25rem 1.5rem;border-bottom:1px solid var(--line);display:flex;align-items:baseline;gap:.75rem;flex-wrap:wrap}
header strong{font-size:1.25rem;letter-spacing:-.01em}header span{color:var(--soft)}
.frame{display:grid;grid-template-columns:17rem minmax(0,1fr);max-width:110rem;margin:0 auto}
.side{border-right:1px solid var(--line);position:sticky;top:0;height:100vh;overflow-y:auto;padding:1rem 1rem 3rem 1.5rem}
nav h2{font-size:.75rem;text-transform:uppercase;letter-spacing:.06em;color:var(--soft);margin:1.25rem 0 .25rem}
nav ul{list-style:none;margin:0;padding:0;font-size:.8125rem}
nav a{display:flex;align-items:baseline;padding:.2rem 0;color:var(--ink)}
nav .method{font-size:.625rem;flex:0 0 3.1rem;margin:0}
main{padding:1.5rem 2.5rem 6rem;min-width:0}
main>section{margin-bottom:4.5rem}
.start h2{margin-top:2.75rem}.start figure{max-width:44rem}.start .table{max-width:56rem}
h1{font-size:2rem;line-height:1.2;letter-spacing:-.02em;margin:.5rem 0 .5rem}
h2{font-size:1.5rem;line-height:1.25;letter-spacing:-.01em;margin:0 0 .5rem}
h3{font-size:1.0625rem;line-height:1.4;margin:1.5rem 0 .5rem}
h3 a,h4 a{color:inherit}
h3.group{font-size:1.25rem;margin-top:2.5rem}
h4{font-size:.8125rem;text-transform:uppercase;letter-spacing:.05em;color:var(--soft);margin:1.5rem 0 .5rem}
h4.type{font-size:1.0625rem;text-transform:none;letter-spacing:0;color:inherit;margin-top:0}
p{margin:.5rem 0;max-width:44rem}
.lead{font-size:1.125rem;color:var(--soft)}
.who,.bounds,small{color:var(--soft);font-size:.875rem}
.call{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,27rem);gap:2.5rem;padding:2rem 0;border-top:1px solid var(--line)}
.call h3{margin-top:0}.path{font-weight:600;overflow-wrap:anywhere;font-size:.9375rem}
.method{font-weight:700;font-size:.75rem;margin-right:.6rem}
.get{color:var(--get)}.post{color:var(--post)}.put{color:var(--put)}.patch{color:var(--patch)}.delete{color:var(--del)}.ws{color:var(--patch)}
.status{font-weight:700;font-size:.8125rem;color:var(--del);margin-right:.25rem}.status.ok{color:var(--post)}
.table{overflow-x:auto;margin:.5rem 0 1rem}
table{border-collapse:collapse;width:100%;font-size:.875rem;line-height:1.5}
th{text-align:left;font-weight:600;color:var(--soft);font-size:.75rem;padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--line)}
td{vertical-align:top;padding:.45rem .75rem .45rem 0;border-bottom:1px solid var(--line)}
td:first-child{min-width:8.5rem}td:last-child,th:last-child{padding-right:0}td:last-child{min-width:10rem}
td:first-child code{background:none;padding:0;font-weight:600}
.nobreak{white-space:nowrap}
:target{scroll-margin-top:1rem}td :target{background:var(--code);box-shadow:0 0 0 4px var(--code)}
.samples{position:sticky;top:1rem;align-self:start;min-width:0}
figure.code{margin:0 0 1rem;border:1px solid var(--line);border-radius:8px;overflow:hidden;background:var(--tint)}
figcaption{padding:.4rem .85rem;border-bottom:1px solid var(--line);font-size:.75rem;color:var(--soft);font-weight:600}
pre{margin:0;padding:.75rem .85rem;overflow:auto;max-height:26rem;font-size:.8125rem;line-height:1.55}
.k{color:var(--key)}.s{color:var(--str)}.v{color:var(--val)}
.answer p{margin:.25rem 0}
.errors{margin:1rem 0 0}.errors summary{cursor:pointer;font-size:.875rem;color:var(--link)}
.errors ul{list-style:none;padding:0;margin:.5rem 0;font-size:.8125rem;line-height:1.9}
.endpoint{font-size:1rem}
.schema{border-top:1px solid var(--line);padding:.5rem 0}
.menu,.menu-label{position:absolute;opacity:0;pointer-events:none}
@media(max-width:80rem){.call{grid-template-columns:minmax(0,1fr);gap:1rem}.samples{position:static}}
@media(max-width:56rem){
.frame{grid-template-columns:minmax(0,1fr)}
main{padding:1rem 1rem 4rem}header{padding:1rem}
.menu-label{position:static;opacity:1;pointer-events:auto;display:block;padding:.75rem 1rem;border-bottom:1px solid var(--line);cursor:pointer;font-weight:600;color:var(--link)}
.menu:focus-visible+.menu-label{outline:2px solid var(--link);outline-offset:-2px}
.side{display:none;position:static;height:auto;border-right:0;border-bottom:1px solid var(--line);padding:0 1rem 1rem}
.menu:checked~.frame .side{display:block}nav a{padding:.4rem 0}
td:first-child{min-width:6.5rem}td:last-child{min-width:8rem}
h1{font-size:1.625rem}}
@media print{.side,.menu-label{display:none}.frame,.call{display:block}pre{max-height:none}}
`;
