// Comparisons and repairs: running ones with their progress, and the last ended ones with their results.

import { h, pf, React, table as pft } from './lib.js'
import { Cell, Outcome, different, equal, findings } from './labels.js'
import { count, counted, date, span, time } from './format.js'
import { DifferencesButtons } from './differences.js'
import { Commands } from './states.js'

const COLOR = { queued: 'grey', running: 'blue', done: 'green', failed: 'red', cancelled: 'grey' }

export function Comparisons({ data, operator, actions, open }) {
  const { comparisons, tables } = data
  return h(pf.Stack, { hasGutter: true },
    operator && tables.length > 0 && h(pf.StackItem, null, h(Commands, null,
      h(pf.Flex, { gap: { default: 'gapSm' } },
        h(pf.Button, { variant: 'secondary', onClick: () => actions.compare(tables, true) }, 'Compare all tables'),
        h(pf.Button, { variant: 'link', onClick: () => actions.compare(tables, true, true) }, 'Only count rows')))),
    comparisons.length === 0
      ? h(pf.StackItem, null,
          h(pf.EmptyState, { titleText: 'No comparisons yet', headingLevel: 'h2' },
            h(pf.EmptyStateBody, null,
              'A comparison checks every row of both sides as of the same moment, while writers and the replay continue. The last 20 are kept here.')))
      : comparisons.map(comparison =>
          h(pf.StackItem, { key: comparison.objectName }, h(One, { comparison, tables, operator, actions, open }))))
}

function One({ comparison, tables, operator, actions, open }) {
  const [shown, setShown] = React.useState(null)
  const running = comparison.State === 'running'
  const queued = comparison.State === 'queued'
  const results = comparison.Results ?? []
  const unequal = results.filter(different)
  const expanded = shown ?? (running || queued || results.length <= 5)
  const id = `londiste-comparison-${comparison.Id}`
  const since = queued ? comparison.Requested : comparison.Started ?? comparison.Requested
  const took = (date(comparison.Ended) ?? new Date()) - date(since)
  const repairable = tables.filter(table => different(table.LastComparison) && unequal.some(result => result.table === table.Name))
  const title = `${comparison.Kind === 'repair' ? 'Repair' : 'Comparison'} ${comparison.Id}`
  return h(pf.Card, { isExpanded: expanded, component: 'section', isCompact: true },
    h(pf.CardHeader, {
      onExpand: () => setShown(!expanded),
      toggleButtonProps: { id, 'aria-label': `Results of ${title}`, 'aria-expanded': expanded },
      actions: {
        hasNoOffset: true,
        actions: operator && h(Commands, null, h(pf.Flex, { gap: { default: 'gapSm' } },
          repairable.length > 0 && !running && !queued && comparison.Kind === 'compare' &&
            h(pf.Button, { variant: 'secondary', size: 'sm', onClick: () => open({ kind: 'repair', tables: repairable }) }, 'Repair…'),
          running || queued
            ? h(pf.Button, { variant: 'secondary', size: 'sm', onClick: () => actions.cancel(comparison) }, 'Cancel')
            : h(pf.Button, { variant: 'link', size: 'sm', onClick: () => actions.forget(comparison) }, 'Forget'))),
      },
    }, h(pf.CardTitle, { component: 'h2' },
      title, ' ', h(pf.Label, { isCompact: true, color: COLOR[comparison.State] ?? 'grey' }, comparison.State))),
    h(pf.CardBody, null,
      h('p', { className: 'londiste-muted' }, queued
        ? `requested ${time(since)}; waits until one of the running comparisons has ended`
        : `${time(since)}, ${running ? 'for' : 'took'} ${span(took / 1000)}; ${summary(results, running)}`),
      comparison.Error && h(pf.Alert, { isInline: true, isPlain: true, component: 'h3', variant: 'danger', title: comparison.Error }),
      running && h(pf.Progress, {
        value: Math.round(comparison.Progress * 100),
        'aria-label': title,
        title: `${count(comparison.Rows)} of about ${count(comparison.TotalRows)} rows`,
      })),
    h(pf.CardExpandableContent, null,
      h(pf.CardBody, null, results.length > 0 && h(Results, { title, results, comparison, operator, open }))))
}

function summary(results, running) {
  const unequal = results.filter(different)
  const of = `${count(unequal.length)} of ${counted(results.length, 'table')}`
  if (results.length === 0) return running ? 'no results yet' : 'no results'
  const failed = results.filter(result => !equal(result) && !different(result))
  if (failed.length > 0) return `${of} ${unequal.length === 1 ? 'differs' : 'differ'}, ${count(failed.length)} could not be compared`
  if (unequal.length === 0) return `${counted(results.length, 'table')} compared, none differs`
  if (unequal.every(result => result.applied)) return `${of} repaired`
  return `${of} ${unequal.length === 1 ? 'differs' : 'differ'}`
}

const Results = ({ title, results, comparison, operator, open }) =>
  h(pft.Table, { variant: 'compact', 'aria-label': `Results of ${title}` },
    h(pft.Thead, null, h(pft.Tr, null,
      ['Table', 'Outcome', 'Rows on the provider', 'Rows on the subscriber', 'Result'].map(column => h(pft.Th, { key: column, modifier: 'wrap' }, column)))),
    h(pft.Tbody, null,
      [...results].sort((a, b) => different(b) - different(a)).map(result =>
        h(pft.Tr, { key: result.table },
          h(Cell, { label: 'Table', className: 'londiste-break' }, result.table),
          h(Cell, { label: 'Outcome' }, h(Outcome, { result })),
          h(Cell, { label: 'Rows on the provider', className: 'londiste-figure' }, count(result.providerRows)),
          h(Cell, { label: 'Rows on the subscriber', className: 'londiste-figure' }, count(result.subscriberRows)),
          h(Cell, { label: 'Result', className: 'londiste-break' }, findings(result), statementsNote(result),
            operator && h(DifferencesButtons, { comparison, result, open }))))))

const statementsNote = ({ statements, applied, file }) =>
  statements ? `; ${counted(statements, 'statement')} ${applied ? 'executed' : `in ${file}`}` : ''
