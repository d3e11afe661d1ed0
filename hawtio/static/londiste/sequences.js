// The sequences that are registered, with their values on both sides.

import { h, pf, React, table as pft } from './lib.js'
import { Cell } from './labels.js'
import { Form } from './dialogs.js'
import { byText, count } from './format.js'
import { commands } from './command.js'
import { CommandLines, commandsOf } from './commandline.js'
import { useReading } from './reading.js'
import { execute, executeExactly } from './server.js'
import { Commands } from './states.js'

const PERIOD = 10_000

/** How many are shown; the search finds others. */
const MANY = 200

/** The registered sequences of both sides by name; values are texts, since they may be larger than what numbers can hold. */
async function read({ provider, subscriber }) {
  const provided = await executeExactly(provider.objectName, 'sequences')
  const subscribed = await executeExactly(subscriber.objectName, 'sequences')
  const all = new Map(provided.map(each => [each.name, { name: each.name, provided: each }]))
  for (const each of subscribed) all.set(each.name, { ...all.get(each.name), name: each.name, subscribed: each })
  return [...all.values()].sort((a, b) => byText(a.name, b.name))
}

export function Sequences({ data, operator, open, refresh }) {
  const { value, failure, again } = useReading(() => read(data), PERIOD)
  const [text, setText] = React.useState('')
  const found = (value ?? []).filter(each => each.name.toLowerCase().includes(text.toLowerCase()))
  const done = () => {
    refresh()
    again()
  }
  const add = operator && h(Commands, null, h(pf.Button, { variant: 'secondary', onClick: () => open({ kind: 'addSequences', done }) }, 'Add sequences…'))
  return h(pf.Stack, { hasGutter: true },
    failure && h(pf.StackItem, null, h(pf.Alert, { isInline: true, component: 'h2', variant: 'danger', title: 'The sequences cannot be read' },
      h('span', { className: 'londiste-break' }, failure.message))),
    !value && !failure && h(pf.StackItem, null, h(pf.Skeleton, { height: '10rem', screenreaderText: 'Loading the sequences' })),
    value?.length === 0 && h(pf.StackItem, null,
      h(pf.EmptyState, { titleText: 'No sequences yet', headingLevel: 'h2' },
        h(pf.EmptyStateBody, null, 'Sequences that are registered on both sides follow the provider’s values, so that the subscriber can take over: after a switchover no value is given out twice.'),
        add && h(pf.EmptyStateFooter, null, h(pf.EmptyStateActions, null, add)))),
    value?.length > 0 && h(pf.StackItem, null,
      h(pf.Flex, { gap: { default: 'gapSm' } },
        h(pf.SearchInput, { className: 'londiste-find', 'aria-label': 'Find sequences by name', placeholder: 'Find sequences', value: text, onChange: (_event, next) => setText(next), onClear: () => setText('') }),
        add)),
    found.length > 0 && h(pf.StackItem, null, h(List, { sequences: found.slice(0, MANY), data, operator, open, done }),
      found.length > MANY && h('p', { className: 'londiste-muted' }, `${count(found.length - MANY)} more; use the search to find them`)))
}

const COLUMNS = ['Sequence', 'Registered on', 'On the provider', 'On the subscriber', 'Difference']

const List = ({ sequences, operator, ...more }) =>
  h(pft.Table, { variant: 'compact', 'aria-label': 'Sequences' },
    h(pft.Thead, null, h(pft.Tr, null,
      COLUMNS.map(column => h(pft.Th, { key: column, modifier: 'wrap' }, column)),
      operator && h(pft.Th, { screenReaderText: 'Actions' }))),
    h(pft.Tbody, null, sequences.map(sequence => h(Row, { key: sequence.name, sequence, operator, ...more }))))

function Row({ sequence, data, operator, open, done }) {
  const { name, provided, subscribed } = sequence
  const there = provided ?? { lastValue: subscribed.providerLastValue, isCalled: subscribed.providerIsCalled }
  const problem = subscribed?.reason ?? provided?.problem
  const follow = () =>
    commands(done)(`The subscriber follows ${name}`, () => execute(data.subscriber.objectName, 'addSequences', name, false))
  const action = (text, label, onClick, isDanger) =>
    h(pf.Button, { variant: 'link', isInline: true, isDanger, 'aria-label': `${label} ${name}`, onClick }, text)
  return h(pft.Tr, null,
    h(Cell, { label: COLUMNS[0], className: 'londiste-break' }, name),
    h(Cell, { label: COLUMNS[1] }, provided && subscribed ? 'both sides' : provided ? 'the provider' : 'the subscriber'),
    h(Cell, { label: COLUMNS[2], className: 'londiste-figure' }, written(there)),
    h(Cell, { label: COLUMNS[3], className: 'londiste-figure' }, subscribed ? written(subscribed) : '–'),
    h(Cell, { label: COLUMNS[4], className: 'londiste-break' },
      subscribed && h(Difference, { there, here: subscribed }),
      problem && h('p', { className: 'londiste-muted' }, problem)),
    operator && h(pft.Td, { modifier: 'fitContent' }, h(Commands, null,
      subscribed
        ? action('Remove…', 'Remove', () => open({ kind: 'removeSequence', name, done }), true)
        : h(pf.Flex, { gap: { default: 'gapSm' } },
            action('Follow', 'Follow', follow),
            action('Unregister…', 'Unregister', () => open({ kind: 'unregisterSequence', name, done }), true)))))
}

const known = ({ lastValue }) => lastValue !== null && lastValue !== undefined

/** The value; before the first nextval() it is the next one. */
const written = value => (known(value) ? `${BigInt(value.lastValue).toLocaleString('en')}${value.isCalled ? '' : ', not used yet'}` : '–')

function Difference({ there, here }) {
  if (!known(there) || !known(here)) return h(pf.Label, { isCompact: true }, 'unknown')
  const difference = BigInt(there.lastValue) - BigInt(here.lastValue)
  if (difference === 0n && there.isCalled === here.isCalled) return h(pf.Label, { isCompact: true, color: 'green' }, 'equal')
  if (difference === 0n) return h(pf.Label, { isCompact: true, color: 'orange' }, 'one use')
  return h(pf.Label, { isCompact: true, color: 'orange' }, (difference < 0n ? -difference : difference).toLocaleString('en'))
}

function AddSequences({ data, done, close }) {
  const [names, setNames] = React.useState('')
  const [all, setAll] = React.useState(false)
  const execution = () => commands(done)('Added', async () => [
    ...await execute(data.provider.objectName, 'addSequences', all ? '' : names, all),
    ...await execute(data.subscriber.objectName, 'addSequences', all ? '' : names, all),
  ])
  return h(Form, { title: 'Add sequences', yes: 'Add', disabled: !all && !names.trim(), execute: execution, close },
    h(pf.Form, { onSubmit: event => event.preventDefault() },
      h(pf.FormGroup, { label: 'Names', fieldId: 'londiste-sequences' },
        h(pf.TextInput, { id: 'londiste-sequences', value: names, isDisabled: all, onChange: (_event, next) => setNames(next), 'aria-describedby': 'londiste-sequences-help', autoComplete: 'off', spellCheck: 'false' }),
        h(pf.FormHelperText, null, h(pf.HelperText, null,
          h(pf.HelperTextItem, { id: 'londiste-sequences-help' }, 'Names separated by commas or blanks; * and ? are wildcards: order_id_seq, sales.*')))),
      h(pf.Checkbox, {
        id: 'londiste-sequences-all',
        label: 'All sequences of the provider',
        description: 'They are registered on the provider, and set on the subscriber with the next batch. They must exist there.',
        isChecked: all,
        onChange: (_event, on) => setAll(on),
      })),
    h(CommandLines, { lines: commandsOf(data).addSequences(names.trim() || 'NAME', all) }))
}

const remover = (side, title, text, yes) => ({ name, data, done, close }) =>
  h(Form, {
    title: `${title} ${name}?`,
    yes,
    danger: true,
    execute: () => commands(done)(`${title} ${name}`, () => execute(data[side].objectName, 'removeSequences', name, false)),
    close,
  }, h('p', null, text), h(CommandLines, { lines: commandsOf(data).removeSequence(side, name) }))

export const SEQUENCE_DIALOGS = {
  addSequences: AddSequences,
  removeSequence: remover('subscriber', 'Remove', 'It keeps the value that it has on the subscriber, and no longer follows the provider’s.', 'Remove'),
  unregisterSequence: remover('provider', 'Unregister', 'Subscribers can no longer follow it, those of other jobs included.', 'Unregister'),
}
