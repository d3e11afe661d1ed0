// A small chart of the last minutes.

import { h } from './lib.js'

/** Milliseconds that a chart goes back. */
export const HISTORY = 5 * 60_000

const WIDTH = 240
const HEIGHT = 44
/** What a single point is drawn as. */
const DOT = 1

/**
 * @param points times (`at`, in milliseconds) and figures (`value`, null where it is not known), the newest last
 * @param format gives a figure its unit
 * @param least the figure that fills the chart where none is higher: what is next to nothing looks like it
 * @param limit a line that the figure should stay below; none if left out
 */
export function Sparkline({ label, points, format, least, limit }) {
  const known = points.filter(({ value }) => value !== null && value !== undefined)
  const now = known.at(-1)?.value
  const highest = Math.max(0, ...known.map(({ value }) => value))
  const description = known.length
    ? `${label}: now ${format(now)}, highest ${format(highest)} in the last 5 minutes`
    : `${label}: nothing is known yet`
  const top = Math.max(highest, least)
  const end = points.at(-1)?.at
  const x = at => WIDTH - ((end - at) / HISTORY) * WIDTH
  const y = value => HEIGHT - 2 - (value / top) * (HEIGHT - 6)
  const drawn = known.map(({ at, value }) => [x(at), y(value)])
  if (drawn.length === 1) drawn.unshift([drawn[0][0] - DOT, drawn[0][1]])
  const line = drawn.map(([left, up]) => `${left.toFixed(1)},${up.toFixed(1)}`).join(' ')

  return h('figure', { className: 'londiste-spark' },
    h('figcaption', null, h('span', null, label), h('strong', null, known.length ? format(now) : '–')),
    h('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': description },
      h('line', { className: 'londiste-spark-axis', x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT }),
      drawn.length > 0 &&
        h('polygon', { className: 'londiste-spark-area', points: `${drawn[0][0]},${HEIGHT} ${line} ${drawn.at(-1)[0]},${HEIGHT}` }),
      h('polyline', { className: 'londiste-spark-line', points: line }),
      limit && limit < top &&
        h('line', { className: 'londiste-spark-limit', x1: 0, x2: WIDTH, y1: y(limit), y2: y(limit) })),
    h('small', null, known.length ? `up to ${format(highest)} in the last 5 min` : 'nothing is known yet'))
}
