// The points of the charts: the last hours as the daemon has recorded them, and what this page has seen since.

import { execute } from './server.js'
import { condition } from './labels.js'
import { date } from './format.js'

const MINUTE = 60_000

/** The times that charts can cover, in milliseconds, with their names. */
export const RANGES = [
  [5 * MINUTE, '5 min'],
  [60 * MINUTE, '1 h'],
  [360 * MINUTE, '6 h'],
]

const [DETAILED] = RANGES[0]
const [LONGEST] = RANGES.at(-1)
/** The distance of older points; the daemon's have it, too. */
const COARSE = 15_000

/** Points by job. They are kept when the user leaves the page and returns. */
const histories = new Map()

/** Adds the present state of a job and returns all of its points, the newest last. */
export async function remember(replay, tables, subscriber) {
  const before = histories.get(replay.Job) ?? (await recorded(replay))
  const stale = Boolean(subscriber?.Stale)
  const pending = tables.filter(table => condition(table) !== 'ok').length
  const now = Date.now()
  const points = thinned([...before, { at: now, lag: replay.LagSeconds, rate: replay.EventsPerSecond, pending: stale ? null : pending }], now)
  histories.set(replay.Job, points)
  return points
}

async function recorded(replay) {
  const samples = await execute(replay.objectName, 'history')
  return samples.map(({ time, lagSeconds, eventsPerSecond, inProgress, stopped }) => ({
    at: date(time).getTime(),
    lag: lagSeconds,
    rate: eventsPerSecond,
    pending: stopped === null ? null : inProgress + stopped,
  }))
}

/** Drops what is too old, and those of the older points that are close together. */
function thinned(points, now) {
  const kept = []
  for (const point of points) {
    const far = !kept.length || point.at - kept.at(-1).at >= COARSE
    if (point.at > now - LONGEST && (far || point.at > now - DETAILED)) kept.push(point)
  }
  return kept
}
