// The queues and their consumers.

import { h, pf, table as pft } from './lib.js'
import { Cell } from './labels.js'
import { count, counted, rate, span } from './format.js'
import { Commands } from './states.js'

export function Queues({ data, operator, open }) {
  if (data.queues.length === 0) {
    return h(pf.EmptyState, { titleText: 'No queues yet', headingLevel: 'h2' },
      h(pf.EmptyStateBody, null, data.replay
        ? 'Installing the provider creates the queue of the job.'
        : 'londiste provider install creates the queue of a job; pgqadm create creates any other queue.'))
  }
  return h(pf.Stack, { hasGutter: true }, data.queues.map(queue =>
    h(pf.StackItem, { key: queue.objectName },
      h(One, { queue, consumers: data.consumers.filter(consumer => consumer.Queue === queue.Name), own: data.replay?.Consumer, operator, open }))))
}

const Fact = ({ term, children }) =>
  h(pf.DescriptionListGroup, null,
    h(pf.DescriptionListTerm, null, term),
    h(pf.DescriptionListDescription, { className: 'londiste-figure' }, children))

const One = ({ queue, consumers, own, operator, open }) =>
  h(pf.Card, { component: 'section' },
    h(pf.CardTitle, { component: 'h2', className: 'londiste-break' }, queue.Name),
    h(pf.CardBody, null,
      queue.Stale && h(pf.Label, { isCompact: true, color: 'orange', style: { marginBlockEnd: '1rem' } }, 'stale'),
      queue.Error && h(pf.Alert, { variant: 'danger', isInline: true, component: 'h3', title: 'No ticks', style: { marginBlockEnd: '1rem' } }, h('span', { className: 'londiste-break' }, queue.Error)),
      h(pf.DescriptionList, { columnModifier: { default: '1Col', md: '2Col' }, isCompact: true },
        h(Fact, { term: 'Last tick' }, queue.Stale ? `${queue.LastTick ?? '–'}, the last known` : `${queue.LastTick ?? '–'}, ${span(queue.TickerLagSeconds)} ago`),
        h(Fact, { term: 'Events' }, `${rate(queue.EventsPerSecond)}, about ${count(queue.NewEvents)} since the last tick`),
        h(Fact, { term: 'A tick is due' }, `after ${counted(queue.TickerMaxCount, 'event')} or ${span(queue.TickerMaxLagSeconds)}; idle, every ${span(queue.TickerIdlePeriodSeconds)}`),
        h(Fact, { term: 'Rotation' }, `${counted(queue.EventTables, 'table')}, every ${span(queue.RotationPeriodSeconds)}`)),
      h(pft.Table, { variant: 'compact', 'aria-label': `Consumers of ${queue.Name}` },
        h(pft.Thead, null, h(pft.Tr, null,
          ['Consumer', 'Lag', 'Pending events', 'Last seen'].map(column => h(pft.Th, { key: column }, column)),
          operator && h(pft.Th, { screenReaderText: 'Actions' }))),
        h(pft.Tbody, null, consumers.map(consumer =>
          h(pft.Tr, { key: consumer.objectName },
            h(Cell, { label: 'Consumer', className: 'londiste-break' }, consumer.Name),
            h(Cell, { label: 'Lag', className: 'londiste-figure' }, span(consumer.LagSeconds)),
            h(Cell, { label: 'Pending events', className: 'londiste-figure' }, count(consumer.PendingEvents)),
            h(Cell, { label: 'Last seen', className: 'londiste-figure' }, consumer.Stale ? span(null) : `${span(consumer.LastSeenSeconds)} ago`),
            operator && h(pft.Td, { modifier: 'fitContent' }, consumer.Name !== own && (consumer.CopyOf ? `Copy of ${consumer.CopyOf}` : h(Commands, null,
              h(pf.Button, {
                variant: 'link',
                isInline: true,
                isDanger: true,
                'aria-label': `Unregister ${consumer.Name}`,
                onClick: () => open({ kind: 'unregister', consumer }),
              }, 'Unregister…'))))))))))
