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
    const numbers = keys.flatMap(k => series[k].high.concat(series[k].y)).filter(v => v !== null);
    const top = o.top || Math.max(...numbers, o.percent ? 0.1 : 1) * 1.06;
    const X = m => left + w * m / o.months, Y = v => head + h * (1 - v / top);
    const out = [`<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(o.name)}, by month: ` +
      keys.map(k => escape(o.labels[k]) + ' ends at ' + (o.percent ? Math.round(100 * last(series[k].y)) + '%' : Math.round(last(series[k].y)))).join('; ') + '">'];
    for (const t of (o.top === 1 ? [0, 0.25, 0.5, 0.75, 1] : ticks(top))) {
      out.push(`<line class="gn-grid" x1="${left}" x2="${left + w}" y1="${Y(t)}" y2="${Y(t)}"/>`,
        `<text class="gn-tick" x="${left - 6}" y="${Y(t) + 4}" text-anchor="end">${o.percent ? Math.round(100 * t) + '%' : +t.toFixed(1)}</text>`);
    }
    const step = [1, 2, 3, 6, 12, 24].find(s => o.months / s <= (narrow ? 5 : 7)) || 24;
    for (let m = 0; m <= o.months + 0.01; m += step) out.push(`<text class="gn-tick" x="${X(m)}" y="${head + h + 16}" text-anchor="middle">${m}</text>`);
    out.push(`<text class="gn-tick" x="${left + w / 2}" y="${height - 4}" text-anchor="middle">months</text>`);
    const marks = [];
    for (const key of keys) {
      const s = series[key], style = `--line:${o.colours[key].line};--ink:${o.colours[key].ink};--glow:${o.colours[key].glow}`;
      out.push(`<g style="${style}"><path class="gn-band" d="${area(s, X, Y, o.step)}"/><path class="gn-line" d="${path(s.x, s.y, X, Y, o.step)}"/></g>`);
      const lines = wrapped(o.labels[key], letters, 3);
      marks.push({ key, style, lines, want: Y(last(s.y)), tall: lines.length * LINE + 3, end: Y(last(s.y)) });
    }
    spread(marks, 2, height - 4);
    for (const m of marks) {
      out.push(`<g style="${m.style}"><path class="gn-lead" d="M${left + w + 1} ${m.end} L${left + w + 9} ${m.top + m.tall / 2}"/>` +
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
})(window.gennet);
