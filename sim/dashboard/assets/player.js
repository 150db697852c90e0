/* Two networks week by week on canvas, in step.  Plain JavaScript, nothing fetched: a page hands over canvases and a film
   (see films.py) and gets play, pause, seek, speed, colour, pick. */
window.gennet = window.gennet || {};
(function (gennet) {
  'use strict';
  const WEEKS_A_SECOND = 6, LEAVING = 4;
  const groupColours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#882255', '#44aa99', '#6a5acd', '#999933', '#a6761d', '#6a3d9a', '#117733', '#e7298a'];
  const phaseColours = ['#8fa3b5', '#5b53c7', '#b5a93a', '#c2417c'];
  const dark = () => window.matchMedia('(prefers-color-scheme: dark)').matches;

  /* Spans [..., from, to) by the weeks in which they begin, so that a week's picture is found without searching all. */
  function Weeks(spans, from) {
    const byWeek = new Map();
    let at = -1, open = [];
    for (const span of spans) { const week = span[from]; if (!byWeek.has(week)) byWeek.set(week, []); byWeek.get(week).push(span); }
    this.at = function (week) {
      if (week === at) return open;
      if (week < at) { at = -1; open = []; }
      for (let w = at + 1; w <= week; w++) open = open.filter(span => span[from + 1] > w).concat(byWeek.get(w) || []);
      at = week;
      return open;
    };
  }

  /* A group has a shape as well as a colour, so that groups differ without colours, too. */
  function outline(context, p, r, group) {
    const corners = group < 0 ? 0 : [0, 3, 4, 5][group % 4], far = r * 1.25, turn = corners === 4 ? 0 : -Math.PI / 2;
    if (!corners) { context.arc(p[0], p[1], r, 0, 7); return; }
    for (let k = 0; k < corners; k++) { const angle = turn + 2 * Math.PI * k / corners; context[k ? 'lineTo' : 'moveTo'](p[0] + far * Math.cos(angle), p[1] + far * Math.sin(angle)); }
    context.closePath();
  }

  /* Where everybody is in each week, x and y by row: at home, or gathered around the middle of their group.  Groups that would
     overlap move apart, and everybody follows slowly, so that a group forms in sight. */
  function gathered(side, film) {
    const number = film.places.length, people = new Weeks(side.members, 2), space = number > 200 ? 0.032 : 0.048;
    const all = new Float32Array((film.weeks + 1) * number * 2), now = new Float32Array(number * 2), wanted = new Float32Array(number * 2);
    film.places.forEach((p, row) => { now[2 * row] = p[0]; now[2 * row + 1] = p[1]; });
    for (let week = 0; week <= film.weeks; week++) {
      const groups = new Map();
      film.places.forEach((p, row) => { wanted[2 * row] = p[0]; wanted[2 * row + 1] = p[1]; });
      for (const [row, group] of people.at(week)) if (group >= 0) { if (!groups.has(group)) groups.set(group, []); groups.get(group).push(row); }
      const discs = [...groups.values()].filter(rows => rows.length > 1).map(rows => {
        const mean = k => rows.reduce((sum, row) => sum + film.places[row][k], 0) / rows.length;
        return { rows: rows.sort((a, b) => a - b), x: mean(0), y: mean(1), r: space * (Math.sqrt(rows.length) + 0.6) };
      });
      for (let turn = 0; turn < 12; turn++) for (let a = 0; a < discs.length; a++) for (let b = a + 1; b < discs.length; b++) {
        const p = discs[a], q = discs[b], dx = q.x - p.x || 1e-3, dy = q.y - p.y, far = Math.hypot(dx, dy), lack = p.r + q.r - far;
        if (lack > 0) { const step = lack / 2 / far; p.x -= dx * step; p.y -= dy * step; q.x += dx * step; q.y += dy * step; }
      }
      for (const disc of discs) disc.rows.forEach((row, k) => {
        const far = space * Math.sqrt(k + 0.4), angle = 2.4 * k;
        wanted[2 * row] = disc.x + far * Math.cos(angle); wanted[2 * row + 1] = disc.y + far * Math.sin(angle);
      });
      for (let k = 0; k < now.length; k++) now[k] += (week ? 0.3 : 1) * (Math.max(-1, Math.min(1, wanted[k])) - now[k]);
      all.set(now, week * now.length);
    }
    return all;
  }

  function Side(canvas, side, film) {
    const context = canvas.getContext('2d');
    const ties = new Weeks(side.ties, 4), people = new Weeks(side.members, 2), phases = new Weeks(side.phases, 2);
    const left = Object.entries(side.left).map(([row, [week, how]]) => ({ row: Number(row), week, how }));
    let width = 0, height = 0, ratio = 1, scale = 1, wide = 1, centre = [0, 0], shown = -1, now = null, from = 0, to = 0, between = 0;
    const spots = gathered(side, film), line = 2 * film.places.length;
    this.side = side;
    this.size = function () {
      ratio = window.devicePixelRatio || 1;
      width = canvas.clientWidth; height = canvas.clientHeight;
      canvas.width = Math.round(width * ratio); canvas.height = Math.round(height * ratio);
      scale = Math.min(width / 2.15, (height - 34) / 2.12); wide = Math.min(1.45, width / 2.15 / scale); centre = [width / 2, height / 2 + 14];
    };
    const spot = k => spots[from + k] + between * (spots[to + k] - spots[from + k]);
    const place = row => [centre[0] + wide * scale * spot(2 * row), centre[1] + scale * spot(2 * row + 1)];
    this.week = function (week) {
      if (week === shown) return now;
      const degree = new Map(), open = ties.at(week);
      for (const t of open) { degree.set(t[0], (degree.get(t[0]) || 0) + 1); degree.set(t[1], (degree.get(t[1]) || 0) + 1); }
      const levels = [[], [], [], []];
      for (const t of open) levels[t[2]].push(t);
      now = { levels, degree, people: people.at(week), phase: new Map(phases.at(week).map(p => [p[0], p[1]])), ties: open.length };
      shown = week;
      return now;
    };
    this.radius = row => 3 + Math.min(5, 0.9 * Math.sqrt(this.week(shown).degree.get(row) || 0)) * (film.places.length > 200 ? 0.7 : 1);
    this.draw = function (time, mode, picked) {
      const week = Math.min(film.weeks, Math.floor(time)), part = time - week, night = dark(), seen = this.week(week);
      from = week * line; to = Math.min(film.weeks, week + 1) * line; between = part;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      const tie = night ? '215,225,235' : '60,72,84';
      const many = Math.min(1, Math.sqrt(500 / Math.max(1, seen.ties)));
      seen.levels.forEach((some, level) => {
        context.strokeStyle = `rgba(${tie},${[0.14, 0.24, 0.42, 0.64][level] * many})`; context.lineWidth = 0.6 + 0.5 * level * many;
        context.beginPath();
        for (const t of some) { const a = place(t[0]), b = place(t[1]); context.moveTo(a[0], a[1]); context.lineTo(b[0], b[1]); }
        context.stroke();
      });
      if (picked !== null) {
        context.strokeStyle = night ? '#ffd166' : '#b5541c'; context.lineWidth = 1.8; context.beginPath();
        for (const some of seen.levels) for (const t of some) if (t[0] === picked || t[1] === picked) { const a = place(t[0]), b = place(t[1]); context.moveTo(a[0], a[1]); context.lineTo(b[0], b[1]); }
        context.stroke();
      }
      const groups = new Map();
      for (const [row, group] of seen.people) if (group >= 0) { if (!groups.has(group)) groups.set(group, []); groups.get(group).push(place(row)); }
      context.globalAlpha = night ? 0.2 : 0.13;
      for (const [group, spotsOf] of groups) {
        if (spotsOf.length < 2) continue;
        const x = spotsOf.reduce((sum, p) => sum + p[0], 0) / spotsOf.length, y = spotsOf.reduce((sum, p) => sum + p[1], 0) / spotsOf.length;
        const far = Math.max(...spotsOf.map(p => Math.hypot(p[0] - x, p[1] - y)));
        if (far > 0.3 * scale) continue; // still on their way
        context.fillStyle = mode === 'phase' ? phaseColours[seen.phase.get(group) || 0] : groupColours[group % groupColours.length];
        context.beginPath(); context.arc(x, y, far + 12, 0, 7); context.fill();
      }
      context.globalAlpha = 1;
      const chief = [centre[0], 14], touched = side.touched[Math.min(week + 1, side.touched.length - 1)] || [];
      if (side.coordinated) {
        context.setLineDash([3, 4]); context.strokeStyle = night ? 'rgba(255,209,102,.5)' : 'rgba(150,90,10,.45)'; context.lineWidth = 1; context.beginPath();
        for (const row of touched.slice(0, 40)) { const p = place(row); context.moveTo(chief[0], chief[1]); context.lineTo(p[0], p[1]); }
        context.stroke(); context.setLineDash([]);
      }
      for (const one of left) {
        const age = time - one.week + 1;
        if (age < 0 || age > LEAVING) continue;
        const p = place(one.row), far = 1 + 0.25 * age / LEAVING, x = centre[0] + (p[0] - centre[0]) * far, y = centre[1] + (p[1] - centre[1]) * far;
        context.globalAlpha = 1 - age / LEAVING; context.lineWidth = one.how === 'away' ? 3 : 1.5;
        context.strokeStyle = one.how === 'away' ? '#d1383a' : (night ? '#c3ccd5' : '#6b7680');
        context.beginPath(); context.arc(x, y, 6, 0, 7); context.stroke(); context.globalAlpha = 1;
      }
      for (const [row, group] of seen.people) {
        const p = place(row), r = this.radius(row);
        const phase = seen.phase.get(group);
        context.fillStyle = group < 0 ? (night ? '#7d8994' : '#b6bcc2') : mode === 'phase' ? phaseColours[phase || 0] : groupColours[group % groupColours.length];
        context.strokeStyle = night ? '#20262e' : '#fff'; context.lineWidth = 1;
        context.beginPath();
        if (side.kind[row] === 1) context.rect(p[0] - r, p[1] - r, 2 * r, 2 * r); else outline(context, p, r, group);
        context.fill(); context.stroke();
        if (row === picked) { context.strokeStyle = night ? '#ffd166' : '#b5541c'; context.lineWidth = 3; context.beginPath(); context.arc(p[0], p[1], r + 5, 0, 7); context.stroke(); }
      }
      context.fillStyle = night ? '#ffd166' : '#c77700';
      const along = part || 0.5; // where the film stands still, gifts are seen on their way
      for (const [from, to] of side.gifts[week] || []) {
        const a = from < 0 ? chief : place(from), b = place(to);
        context.beginPath(); context.arc(a[0] + (b[0] - a[0]) * along, a[1] + (b[1] - a[1]) * along, 2.2, 0, 7); context.fill();
      }
      // Joint results stay: a mark each along the foot.
      const results = week ? side.outputs[week - 1] || 0 : 0, across = Math.max(1, Math.floor((width - 16) / 8));
      context.fillStyle = night ? '#2ec49a' : '#00795a';
      for (let n = 0; n < Math.min(results, 4 * across); n++) context.fillRect(8 + 8 * (n % across), height - 10 - 8 * Math.floor(n / across), 6, 6);
      if (side.coordinated) {
        context.fillStyle = touched.length ? (night ? '#ffd166' : '#c77700') : (night ? '#66717c' : '#b6bcc2');
        context.save(); context.translate(chief[0], chief[1]); context.rotate(Math.PI / 4); context.fillRect(-6, -6, 12, 12); context.restore();
      }
    };
    this.near = function (x, y) {
      let best = null, close = 14;
      for (const [row] of this.week(Math.max(0, shown)).people) { const p = place(row), d = Math.hypot(p[0] - x, p[1] - y); if (d < close) { close = d; best = row; } }
      return best;
    };
  }

  gennet.player = function (canvases, film, listener) {
    const sides = film.sides.map((side, k) => new Side(canvases[k], side, film));
    let time = 0, playing = false, speed = 1, mode = 'group', picked = null, before = 0, ended = false, shownWeek = -1;
    const size = () => { sides.forEach(side => side.size()); draw(); };
    function draw() {
      sides.forEach(side => side.draw(time, mode, picked));
      const week = Math.min(film.weeks, Math.floor(time));
      if (week !== shownWeek) { shownWeek = week; listener.week(week); }
    }
    function tick(stamp) {
      if (ended) return;
      if (playing) {
        time = Math.min(film.weeks, time + Math.min(0.1, (stamp - before) / 1000) * WEEKS_A_SECOND * speed);
        player.frames += 1;
        draw();
        if (time >= film.weeks) { playing = false; listener.stopped(); }
      }
      before = stamp;
      window.requestAnimationFrame(tick);
    }
    const click = k => event => { const box = canvases[k].getBoundingClientRect(); player.pick(sides[k].near(event.clientX - box.left, event.clientY - box.top)); };
    const clicks = canvases.map((canvas, k) => click(k));
    canvases.forEach((canvas, k) => canvas.addEventListener('click', clicks[k]));
    const seer = new ResizeObserver(size);
    canvases.forEach(canvas => seer.observe(canvas));
    const scheme = window.matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    const player = {
      frames: 0,
      play() { if (time >= film.weeks) time = 0; playing = true; },
      pause() { playing = false; },
      seek(week) { time = Math.max(0, Math.min(film.weeks, week)); draw(); },
      speed(value) { speed = value; },
      colour(value) { mode = value; draw(); },
      pick(row) { picked = row; draw(); listener.picked(row); },
      now(k) { const seen = sides[k].week(Math.min(film.weeks, Math.floor(time))); return { members: seen.people.length, ties: seen.ties, groups: seen.phase.size }; },
      end() { ended = true; seer.disconnect(); scheme.removeEventListener('change', draw); canvases.forEach((canvas, k) => canvas.removeEventListener('click', clicks[k])); },
    };
    size();
    window.requestAnimationFrame(stamp => { before = stamp; tick(stamp); });
    return player;
  };
  gennet.phaseColours = phaseColours;
  gennet.groupColours = groupColours;

  /* A member's story on one side, in plain sentences. */
  gennet.story = function (film, k, row) {
    const side = film.sides[k], month = week => Math.round(week * 12 / 52), words = [];
    if (row >= side.names.length) return ['In this future this member never joined.'];
    const joined = side.joined[row], left = side.left[String(row)];
    words.push((side.kind[row] ? 'An organisation' : 'A person') + (joined ? ' who joined in month ' + month(joined) + '.' : ' who was there from the start.'));
    const mine = side.ties.filter(t => t[0] === row || t[1] === row), others = new Set(mine.map(t => t[0] === row ? t[1] : t[0]));
    const at = week => mine.filter(t => t[4] <= week && week < t[5]).length, end = left ? left[0] - 1 : film.weeks;
    const byChief = new Set(mine.filter(t => t[3]).map(t => t[0] === row ? t[1] : t[0])).size;
    words.push('Ties: ' + at(joined) + ' at first, ' + at(end) + ' in the end, ' + others.size + ' people in all' + (byChief ? '; ' + byChief + ' through the coordinator.' : '.'));
    const sum = values => values.reduce((a, b) => a + b, 0);
    words.push('Gave ' + sum(side.given[row]) + ' gifts and received ' + sum(side.received[row]) + '.');
    const groups = [...new Set(side.members.filter(m => m[0] === row && m[1] >= 0).map(m => m[1]))];
    words.push(groups.length ? 'Worked in ' + groups.length + (groups.length === 1 ? ' group' : ' groups') + ', the first from month ' + month(side.members.find(m => m[0] === row && m[1] >= 0)[2]) + '.' : 'Never joined a working group.');
    if (left) words.push(left[1] === 'away' ? 'Broke away with the group in month ' + month(left[0]) + '.' : 'Left in month ' + month(left[0]) + '.');
    else words.push('Is still there at the end.');
    return words;
  };
})(window.gennet);
