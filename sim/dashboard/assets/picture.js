/* The verdict as a picture to keep: its words, bars, and how sure it is, drawn on a canvas.  Nothing fetched. */
window.gennet = window.gennet || {};
(function (gennet) {
  'use strict';
  const WIDTH = 1200, EDGE = 48, INNER = WIDTH - 2 * EDGE, FONT = 'Roboto, system-ui, "Segoe UI", sans-serif', TEXT = '#1d2329', SOFT = '#55606b';

  /* Words on lines no wider than `wide`, in the context's font. */
  function wrapped(context, text, wide) {
    const lines = [''];
    for (const word of text.split(/\s+/)) {
      const longer = (lines[lines.length - 1] + ' ' + word).trim();
      if (lines[lines.length - 1] && context.measureText(longer).width > wide) lines.push(word); else lines[lines.length - 1] = longer;
    }
    return lines;
  }

  /* Draws from top to bottom, and returns where the picture ends: once to measure, once in earnest. */
  function draw(context, what) {
    let y = EDGE;
    function words(text, size, weight, colour, wide = INNER, x = EDGE) {
      context.font = `${weight} ${size}px ${FONT}`; context.fillStyle = colour;
      for (const line of wrapped(context, text, wide)) { y += size * 1.3; context.fillText(line, x, y - size * 0.3); }
    }
    function split(title, parts, text) {
      y += 22;
      words(title, 20, 600, TEXT);
      const all = parts.reduce((sum, one) => sum + one.count, 0);
      let x = EDGE;
      for (const one of parts) {
        const wide = INNER * one.count / all;
        context.fillStyle = one.colour; context.fillRect(x, y + 6, Math.max(0, wide - 2), 34);
        context.font = `700 18px ${FONT}`; context.fillStyle = one.ink;
        const label = context.measureText(one.label).width;
        if (label + 8 < wide) context.fillText(one.label, x + (wide - label) / 2, y + 29);
        x += wide;
      }
      y += 44;
      words(text, 18, 400, SOFT);
    }
    words(what.title, 20, 400, SOFT);
    y += 6;
    words(what.brings, 36, 650, TEXT);
    y += 18;
    const most = Math.max(...what.bars.map(bar => Math.max(bar.high, bar.mean)), 1e-9);
    for (const bar of what.bars) {
      const at = v => EDGE + 340 + 560 * Math.max(0, v) / most, top = y;
      words(bar.name, 20, 400, TEXT, 320);
      const middle = (top + Math.max(y, top + 30)) / 2;
      context.fillStyle = bar.colour; context.fillRect(at(0), middle - 15, at(bar.mean) - at(0), 30);
      context.fillStyle = TEXT; context.fillRect(at(bar.low), middle - 1, at(bar.high) - at(bar.low), 2);
      context.font = `650 22px ${FONT}`; context.fillText(bar.words, at(Math.max(bar.high, bar.mean)) + 14, middle + 8);
      y = Math.max(y, top + 30) + 10;
    }
    y += 8;
    words(what.ahead, 22, 400, TEXT);
    if (what.luck.length) split('How sure? Luck, in ' + what.futures + ' simulated futures', what.luck, what.sure);
    if (what.worlds.length) split('How sure? What is not known, in plausible worlds', what.worlds, what.unknown);
    else if (what.untried) { y += 22; words(what.untried, 18, 400, SOFT); }
    y += 20;
    words(what.foot, 16, 400, SOFT);
    return y + EDGE;
  }

  gennet.picture = function (what) {
    const canvas = document.createElement('canvas');
    canvas.width = WIDTH; canvas.height = 10;
    canvas.height = Math.ceil(draw(canvas.getContext('2d'), what));
    const context = canvas.getContext('2d');
    context.fillStyle = '#fff'; context.fillRect(0, 0, canvas.width, canvas.height);
    draw(context, what);
    canvas.toBlob(blob => gennet.save('answer.png', blob, 'image/png'));
  };
})(window.gennet);
