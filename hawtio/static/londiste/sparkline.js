// A small chart of the last minutes.

import { h } from './lib.js'

const WIDTH = 240
const HEIGHT = 44

/**
 * @param values the figures, from the oldest to the newest; null where one is not known
 * @param format gives a figure its unit
 * @param limit a line that the figure should stay below; none if left out
 */
export function Sparkline({ label, values: given, format, limit }) {
  const values = given.length === 1 ? [given[0], given[0]] : given
  const known = values.filter(value => value !== null && value !== undefined)
  const now = known.at(-1)
  const highest = Math.max(0, ...known)
  const description = known.length
    ? `${label}: now ${format(now)}, highest ${format(highest)} in the last 5 minutes`
    : `${label}: nothing is known yet`
  const top = highest || 1
  const y = value => HEIGHT - 2 - (value / top) * (HEIGHT - 6)
  const step = WIDTH / Math.max(1, values.length - 1)
  const line = values
    .map((value, i) => (value === null || value === undefined ? '' : `${(i * step).toFixed(1)},${y(value).toFixed(1)}`))
    .filter(Boolean)
    .join(' ')

  return h('figure', { className: 'londiste-spark' },
    h('figcaption', null, h('span', null, label), h('strong', null, known.length ? format(now) : '–')),
    h('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': description },
      h('polygon', { className: 'londiste-spark-area', points: `0,${HEIGHT} ${line} ${WIDTH},${HEIGHT}` }),
      h('polyline', { className: 'londiste-spark-line', points: line }),
      limit && limit < top &&
        h('line', { className: 'londiste-spark-limit', x1: 0, x2: WIDTH, y1: y(limit), y2: y(limit) })),
    h('small', null, known.length ? `up to ${format(highest)} in the last 5 min` : 'nothing is known yet'))
}
