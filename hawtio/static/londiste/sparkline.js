// A small line chart of the last minutes or hours.

import { h } from './lib.js'

const WIDTH = 240
const HEIGHT = 44
/** Width of the line that shows a single point. */
const DOT = 1
/** Points that are farther apart are not connected: nothing is known of the time between. In milliseconds. */
const GAP = 90_000

/**
 * @param points times (`at`, in milliseconds) and values (`value`, null if unknown), the newest last
 * @param range the time that the chart covers, in milliseconds, and its name
 * @param format formats a value with its unit
 * @param least minimum of the value at the top of the chart, so that very small values look small
 * @param limit value of a line that marks the limit; none if omitted
 */
export function Sparkline({ label, points: all, range: [length, name], format, least, limit }) {
  const end = all.at(-1)?.at
  const points = all.filter(({ at }) => at >= end - length)
  const known = points.filter(({ value }) => value !== null && value !== undefined)
  const now = known.at(-1)?.value
  const highest = Math.max(0, ...known.map(({ value }) => value))
  const description = known.length
    ? `${label}: now ${format(now)}, highest ${format(highest)} in the last ${name}`
    : `${label}: no data yet`
  const top = Math.max(highest, least)
  const x = at => WIDTH - ((end - at) / length) * WIDTH
  const y = value => HEIGHT - 2 - (value / top) * (HEIGHT - 6)
  const lines = segments(points).map(segment => {
    const drawn = segment.map(({ at, value }) => [x(at), y(value)])
    if (drawn.length === 1) drawn.unshift([drawn[0][0] - DOT, drawn[0][1]])
    return { drawn, line: drawn.map(([left, up]) => `${left.toFixed(1)},${up.toFixed(1)}`).join(' ') }
  })

  return h('figure', { className: 'londiste-spark' },
    h('figcaption', null, h('span', null, label), h('strong', null, known.length ? format(now) : '–')),
    h('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': description },
      h('line', { className: 'londiste-spark-axis', x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT }),
      lines.map(({ drawn, line }) => [
        h('polygon', { key: `area ${line}`, className: 'londiste-spark-area', points: `${drawn[0][0]},${HEIGHT} ${line} ${drawn.at(-1)[0]},${HEIGHT}` }),
        h('polyline', { key: `line ${line}`, className: 'londiste-spark-line', points: line }),
      ]),
      limit && limit < top &&
        h('line', { className: 'londiste-spark-limit', x1: 0, x2: WIDTH, y1: y(limit), y2: y(limit) })),
    h('small', null, known.length ? `up to ${format(highest)} in the last ${name}` : 'no data yet'))
}

/** The points with known values, in lists without gaps. */
function segments(points) {
  const found = []
  let last = null
  for (const point of points) {
    const known = point.value !== null && point.value !== undefined
    if (known && last && point.at - last.at <= GAP) found.at(-1).push(point)
    else if (known) found.push([point])
    last = known ? point : null
  }
  return found
}
