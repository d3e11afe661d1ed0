// Labels for states: text with a color.

import { h, pf, table as pft } from './lib.js'
import { bytes, count } from './format.js'

/** The states of tables in words; the parts before the tick. */
const WORDS = {
  NEW: 'waiting for its copy',
  'in-copy': 'copying',
  'catching-up': 'catching up',
  'wanna-sync': 'waiting for the replay',
  'do-sync': 'joining the replay',
  ok: 'in sync',
}

const REPLAY = { running: 'green', paused: 'orange', waiting: 'red', standby: 'grey', stopping: 'orange' }
const TABLE = { ok: 'green', NEW: 'grey' }

/** A process that runs but cannot do its work is not shown as if all were well. */
export const ReplayState = ({ state, error }) =>
  state === 'running' && error
    ? h(pf.Label, { color: 'red' }, 'running, with an error')
    : h(pf.Label, { color: REPLAY[state] ?? 'grey' }, state)

/** The part of a state before the tick. */
const phase = state => state.split(':')[0]

/** A state of tables in words. */
export const stateInWords = state => WORDS[phase(state)] ?? state

/** 'stopped', 'ok', or 'copying' for all states before ok. */
export const condition = table => (table.Reason ? 'stopped' : table.State === 'ok' ? 'ok' : 'copying')

export function TableState({ table }) {
  const stopped = condition(table) === 'stopped'
  return h(pf.LabelGroup, { numLabels: 2, isCompact: true, 'aria-label': 'State' },
    h(pf.Label, { isCompact: true, color: TABLE[phase(table.State)] ?? 'blue' }, stateInWords(table.State)),
    stopped && h(pf.Label, { isCompact: true, color: 'red' }, 'stopped'))
}

/** The progress of the copy. */
export function Copy({ table }) {
  if (table.CopyProgress < 0) return null
  const done = Math.round(table.CopyProgress * 100)
  return h(pf.Progress, {
    value: done,
    size: 'sm',
    measureLocation: 'outside',
    'aria-label': `Copy of ${table.Name}`,
    title: table.CopyStep === 'indexes'
      ? 'creating indexes'
      : `${count(table.CopiedRows)} of about ${count(table.CopyTotalRows)} rows, ${bytes(table.CopiedBytes)}`,
  })
}

export const equal = result => result?.outcome?.toUpperCase() === 'EQUAL'
export const different = result => result?.outcome?.toUpperCase() === 'DIFFERENT'

/** The result of a comparison as a short text. */
export function findings(result) {
  if (equal(result)) return `equal, ${count(result.providerRows)} rows`
  if (!different(result)) return `could not be compared${result.note ? `: ${result.note}` : ''}`
  const parts = [['missing', result.missing], ['extra', result.extra], ['different', result.different]]
    .filter(([, rows]) => rows)
    .map(([word, rows]) => `${count(rows)} ${word}`)
  return parts.length
    ? parts.join(', ')
    : `${count(result.providerRows)} rows on the provider, ${count(result.subscriberRows)} on the subscriber`
}

export function Outcome({ result }) {
  const [color, word] = equal(result)
    ? ['green', 'equal']
    : result.applied ? ['green', 'repaired'] : different(result) ? ['red', 'differs'] : ['grey', 'unknown']
  return h(pf.Label, { isCompact: true, color }, word)
}

export const Cell = ({ label, children, ...more }) => h(pft.Td, { dataLabel: label, ...more }, children)
