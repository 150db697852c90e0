/* Line charts as SVG text: direct labels, bands, months along the bottom.  No library, nothing fetched. */
window.gennet = window.gennet || {};
(function (gennet) {
  'use strict';
  const LINE = 14, FONT = 12;
  const escape = text => String(text).replace(/[&<>"]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }[c]));

  function wrapped(text, most, lines) {
    const found = [''];
    for (const word of text.split(/\s+/)) {
      const longer = (found[found.length - 1] + ' ' + word).trim();
      if (longer.length > most && found[found.length - 1]) found.push(word); else found[found.length - 1] = longer;
    }
    if (found.length > lines) { found.length = lines; found[lines - 1] = found[lines - 1].slice(0, most - 1) + '…'; }
    return found;
  }

  /* Label heights moved apart, top to bottom, as near as can be to where they belong. */
  function spread(labels, low, high) {
    labels.sort((a, b) => a.want - b.want);
    let at = low;
    for (const label of labels) { label.top = Math.max(at, label.want - label.tall / 2); at = label.top + label.tall; }
    let room = high;
    for (const label of labels.slice().reverse()) { label.top = Math.min(label.top, room - label.tall); room = label.top; }
  }

  function ticks(top) {
    const raw = top / 4, unit = Math.pow(10, Math.floor(Math.log10(raw))), step = [1, 2, 2.5, 5, 10].map(k => k * unit).find(k => k >= raw);
    const found = [];
    for (let value = 0; value <= top * 1.0001; value += step) found.push(value);
    return found;
  }

  gennet.plot = function (series, o) {
    const keys = Object.keys(series), narrow = o.width < 400, letters = narrow ? 12 : 17;
    const left = 38, right = narrow ? 92 : 128, head = 10, foot = 34, width = Math.max(240, o.width), height = narrow ? 190 : 214;
    const w = width - left - right, h = height - head - foot;
    const numbers = keys.flatMap(k => (series[k].high || []).concat(series[k].y)).filter(v => v !== null);
    const top = o.top || Math.max(...numbers, o.percent ? 0.1 : 1) * 1.06;
    const X = m => left + w * m / o.months, Y = v => head + h * (1 - v / top);
    const plot = { series, o, keys, box: { left, head, w, h, width }, X, Y }, end = Math.floor(o.months + 0.1);
    // A slider over months: that is how screen readers pass on arrow keys and say what has changed.
    const out = [`<svg class="gn-plot" data-plot="${kept(plot)}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" tabindex="0" role="slider" aria-valuemin="0" ` +
      `aria-valuemax="${end}" aria-valuenow="${end}" aria-valuetext="${escape(valuesAt(plot, end))}" aria-label="${escape(o.name)}, by month (arrow keys)">`];
    for (const t of (o.top === 1 ? [0, 0.25, 0.5, 0.75, 1] : ticks(top))) {
      out.push(`<line class="gn-grid" x1="${left}" x2="${left + w}" y1="${Y(t)}" y2="${Y(t)}"/>`,
        `<text class="gn-tick" x="${left - 6}" y="${Y(t) + 4}" text-anchor="end">${o.percent ? Math.round(100 * t) + '%' : +t.toFixed(1)}</text>`);
    }
    const step = [1, 2, 3, 6, 12, 24].find(s => o.months / s <= (narrow ? 5 : 7)) || 24;
    for (let m = 0; m <= o.months + 0.01; m += step) out.push(`<text class="gn-tick" x="${X(m)}" y="${head + h + 16}" text-anchor="middle">${m}</text>`);
    out.push(`<text class="gn-tick" x="${left + w / 2}" y="${height - 4}" text-anchor="middle">months</text>`);
    const marks = [];
    for (const key of Object.keys(o.before || {})) {
      const s = o.before[key], tone = o.colours[key];
      if (tone) out.push(`<path class="gn-ghost" style="--line:${tone.line};--glow:${tone.glow}" d="${path(s.x.filter(m => m <= o.months + 0.1), s.y.filter((y, k) => s.x[k] <= o.months + 0.1), X, Y, o.step)}"/>`);
    }
    for (const key of keys) {
      const s = series[key], style = `--line:${o.colours[key].line};--ink:${o.colours[key].ink};--glow:${o.colours[key].glow}`;
      out.push(`<g style="${style}">${s.high ? `<path class="gn-band" d="${area(s, X, Y, o.step)}"/>` : ''}<path class="gn-line" d="${path(s.x, s.y, X, Y, o.step)}"/></g>`);
      const lines = wrapped(o.labels[key], letters, 3);
      marks.push({ key, style, lines, want: Y(last(s.y)), tall: lines.length * LINE + 3, end: Y(last(s.y)), from: Math.min(left + w, X(last(s.x))) });
    }
    spread(marks, 2, height - 4);
    for (const m of marks) {
      out.push(`<g style="${m.style}"><path class="gn-lead${m.from < left + w - 1 ? ' is-far' : ''}" d="M${(m.from + 1).toFixed(1)} ${m.end} H${left + w + 1} L${left + w + 9} ${m.top + m.tall / 2}"/>` +
        m.lines.map((line, k) => `<text class="gn-name" x="${left + w + 12}" y="${m.top + FONT + k * LINE}">${escape(line)}</text>`).join('') + '</g>');
    }
    out.push('</svg>');
    return out.join('');
  };

  function last(values) { for (let k = values.length - 1; k >= 0; k--) if (values[k] !== null) return values[k]; return 0; }

  function points(xs, ys, X, Y, step) {
    const found = [];
    let before = null;
    for (let k = 0; k < xs.length; k++) {
      if (ys[k] === null) { before = null; continue; }
      if (step && before !== null) found.push([X(xs[k]), before, true]);
      found.push([X(xs[k]), Y(ys[k]), before !== null]);
      before = Y(ys[k]);
    }
    return found;
  }
  function path(xs, ys, X, Y, step) {
    return points(xs, ys, X, Y, step).map(p => (p[2] ? 'L' : 'M') + p[0].toFixed(1) + ' ' + p[1].toFixed(1)).join('');
  }
  function area(s, X, Y, step) {
    const up = points(s.x, s.high, X, Y, step), down = points(s.x, s.low, X, Y, step).reverse();
    if (!up.length || !down.length) return '';
    return 'M' + up.concat(down).map(p => p[0].toFixed(1) + ' ' + p[1].toFixed(1)).join('L') + 'Z';
  }

  /* What is drawn at the moment, so that a chart can be asked for its values; charts that are gone are forgotten. */
  const plots = new Map();
  let number = 0;
  function kept(plot) {
    if (plots.size > 100) for (const id of Array.from(plots.keys())) if (!document.querySelector(`[data-plot="${id}"]`)) plots.delete(id);
    plots.set(String(++number), plot);
    if (typeof gennet.redrawn === 'function') window.requestAnimationFrame(gennet.redrawn);
    return number;
  }

  /* A curve's value at a month: of steps the last one before, of lines in between; null where there is none. */
  function valueAt(xs, ys, month, step) {
    let k = xs.length - 1;
    while (k >= 0 && xs[k] > month + 1e-9) k--;
    if (k < 0) return xs.length && xs[0] - month < 0.6 ? ys[0] : null;
    if (k === xs.length - 1) return month - xs[k] < 0.6 || step ? ys[k] : null;
    if (step || ys[k] === null || ys[k + 1] === null) return ys[k];
    return ys[k] + (ys[k + 1] - ys[k]) * (month - xs[k]) / (xs[k + 1] - xs[k]);
  }
  function rowsAt(plot, month) {
    const percent = plot.o.percent, plain = v => (percent ? String(Math.round(100 * v)) : v >= 10 || v === 0 ? v.toFixed(0) : v.toFixed(1)), unit = percent ? '%' : '';
    return plot.keys.map(key => {
      const s = plot.series[key], at = name => (s[name] ? valueAt(s.x, s[name], month, plot.o.step) : null), y = at('y'), low = at('low'), high = at('high');
      return { key, y, label: plot.o.labels[key], text: y === null ? 'nothing yet' : plain(y) + unit + (low === null || high === null ? '' : ' (' + plain(low) + ' to ' + plain(high) + unit + ')') };
    });
  }
  function valuesAt(plot, month) { return 'month ' + month + ': ' + rowsAt(plot, month).map(row => row.label + ' ' + row.text).join('; '); }
  gennet.charts = { plots, rowsAt, valuesAt };

  /* On paper nothing can be opened: warnings are open while a page is printed. */
  let closed = [];
  window.addEventListener('beforeprint', () => { closed = Array.from(document.querySelectorAll('details.gn-cautions:not([open])')); for (const box of closed) box.open = true; });
  window.addEventListener('afterprint', () => { for (const box of closed) box.open = false; closed = []; });

  /* A text as a file to keep. */
  gennet.save = function (name, text, type) {
    const url = URL.createObjectURL(new Blob([text], { type: type || 'text/csv' })), a = document.createElement('a');
    a.href = url; a.download = name; document.body.appendChild(a); a.click(); a.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  };

  /* Tell how wide an element is, now and whenever that changes; what is returned has a `disconnect`. */
  gennet.width = function (element, tell) {
    const look = () => tell(element.clientWidth), seer = new ResizeObserver(look);
    seer.observe(element); look();
    return seer;
  };
})(window.gennet);

/* Values under the pointer, under a finger, and by arrow keys: a guide line in the chart, a box above it.  One listener for
   all charts, and no page is redrawn. */
(function (gennet) {
  'use strict';
  const SVG = 'http://www.w3.org/2000/svg', AWAY = 8;
  let box = null, shown = null, month = 0, byKeys = false, pointer = null;
  const chartOf = target => (target && target.closest ? target.closest('svg.gn-plot') : null);
  const plotOf = svg => gennet.charts.plots.get(svg.dataset.plot);
  const end = plot => Math.floor(plot.o.months + 0.1);

  function hide() {
    if (box) box.hidden = true;
    if (shown) { const guide = shown.querySelector('.gn-guide'); if (guide) guide.remove(); }
    shown = null;
  }
  function show(svg, at) {
    const plot = plotOf(svg);
    if (!plot) return hide();
    if (shown && shown !== svg) hide();
    if (shown === svg && at === month && svg.querySelector('.gn-guide')) return undefined;
    shown = svg; month = at;
    const rows = gennet.charts.rowsAt(plot, at), x = plot.X(Math.min(at, plot.o.months));
    guide(svg, plot, rows, x);
    svg.setAttribute('aria-valuenow', at);
    svg.setAttribute('aria-valuetext', gennet.charts.valuesAt(plot, at));
    fill(plot, rows, at);
    place(svg, x / plot.box.width);
    return undefined;
  }
  function guide(svg, plot, rows, x) {
    let group = svg.querySelector('.gn-guide');
    if (!group) { group = document.createElementNS(SVG, 'g'); group.setAttribute('class', 'gn-guide'); svg.appendChild(group); }
    group.replaceChildren();
    const line = document.createElementNS(SVG, 'line');
    for (const [name, value] of [['x1', x], ['x2', x], ['y1', plot.box.head], ['y2', plot.box.head + plot.box.h]]) line.setAttribute(name, value);
    group.appendChild(line);
    for (const row of rows) {
      if (row.y === null) continue;
      const dot = document.createElementNS(SVG, 'circle');
      for (const [name, value] of [['cx', x], ['cy', plot.Y(row.y)], ['r', 4]]) dot.setAttribute(name, value);
      tone(dot, plot, row.key);
      group.appendChild(dot);
    }
  }
  function tone(element, plot, key) { for (const name of ['line', 'ink', 'glow']) element.style.setProperty('--' + name, plot.o.colours[key][name]); }
  function fill(plot, rows, at) {
    if (!box) { box = document.createElement('div'); box.className = 'gn-tip'; box.setAttribute('aria-hidden', 'true'); box.dataset.testid = 'tip'; }
    if (!box.isConnected) document.body.appendChild(box);
    const head = document.createElement('b');
    head.textContent = 'month ' + at;
    box.replaceChildren(head, ...rows.map(row => {
      const line = document.createElement('span'), mark = document.createElement('i'), value = document.createElement('strong');
      tone(line, plot, row.key);
      value.textContent = row.text;
      line.append(mark, row.label + ' ', value);
      return line;
    }));
    box.hidden = false;
  }
  /* Above the chart, or below it where the window ends; never past its sides. */
  function place(svg, part) {
    const chart = svg.getBoundingClientRect(), wide = document.documentElement.clientWidth;
    box.style.left = '0px'; box.style.top = '0px';
    const tall = box.offsetHeight, width = box.offsetWidth;
    const left = Math.max(AWAY, Math.min(wide - width - AWAY, chart.left + part * chart.width - width / 2));
    const above = chart.top - tall - 2, top = above >= AWAY ? above : Math.min(chart.bottom + 2, window.innerHeight - tall - AWAY);
    box.style.left = left + 'px'; box.style.top = top + 'px';
  }
  function monthAt(svg, clientX) {
    const plot = plotOf(svg), chart = svg.getBoundingClientRect();
    if (!plot) return 0;
    const x = (clientX - chart.left) * plot.box.width / chart.width;
    return Math.max(0, Math.min(end(plot), Math.round((x - plot.box.left) / plot.box.w * plot.o.months)));
  }
  function follow(event) {
    const svg = chartOf(event.target);
    pointer = [event.clientX, event.clientY];
    if (svg) { byKeys = false; show(svg, monthAt(svg, event.clientX)); } else if (shown && !byKeys) hide();
  }
  document.addEventListener('pointermove', follow, { passive: true });
  document.addEventListener('pointerdown', event => { byKeys = false; follow(event); }, { passive: true });
  /* A finger that is lifted leaves the values where they are, until the next tap. */
  document.addEventListener('pointerleave', event => { if (event.pointerType === 'touch') return; pointer = null; if (!byKeys) hide(); });
  document.addEventListener('scroll', () => { if (shown && byKeys) place(shown, plotOf(shown) ? plotOf(shown).X(month) / plotOf(shown).box.width : 0.5); else hide(); }, { passive: true, capture: true });
  document.addEventListener('focusin', event => {
    const svg = chartOf(event.target);
    if (svg && svg.matches(':focus-visible')) { byKeys = true; show(svg, Number(svg.getAttribute('aria-valuenow'))); } else if (shown && byKeys) hide();
  });
  document.addEventListener('keydown', event => {
    const svg = chartOf(event.target), plot = svg && plotOf(svg);
    if (!plot) return;
    if (event.key === 'Escape') { hide(); return; }
    const now = Number(svg.getAttribute('aria-valuenow')), last = end(plot);
    const next = { ArrowLeft: now - 1, ArrowDown: now - 1, ArrowRight: now + 1, ArrowUp: now + 1, PageUp: now + 6, PageDown: now - 6, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    byKeys = true;
    show(svg, Math.max(0, Math.min(last, next)));
  });
  /* Charts were redrawn: what was shown of one that is gone goes too, or comes back for the one in its place. */
  gennet.redrawn = function () {
    if (!shown || shown.isConnected) return;
    hide();
    const svg = pointer && !byKeys ? chartOf(document.elementFromPoint(pointer[0], pointer[1])) : null;
    if (svg) show(svg, monthAt(svg, pointer[0]));
  };
})(window.gennet);
