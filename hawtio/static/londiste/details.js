// All details of one table.

import { h, pf } from './lib.js'
import { Copy, TableState, findings } from './labels.js'
import { ago, count, span, time } from './format.js'

export function Details({ name, data, close }) {
  const table = data.tables.find(each => each.Name === name)
  return h(pf.Modal, { isOpen: true, onClose: close, variant: 'medium', className: 'londiste-dialog', 'aria-labelledby': 'londiste-dialog' },
    h(pf.ModalHeader, { title: name, labelId: 'londiste-dialog' }),
    h(pf.ModalBody, { tabIndex: 0 }, table ? h(Facts, { table }) : h('p', null, 'The table has been removed.')),
    h(pf.ModalFooter, null, h(pf.Button, { variant: 'secondary', onClick: close }, 'Close')))
}

const Facts = ({ table }) =>
  h(pf.DescriptionList, { orientation: { default: 'vertical', sm: 'horizontal' }, isCompact: true, horizontalTermWidthModifier: { default: '17ch' } },
    facts(table).filter(Boolean).map(([term, value]) =>
      h(pf.DescriptionListGroup, { key: term },
        h(pf.DescriptionListTerm, null, term),
        h(pf.DescriptionListDescription, { className: 'londiste-figure londiste-break' }, value))))

function facts(table) {
  const result = table.LastComparison
  return [
    ['State', h(TableState, { table })],
    table.Reason && ['Stopped', h(Advice, { table })],
    table.CopyProgress >= 0 && ['Copy', h(Copy, { table })],
    ['Lag', table.LagSeconds === null || table.LagSeconds === undefined ? 'unknown until it is ok' : span(table.LagSeconds)],
    ['Changes applied', `${count(table.Inserts)} inserts, ${count(table.Updates)} updates, ${count(table.Deletes)} deletes, ${count(table.Truncates)} truncates, since the replay was started`],
    ['Last change', table.LastChange ? `${time(table.LastChange)}, ${span(ago(table.LastChange))} ago` : 'none since the replay was started'],
    ['Unexpected rows', table.UnexpectedRows
      ? `${count(table.UnexpectedRows)}: updates and deletes that found no row, or inserts that found an existing one. Something other than the replay has changed the table; compare it.`
      : 'none'],
    ['Last comparison', result ? `${findings(result)}; ${time(result.time)}` : 'none yet'],
    ['Writes by others', table.WritesDenied ? 'denied' : 'allowed'],
    table.LastError && table.LastError !== table.Reason && ['Last error', `${time(table.LastErrorTime)}: ${table.LastError}`],
  ]
}

const Advice = ({ table }) =>
  h('span', null, table.Reason, h('br'),
    h('span', { className: 'londiste-muted' }, 'Fix the cause; the table is then retried automatically, within five minutes. Resync starts a new copy at once.'))
