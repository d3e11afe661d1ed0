// Foreign keys and triggers that were saved and dropped for copies.

import { h, pf, React, table as pft } from './lib.js'
import { Cell } from './labels.js'
import { Commands } from './states.js'

export function Structure({ data, operator, actions, open }) {
  const { subscriber } = data
  const [found, setFound] = React.useState({ keys: null, triggers: null, failure: null })
  const changes = `${subscriber?.PendingForeignKeys}/${subscriber?.PendingTriggers}`

  React.useEffect(() => {
    let ended = false
    Promise.all([actions.foreignKeys(), actions.triggers()])
      .then(([keys, triggers]) => ended || setFound({ keys, triggers, failure: null }))
      .catch(failure => ended || setFound({ keys: [], triggers: [], failure }))
    return () => {
      ended = true
    }
    // Read again when their numbers change, not at each refresh.
  }, [changes])

  if (!found.keys) return h(pf.Skeleton, { height: '10rem', screenreaderText: 'Loading from the subscriber' })
  return h(pf.Stack, { hasGutter: true },
    found.failure && h(pf.StackItem, null, h(pf.Alert, { isInline: true, component: 'h2', variant: 'danger', title: 'The subscriber cannot be read' }, found.failure.message)),
    h(pf.StackItem, null, h(Keys, { keys: found.keys })),
    h(pf.StackItem, null, h(Triggers, { triggers: found.triggers, operator, open })))
}

const Section = ({ title, help, none, children }) =>
  h(pf.Card, { component: 'section' },
    h(pf.CardTitle, { component: 'h2' }, title),
    h(pf.CardBody, null, h('p', { className: 'londiste-muted' }, help), children ?? h('p', null, none)))

const Definition = ({ text }) => h('code', { className: 'londiste-break' }, text)

function Keys({ keys }) {
  const help = 'They are restored automatically when both tables are in sync. A foreign key that rows of the subscriber violate remains saved; repair the rows.'
  return h(Section, { title: 'Saved foreign keys', help, none: 'None.' }, keys.length > 0 &&
    h(pft.Table, { variant: 'compact', 'aria-label': 'Saved foreign keys' },
      h(pft.Thead, null, h(pft.Tr, null, ['Name', 'From', 'To', 'Definition', 'Why it is not restored'].map(column => h(pft.Th, { key: column }, column)))),
      h(pft.Tbody, null, keys.map(key =>
        h(pft.Tr, { key: `${key.fromTable} ${key.fkeyName}` },
          h(Cell, { label: 'Name', className: 'londiste-break' }, key.fkeyName),
          h(Cell, { label: 'From', className: 'londiste-break' }, key.fromTable),
          h(Cell, { label: 'To', className: 'londiste-break' }, key.toTable),
          h(Cell, { label: 'Definition' }, h(Definition, { text: key.fkeyDef })),
          h(Cell, { label: 'Why it is not restored', className: 'londiste-break' }, key.reason ?? 'its tables are not in sync yet'))))))
}

const LISTS = [
  {
    status: 'pending',
    title: 'Saved triggers',
    help: 'They were dropped so that rows that the replay writes do not fire them. Restore only those that the subscriber needs of its own.',
    command: { kind: 'restoreTriggers', text: 'Restore…', label: 'Restore the triggers of' },
  },
  {
    status: 'active',
    title: 'Triggers that fire',
    help: 'They also fire for rows that the replay writes. Save those that repeat what the provider has done already.',
    command: { kind: 'saveTriggers', text: 'Save…', label: 'Save the triggers of' },
  },
]

const Triggers = ({ triggers, ...more }) =>
  h(pf.Stack, { hasGutter: true }, LISTS.map(list =>
    h(pf.StackItem, { key: list.status }, h(TriggerList, { list, triggers: triggers.filter(trigger => trigger.status === list.status), ...more }))))

function TriggerList({ list, triggers, operator, open }) {
  const { title, help, command } = list
  const tables = new Set()
  return h(Section, { title, help, none: 'None.' }, triggers.length > 0 &&
    h(pft.Table, { variant: 'compact', 'aria-label': title },
      h(pft.Thead, null, h(pft.Tr, null,
        ['Table', 'Name', 'Definition'].map(column => h(pft.Th, { key: column }, column)),
        operator && h(pft.Th, { screenReaderText: 'Actions' }))),
      h(pft.Tbody, null, triggers.map(trigger => {
        const first = !tables.has(trigger.tableName)
        tables.add(trigger.tableName)
        return h(pft.Tr, { key: `${trigger.tableName} ${trigger.triggerName}` },
          h(Cell, { label: 'Table', className: 'londiste-break' }, trigger.tableName),
          h(Cell, { label: 'Name', className: 'londiste-break' }, trigger.triggerName),
          h(Cell, { label: 'Definition' }, h(Definition, { text: trigger.triggerDef })),
          operator && h(pft.Td, { modifier: 'fitContent' }, first && h(Commands, null,
            h(pf.Button, {
              variant: 'secondary',
              size: 'sm',
              'aria-label': `${command.label} ${trigger.tableName}`,
              onClick: () => open({ kind: command.kind, table: trigger.tableName }),
            }, command.text))))
      }))))
}
