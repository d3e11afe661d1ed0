// All details of one table, and what can be done about it if it is stopped.

import { h, pf, React } from './lib.js'
import { CommandLines } from './commandline.js'
import { Copy, TableState, condition, findings } from './labels.js'
import { ago, count, span, time } from './format.js'
import { Commands } from './states.js'

export function Details({ name, data, operator, actions, commands, open, close }) {
  const table = data.tables.find(each => each.Name === name)
  const stopped = table && condition(table) === 'stopped'
  return h(pf.Modal, { isOpen: true, onClose: close, variant: 'medium', className: 'londiste-dialog', 'aria-labelledby': 'londiste-dialog' },
    h(pf.ModalHeader, { title: name, labelId: 'londiste-dialog' }),
    h(pf.ModalBody, { tabIndex: 0 },
      stopped && h(Stopped, { table, operator, commands }),
      table ? h(Facts, { table }) : h('p', null, 'The table has been removed.')),
    h(pf.ModalFooter, null,
      stopped && operator && h(Remedies, { table, actions, open }),
      h(pf.Button, { variant: stopped && operator ? 'link' : 'secondary', onClick: close }, 'Close')))
}

/** Why it is stopped, and what to do. */
const Stopped = ({ table, operator, commands }) =>
  h('div', { className: 'londiste-stopped' },
    h(pf.Alert, { variant: 'danger', isInline: true, component: 'h2', title: 'Stopped' },
      h('p', { className: 'londiste-break' }, table.Reason),
      h('p', null, operator
        ? 'Fix the cause. The table is then tried again by itself, within five minutes, or at once with “Retry”, and continues from where it is. “Resync” starts a new copy.'
        : 'When the cause is fixed, the table is tried again by itself, within five minutes, and continues from where it is.')),
    operator && h(CommandLines, { lines: [...commands.retry([table]), ...commands.resync([table])] }))

function Remedies({ table, actions, open }) {
  const [busy, setBusy] = React.useState(false)
  const retry = async () => {
    setBusy(true)
    await actions.retry([table])
    setBusy(false)
  }
  return h(Commands, null, h(pf.Flex, { gap: { default: 'gapSm' } },
    h(pf.Button, { variant: 'primary', onClick: retry, isDisabled: busy, isLoading: busy }, 'Retry'),
    h(pf.Button, { variant: 'secondary', onClick: () => open({ kind: 'resync', tables: [table] }) }, 'Resync…')))
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
    ['State', h(React.Fragment, null, h(TableState, { table }), h('span', { className: 'londiste-muted' }, ` (${table.State})`))],
    table.CopyProgress >= 0 && ['Copy', h(Copy, { table })],
    ['Replicated as', table.ReplicatedAs || 'all rows and columns as they are'],
    ['Lag', table.LagSeconds === null || table.LagSeconds === undefined ? 'unknown until it is in sync' : span(table.LagSeconds)],
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
