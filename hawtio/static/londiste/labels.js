// States as labels: in words, with a colour beside them.

import { h, pf, table as pft } from './lib.js'
import { bytes, count } from './format.js'

const REPLAY = { running: 'green', paused: 'orange', waiting: 'red', standby: 'grey', stopping: 'orange' }
const WAY = { ok: 'green', NEW: 'grey' }

export const ReplayState = ({ state }) => h(pf.Label, { color: REPLAY[state] ?? 'grey' }, state)

/** The part of a state before the tick. */
export const phase = table => table.State.split(':')[0]

/** stopped, ok or moving: what a table is to its operator. */
export const condition = table => (table.Reason ? 'stopped' : table.State === 'ok' ? 'ok' : 'moving')

export function TableState({ table }) {
  const stopped = condition(table) === 'stopped'
  return h(pf.LabelGroup, { numLabels: 2, isCompact: true, 'aria-label': 'State' },
    h(pf.Label, { isCompact: true, color: WAY[phase(table)] ?? 'blue' }, table.State),
    stopped && h(pf.Label, { isCompact: true, color: 'red' }, 'does not go on'))
}

/** How far the copy has come. */
export function Copy({ table }) {
  if (table.CopyProgress < 0) return null
  const done = Math.round(table.CopyProgress * 100)
  return h(pf.Progress, {
    value: done,
    size: 'sm',
    measureLocation: 'outside',
    'aria-label': `Copy of ${table.Name}`,
    title: table.CopyStep === 'indexes'
      ? 'making indexes'
      : `${count(table.CopiedRows)} of about ${count(table.CopyTotalRows)} rows, ${bytes(table.CopiedBytes)}`,
  })
}

export const equal = result => result?.outcome?.toUpperCase() === 'EQUAL'
export const different = result => result?.outcome?.toUpperCase() === 'DIFFERENT'

/** What a comparison found, in a few words. */
export function findings(result) {
  if (equal(result)) return `equal, ${count(result.providerRows)} rows`
  if (!different(result)) return `could not be told${result.note ? `: ${result.note}` : ''}`
  const parts = [['missing', result.missing], ['extra', result.extra], ['different', result.different]]
    .filter(([, rows]) => rows)
    .map(([word, rows]) => `${count(rows)} ${word}`)
  return parts.length
    ? parts.join(', ')
    : `${count(result.providerRows)} rows on the provider, ${count(result.subscriberRows)} here`
}

export function Outcome({ result }) {
  const [color, word] = equal(result)
    ? ['green', 'equal']
    : result.applied ? ['green', 'mended'] : different(result) ? ['red', 'differs'] : ['grey', 'unknown']
  return h(pf.Label, { isCompact: true, color }, word)
}

export const Cell = ({ label, children, ...more }) => h(pft.Td, { dataLabel: label, ...more }, children)
