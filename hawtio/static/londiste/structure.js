// Foreign keys and triggers that were put aside for copies.

import { h, pf, React, table as pft } from './lib.js'
import { Cell } from './labels.js'
import { Deeds } from './states.js'

export function Structure({ data, operator, actions }) {
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
    // Asked for anew when their numbers change, not at every look.
  }, [changes])

  if (!found.keys) return h(pf.Skeleton, { height: '10rem', screenreaderText: 'Asking the subscriber' })
  return h(pf.Stack, { hasGutter: true },
    found.failure && h(pf.StackItem, null, h(pf.Alert, { isInline: true, component: 'h2', variant: 'danger', title: 'The subscriber does not tell' }, found.failure.message)),
    h(pf.StackItem, null, h(Keys, { keys: found.keys })),
    h(pf.StackItem, null, h(Triggers, { triggers: found.triggers, operator, actions })))
}

const Section = ({ title, help, none, children }) =>
  h(pf.Card, { component: 'section' },
    h(pf.CardTitle, { component: 'h2' }, title),
    h(pf.CardBody, null, h('p', { className: 'londiste-muted' }, help), children ?? h('p', null, none)))

const Definition = ({ text }) => h('code', { className: 'londiste-break' }, text)

function Keys({ keys }) {
  const help = 'They come back by themselves when both tables are in sync. One that rows of the subscriber break stays here; mend the rows.'
  return h(Section, { title: 'Foreign keys put aside', help, none: 'None: all are in place.' }, keys.length > 0 &&
    h(pft.Table, { variant: 'compact', 'aria-label': 'Foreign keys put aside' },
      h(pft.Thead, null, h(pft.Tr, null, ['Name', 'From', 'To', 'Definition'].map(column => h(pft.Th, { key: column }, column)))),
      h(pft.Tbody, null, keys.map(key =>
        h(pft.Tr, { key: `${key.fromTable} ${key.fkeyName}` },
          h(Cell, { label: 'Name', className: 'londiste-break' }, key.fkeyName),
          h(Cell, { label: 'From', className: 'londiste-break' }, key.fromTable),
          h(Cell, { label: 'To', className: 'londiste-break' }, key.toTable),
          h(Cell, { label: 'Definition' }, h(Definition, { text: key.fkeyDef })))))))
}

function Triggers({ triggers, operator, actions }) {
  const help = 'They stay aside so that they do not run for what the replay applies. Restore those that are to run on the subscriber.'
  const tables = new Set()
  return h(Section, { title: 'Triggers put aside', help, none: 'None: all are in place.' }, triggers.length > 0 &&
    h(pft.Table, { variant: 'compact', 'aria-label': 'Triggers put aside' },
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
          operator && h(pft.Td, { modifier: 'fitContent' }, first && h(Deeds, null,
            h(pf.Button, {
              variant: 'secondary',
              size: 'sm',
              'aria-label': `Restore the triggers of ${trigger.tableName}`,
              onClick: () => actions.restoreTriggers(trigger.tableName),
            }, 'Restore'))))
      }))))
}
