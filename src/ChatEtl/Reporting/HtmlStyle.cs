namespace ChatEtl.Reporting;

/// <summary>The style sheet of every page.</summary>
internal static class HtmlStyle
{
    public const string Sheet = """

        :root { color-scheme: light dark; --ink: #1c2024; --soft: #5b6570; --line: #d5dae0; --paper: #ffffff; --card: #f5f7f9;
          --good: #1b7a3d; --warn: #8f5d00; --bad: #b3261e; --plain: #5b6570; --one: #1f6fb5; --two: #b4561a; --stall: #f3d9a6; --heat: #1f6fb5; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e4e7ea; --soft: #9ba5af; --line: #3a424a; --paper: #15181b; --card: #1e2327;
            --good: #6fcf8e; --warn: #e5b567; --bad: #f28b82; --plain: #9ba5af; --one: #74b3e8; --two: #e89a63; --stall: #54431f; --heat: #74b3e8; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 78rem; padding: 1rem; background: var(--paper); color: var(--ink);
          font: 1rem/1.45 system-ui, sans-serif; overflow-wrap: anywhere; }
        h1 { font-size: 1.6rem; margin: .5rem 0 0; }
        h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); padding-bottom: .2rem; }
        h3 { font-size: 1rem; margin: 0; }
        p { margin: .4rem 0; max-width: 60rem; }
        .subtitle, .more, figcaption, caption { color: var(--soft); }
        .verdicts { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: .8rem; margin: 1rem 0; }
        .verdict { background: var(--card); border: 1px solid var(--line); border-left: .4rem solid var(--plain); border-radius: .3rem; padding: .7rem .9rem; }
        .verdict strong { font-size: 1.15rem; color: var(--plain); }
        .verdict.good { border-left-color: var(--good); } .verdict.good strong { color: var(--good); }
        .verdict.warn { border-left-color: var(--warn); } .verdict.warn strong { color: var(--warn); }
        .verdict.bad { border-left-color: var(--bad); } .verdict.bad strong { color: var(--bad); }
        dl { display: grid; grid-template-columns: minmax(9rem, max-content) 1fr; gap: .15rem 1.2rem; margin: .6rem 0; }
        dt { color: var(--soft); } dd { margin: 0; }
        .table { margin: .8rem 0; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: .9rem; }
        caption { text-align: left; padding: .2rem 0; font-size: .9rem; }
        th, td { text-align: left; vertical-align: top; padding: .25rem .35rem; border-bottom: 1px solid var(--line); }
        th { white-space: nowrap; cursor: pointer; position: sticky; top: 0; background: var(--paper); }
        th[aria-sort=ascending]::after { content: " \25B2"; } th[aria-sort=descending]::after { content: " \25BC"; }
        .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        td.text { min-width: 8.5rem; }
        input, button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .3rem; padding: .3rem .6rem; }
        input { width: 100%; max-width: 24rem; margin-bottom: .3rem; }
        figure { margin: .8rem 0; } svg { width: 100%; height: auto; display: block; }
        svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
        svg .axis { stroke: var(--line); stroke-width: 1; fill: none; }
        svg .one { stroke: var(--one); fill: none; stroke-width: 1.6; } svg .two { stroke: var(--two); fill: none; stroke-width: 1.6; }
        svg .stall { fill: var(--stall); } svg .bar, svg .heat { fill: var(--heat); } svg .framed { stroke: var(--two); stroke-width: 2.5; }
        .key.one::before, .key.two::before, .key.stall::before { content: ""; display: inline-block; width: 1rem; height: .3rem; margin: 0 .35rem .2rem .8rem; }
        .key.one::before { background: var(--one); } .key.two::before { background: var(--two); } .key.stall::before { background: var(--stall); height: .8rem; margin-bottom: -.1rem; }
        @media (max-width: 40rem) { body { padding: .7rem; } dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } table { font-size: .82rem; } svg text { font-size: 20px; } }
        @page { size: landscape; margin: 1.2cm; }
        @media print {
          :root { color-scheme: light; --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; --card: #fff;
            --good: #1b7a3d; --warn: #8f5d00; --bad: #b3261e; --plain: #444; --one: #1f6fb5; --two: #b4561a; --stall: #f3d9a6; --heat: #1f6fb5; }
          body { max-width: none; padding: 0; font-size: 10pt; } table { font-size: 8pt; } td.text { min-width: 2.4cm; } svg { max-height: 6.5cm; } input, button { display: none; } th { position: static; }
          h2 { break-after: avoid; } tr, .verdict, figure { break-inside: avoid; } thead { display: table-header-group; } .scroll { overflow: visible; } }

        """;
}
