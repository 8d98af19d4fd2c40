namespace ChatEtl.Reporting;

/// <summary>The script of every page: search and order in tables. It must hold neither the sign for "less" nor the one for "and".</summary>
internal static class HtmlScript
{
    public const string Code = """

        'use strict';
        for (const box of document.querySelectorAll('div.table')) {
          const body = box.querySelector('tbody'), heads = [...box.querySelectorAll('th')];
          const data = box.querySelector('script'), search = box.querySelector('input');
          const kinds = heads.map(head => head.className);
          const all = data ? JSON.parse(data.textContent) : [...body.rows].map(row => [...row.cells].map(cell => cell.textContent));
          const note = box.querySelector('p.more') || box.appendChild(document.createElement('p'));
          const more = document.createElement('button');
          const step = 100;
          let texts = null, shown = step, column = -1, down = false;
          note.className = 'more';
          more.textContent = 'more';
          more.addEventListener('click', () => { shown += step * 5; show(); });
          const value = text => { const number = parseFloat(text.replace(/[,\s]/g, '')); return isNaN(number) ? -Infinity : number; };
          const chosen = () => {
            const words = search ? search.value.toLowerCase().split(/\s+/).filter(word => word) : [];
            texts = texts || all.map(row => row.join('\n').toLowerCase());
            const found = words.length ? all.filter((row, at) => words.every(word => texts[at].includes(word))) : [...all];
            if (column >= 0) {
              const figure = kinds[column] === 'number', sign = down ? -1 : 1;
              const key = row => figure ? value(row[column]) : row[column];
              found.map(row => [key(row), row]).sort((a, b) => sign * (figure ? (a[0] > b[0]) - (b[0] > a[0]) : order.compare(a[0], b[0])))
                .forEach((pair, at) => { found[at] = pair[1]; });
            }
            return found;
          };
          const order = new Intl.Collator('en', { numeric: true });
          const show = () => {
            const found = chosen(), part = found.slice(0, shown);
            body.replaceChildren(...part.map(cells => {
              const row = document.createElement('tr');
              cells.forEach((text, at) => {
                const cell = document.createElement('td'), inner = document.createElement('bdi');
                cell.className = kinds[at];
                inner.textContent = text;
                cell.append(inner);
                row.append(cell);
              });
              return row;
            }));
            const left = found.length - part.length;
            note.textContent = left > 0 || found.length !== all.length
              ? part.length.toLocaleString('en') + ' of ' + found.length.toLocaleString('en') + (found.length === all.length ? ' rows. ' : ' rows found. ') : '';
            if (left > 0) { note.append(more); }
          };
          heads.forEach((head, at) => {
            head.tabIndex = 0;
            const turn = () => {
              down = column === at ? !down : kinds[at] === 'number';
              column = at;
              heads.forEach(other => other.removeAttribute('aria-sort'));
              head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
              show();
            };
            head.addEventListener('click', turn);
            head.addEventListener('keydown', event => { if (event.key === 'Enter') { turn(); } });
          });
          if (search) { search.addEventListener('input', () => { shown = step; show(); }); }
          if (all.length > body.rows.length) { show(); }
        }

        """;
}
