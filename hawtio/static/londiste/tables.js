// The list of tables with search, sorting and pages, and commands on one or several tables.

import { h, pf, React, table as pft } from './lib.js'
import { Cell, Copy, Outcome, TableState, condition, different } from './labels.js'
import { ago, byText, count, counted, span } from './format.js'
import { Commands } from './states.js'

const GROUPS = [
  ['all', 'All', () => true],
  ['copying', 'In progress', table => condition(table) === 'copying'],
  ['stopped', 'Stopped', table => condition(table) === 'stopped'],
  ['different', 'Differ', table => different(table.LastComparison)],
]

const changes = table => table.Inserts + table.Updates + table.Deletes + table.Truncates
const COLUMNS = [
  ['Table', table => table.Name, 30],
  ['State', table => `${condition(table) === 'stopped' ? 0 : 1}${table.State}`, 30],
  ['Changes', changes],
  ['Last change', table => -(ago(table.LastChange) ?? Infinity)],
  ['Compared', table => -(ago(table.LastComparison?.time) ?? Infinity)],
]

const compared = (a, b) => (typeof a === 'string' ? byText(a, b) : a - b)

export function Tables({ data, operator, actions, open }) {
  const [text, setText] = React.useState('')
  const [group, setGroup] = React.useState('all')
  const [sort, setSort] = React.useState({ index: 0, direction: 'asc' })
  const [page, setPage] = React.useState(1)
  const [perPage, setPerPage] = React.useState(20)
  const [chosen, setChosen] = React.useState(new Set())

  const found = data.tables.filter(table => table.Name.toLowerCase().includes(text.toLowerCase()))
  const shown = found.filter(GROUPS.find(([id]) => id === group)[2])
  const key = COLUMNS[sort.index][1]
  const sorted = [...shown].sort((a, b) => compared(key(a), key(b)) * (sort.direction === 'asc' ? 1 : -1))
  const last = Math.max(1, Math.ceil(sorted.length / perPage))
  const current = Math.min(page, last)
  const rows = sorted.slice((current - 1) * perPage, current * perPage)
  const selected = shown.filter(table => chosen.has(table.Name))

  if (data.tables.length === 0) return h(Empty, { operator, open })

  const choose = (names, on) => {
    const next = new Set(chosen)
    for (const name of names) on ? next.add(name) : next.delete(name)
    setChosen(next)
  }
  const search = value => {
    setText(value)
    setPage(1)
  }
  const pagination = variant => h(pf.Pagination, {
    itemCount: sorted.length,
    page: current,
    perPage,
    variant,
    isCompact: variant === 'top',
    perPageOptions: [20, 50, 100].map(value => ({ title: `${value}`, value })),
    onSetPage: (_event, value) => setPage(value),
    onPerPageSelect: (_event, value) => {
      setPerPage(value)
      setPage(1)
    },
    titles: { paginationAriaLabel: `Pages of tables, ${variant}` },
  })

  return h(React.Fragment, null,
    h(pf.Flex, { gap: { default: 'gapSm' } },
        h(pf.FlexItem, null,
          h(pf.SearchInput, { className: 'londiste-find', 'aria-label': 'Find tables by name', placeholder: 'Find tables', value: text, onChange: (_event, value) => search(value), onClear: () => search('') })),
        h(pf.FlexItem, null,
          h(pf.ToggleGroup, { 'aria-label': 'Which tables' },
            GROUPS.map(([id, title, belongs]) => h(pf.ToggleGroupItem, {
              key: id,
              buttonId: `londiste-${id}`,
              text: `${title} ${count(found.filter(belongs).length)}`,
              isSelected: group === id,
              onChange: () => {
                setGroup(id)
                setPage(1)
              },
            })))),
        operator && h(pf.FlexItem, null,
          h(Commands, null, h(SelectionMenu, { selected, all: selected.length === data.tables.length, actions, open }))),
        h(pf.FlexItem, { align: { default: 'alignRight' } }, pagination('top'))),
    sorted.length === 0
      ? h(pf.EmptyState, { titleText: 'No tables found', headingLevel: 'h2' },
          h(pf.EmptyStateBody, null, 'No table has such a name and state.'),
          h(pf.EmptyStateFooter, null,
            h(pf.Button, { variant: 'link', onClick: () => { search(''); setGroup('all') } }, 'Show all tables')))
      : h(pft.Table, { 'aria-label': 'Tables', variant: 'compact', id: 'londiste-tables' },
          h(pft.Thead, null, h(pft.Tr, null,
            operator && h(pft.Th, {
              'aria-label': 'Select all shown tables',
              select: {
                isSelected: rows.every(table => chosen.has(table.Name)),
                onSelect: (_event, on) => choose(rows.map(table => table.Name), on),
              },
            }),
            COLUMNS.map(([title, , width], columnIndex) => h(pft.Th, {
              key: title,
              modifier: 'nowrap',
              width,
              sort: {
                sortBy: sort,
                columnIndex,
                onSort: (_event, index, direction) => setSort({ index, direction }),
              },
            }, title)),
            h(pft.Th, { screenReaderText: 'Actions' }))),
          h(pft.Tbody, null, rows.map((table, rowIndex) =>
            h(Row, { key: table.Name, table, rowIndex, operator, actions, open, chosen: chosen.has(table.Name), choose })))),
    sorted.length > 20 && pagination('bottom'))
}

function Row({ table, rowIndex, operator, actions, open, chosen, choose }) {
  const details = () => open({ kind: 'details', name: table.Name })
  const result = table.LastComparison
  return h(pft.Tr, null,
    operator && h(pft.Td, {
      select: { rowIndex, isSelected: chosen, onSelect: (_event, on) => choose([table.Name], on) },
    }),
    h(Cell, { label: 'Table' },
      h(pf.Button, { variant: 'link', isInline: true, onClick: details, className: 'londiste-break' }, table.Name)),
    h(Cell, { label: 'State' },
      h(TableState, { table }),
      h(Copy, { table }),
      table.Reason && h('p', { className: 'londiste-muted londiste-break' }, table.Reason)),
    h(Cell, { label: 'Changes', className: 'londiste-figure' }, count(changes(table))),
    h(Cell, { label: 'Last change', className: 'londiste-figure', modifier: 'nowrap' }, table.LastChange ? `${span(ago(table.LastChange))} ago` : '–'),
    h(Cell, { label: 'Compared', modifier: 'nowrap' },
      h('span', null, result ? h(React.Fragment, null, h(Outcome, { result }), ` ${span(ago(result.time))} ago`) : '–')),
    h(pft.Td, { isActionCell: true }, h(Commands, null,
      h(pft.ActionsColumn, {
        items: items(table, { operator, actions, open }),
        actionsToggle: ({ onToggle, isOpen, toggleRef }) => h(pf.MenuToggle, {
          ref: toggleRef,
          variant: 'plain',
          isExpanded: isOpen,
          onClick: onToggle,
          'aria-label': `Actions for ${table.Name}`,
        }, h('span', { 'aria-hidden': true }, '⋮')),
      }))))
}

/** The menu of one table. */
export function items(table, { operator, actions, open }) {
  const show = { title: 'Details', onClick: () => open({ kind: 'details', name: table.Name }) }
  if (!operator) return [show]
  return [
    show,
    { title: 'Compare', onClick: () => actions.compare([table], false) },
    { title: 'Repair…', onClick: () => open({ kind: 'repair', tables: [table] }) },
    condition(table) === 'stopped' && { title: 'Retry', onClick: () => actions.retry([table]) },
    { title: 'Restore triggers…', onClick: () => open({ kind: 'restoreTriggers', table: table.Name }) },
    { title: 'Save triggers…', onClick: () => open({ kind: 'saveTriggers', table: table.Name }) },
    { isSeparator: true },
    { title: 'Resync…', onClick: () => open({ kind: 'resync', tables: [table] }) },
    { title: 'Remove…', isDanger: true, onClick: () => open({ kind: 'remove', tables: [table] }) },
  ].filter(Boolean)
}

/** The menu of the selected tables. */
function SelectionMenu({ selected, all, actions, open }) {
  const [shown, setShown] = React.useState(false)
  const tables = selected
  const stopped = tables.filter(table => condition(table) === 'stopped')
  const item = (text, onClick, isDanger) => h(pf.DropdownItem, { key: text, onClick, isDanger }, text)
  return h(pf.Dropdown, {
    isOpen: shown,
    onOpenChange: setShown,
    onSelect: () => setShown(false),
    toggle: ref => h(pf.MenuToggle, { ref, isExpanded: shown, isDisabled: tables.length === 0, onClick: () => setShown(!shown) },
      `${count(tables.length)} selected`),
  }, h(pf.DropdownList, null,
    item('Compare', () => actions.compare(tables, all)),
    item('Repair…', () => open({ kind: 'repair', tables, all })),
    stopped.length > 0 && item(`Retry ${counted(stopped.length, 'stopped table')}`, () => actions.retry(stopped)),
    item('Resync…', () => open({ kind: 'resync', tables, all })),
    item('Remove…', () => open({ kind: 'remove', tables, all }), true)))
}

function Empty({ operator, open }) {
  return h(pf.EmptyState, { titleText: 'No tables yet', headingLevel: 'h2' },
    h(pf.EmptyStateBody, null, operator
      ? 'Tables that you add are copied from the provider and kept in sync from then on.'
      : 'An operator can add tables.'),
    operator && h(pf.EmptyStateFooter, null,
      h(pf.EmptyStateActions, null,
        h(Commands, null, h(pf.Button, { onClick: () => open({ kind: 'add' }) }, 'Add tables')))))
}
