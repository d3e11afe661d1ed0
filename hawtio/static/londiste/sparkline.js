// A small line chart of the last minutes.

import { h } from './lib.js'

/** The time that a chart covers, in milliseconds. */
export const HISTORY = 5 * 60_000

const WIDTH = 240
const HEIGHT = 44
/** Width of the line that shows a single point. */
const DOT = 1

/**
 * @param points times (`at`, in milliseconds) and values (`value`, null if unknown), the newest last
 * @param format formats a value with its unit
 * @param least minimum of the value at the top of the chart, so that very small values look small
 * @param limit value of a line that marks the limit; none if omitted
 */
export function Sparkline({ label, points, format, least, limit }) {
  const known = points.filter(({ value }) => value !== null && value !== undefined)
  const now = known.at(-1)?.value
  const highest = Math.max(0, ...known.map(({ value }) => value))
  const description = known.length
    ? `${label}: now ${format(now)}, highest ${format(highest)} in the last 5 minutes`
    : `${label}: no data yet`
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
    h('small', null, known.length ? `up to ${format(highest)} in the last 5 min` : 'no data yet'))
}
