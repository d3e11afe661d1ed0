// The queues and their consumers.

import { h, pf, React, table as pft } from './lib.js'
import { Cell } from './labels.js'
import { count, counted, rate, span } from './format.js'
import { Commands } from './states.js'

/** How many queues are shown; the search finds others. */
const MANY = 50

export function Queues({ data, operator, open }) {
  const [text, setText] = React.useState('')
  const create = operator && data.ticker &&
    h(Commands, null, h(pf.Button, { variant: 'secondary', onClick: () => open({ kind: 'createQueue' }) }, 'Create a queue…'))
  if (data.queues.length === 0) {
    return h(pf.EmptyState, { titleText: 'No queues yet', headingLevel: 'h2' },
      h(pf.EmptyStateBody, null, data.replay
        ? 'Installing the provider creates the queue of the job.'
        : 'londiste provider install creates the queue of a job; other queues are created here or by pgqadm create.'),
      create && h(pf.EmptyStateFooter, null, h(pf.EmptyStateActions, null, create)))
  }
  const found = find(data, text.trim().toLowerCase())
  return h(pf.Stack, { hasGutter: true },
    h(pf.StackItem, null, h(pf.Flex, { gap: { default: 'gapSm' } },
      h(pf.SearchInput, { className: 'londiste-find', 'aria-label': 'Find queues and consumers by name', placeholder: 'Find', value: text, onChange: (_event, value) => setText(value), onClear: () => setText('') }),
      create)),
    found.length === 0 && h(pf.StackItem, null,
      h(pf.EmptyState, { titleText: 'No queues found', headingLevel: 'h2' },
        h(pf.EmptyStateBody, null, 'No queue and no consumer has such a name.'))),
    found.slice(0, MANY).map(({ queue, consumers }) =>
      h(pf.StackItem, { key: queue.objectName }, h(One, { queue, consumers, data, operator, open }))),
    found.length > MANY && h('p', { className: 'londiste-muted' }, `${count(found.length - MANY)} more; use the search to find them`))
}

/** The queues whose name has the text, with all of their consumers, and those with consumers whose names have it, with these. */
function find(data, text) {
  const named = each => each.Name.toLowerCase().includes(text)
  return data.queues
    .map(queue => {
      const consumers = data.consumers.filter(consumer => consumer.Queue === queue.Name)
      return { queue, consumers: named(queue) ? consumers : consumers.filter(named) }
    })
    .filter(({ queue, consumers }) => named(queue) || consumers.length > 0)
}

/** What can be done to a queue: all by the process that ticks it, only its settings by others. */
function Actions({ queue, data, open }) {
  const [shown, setShown] = React.useState(false)
  const consumers = data.consumers.filter(consumer => consumer.Queue === queue.Name)
  const item = (text, kind, isDanger) => h(pf.DropdownItem, { key: text, onClick: () => open({ kind, queue, consumers }), isDanger }, text)
  return h(Commands, null, h(pf.Dropdown, {
    isOpen: shown,
    onOpenChange: setShown,
    onSelect: () => setShown(false),
    popperProps: { position: 'right' },
    toggle: ref => h(pf.MenuToggle, {
      ref,
      variant: 'plain',
      isExpanded: shown,
      onClick: () => setShown(!shown),
      'aria-label': `Actions for ${queue.Name}`,
    }, h('span', { 'aria-hidden': true }, '⋮')),
  }, h(pf.DropdownList, null,
    item('Configure…', 'configureQueue'),
    data.ticker && item('Register a consumer…', 'registerConsumer'),
    data.ticker && item('Drop…', 'dropQueue', true))))
}

const Fact = ({ term, children }) =>
  h(pf.DescriptionListGroup, null,
    h(pf.DescriptionListTerm, null, term),
    h(pf.DescriptionListDescription, { className: 'londiste-figure' }, children))

const One = ({ queue, consumers, data, operator, open }) =>
  h(pf.Card, { component: 'section' },
    h(pf.CardHeader, { actions: operator && { hasNoOffset: true, actions: h(Actions, { queue, data, open }) } },
      h(pf.CardTitle, { component: 'h2', className: 'londiste-break' }, queue.Name)),
    h(pf.CardBody, null,
      queue.TickerPaused && h(pf.Label, { isCompact: true, color: 'orange', style: { marginBlockEnd: '1rem' } }, 'paused'),
      queue.ExternalTicker && h(pf.Label, { isCompact: true, style: { marginBlockEnd: '1rem' } }, 'ticked by another program'),
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
            operator && h(pft.Td, { modifier: 'fitContent' }, consumer.Name !== data.replay?.Consumer && (consumer.CopyOf ? `Copy of ${consumer.CopyOf}` : h(Commands, null,
              h(pf.Button, {
                variant: 'link',
                isInline: true,
                isDanger: true,
                'aria-label': `Unregister ${consumer.Name}`,
                onClick: () => open({ kind: 'unregister', consumer }),
              }, 'Unregister…'))))))))))
