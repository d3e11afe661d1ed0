// The dialogs of the queues: create, configure and drop a queue, register a consumer.

import { h, pf, React } from './lib.js'
import { Form } from './dialogs.js'
import { commands } from './command.js'
import { CommandLines, commandsOf } from './commandline.js'
import { Failure, execute } from './server.js'

/** A form that asks for one name. */
function Named({ title, yes, label, help, done, operation, before = [], lines, data, refresh, close }) {
  const [name, setName] = React.useState('')
  return h(Form, {
    title,
    yes,
    disabled: !name.trim(),
    execute: () => commands(refresh)(done, () => execute(data.ticker.objectName, operation, ...before, name.trim())),
    close,
  }, h(pf.Form, { onSubmit: event => event.preventDefault() },
    h(pf.FormGroup, { label, fieldId: 'londiste-name' },
      h(pf.TextInput, { id: 'londiste-name', value: name, onChange: (_event, value) => setName(value), 'aria-describedby': 'londiste-name-help', autoComplete: 'off', spellCheck: 'false' }),
      h(pf.FormHelperText, null, h(pf.HelperText, null, h(pf.HelperTextItem, { id: 'londiste-name-help' }, help))))),
    h(CommandLines, { lines: lines(commandsOf(data), name.trim() || 'NAME') }))
}

const CreateQueue = given => h(Named, {
  ...given,
  title: 'Create a queue',
  yes: 'Create',
  label: 'Name of the queue',
  help: 'Events are kept in it until all of its consumers have read them. Without consumers they are dropped with the rotation.',
  done: 'Created',
  operation: 'create',
  lines: (known, name) => known.create(name),
})

const RegisterConsumer = ({ queue, ...given }) => h(Named, {
  ...given,
  title: `Register a consumer on ${queue.Name}`,
  yes: 'Register',
  label: 'Name of the consumer',
  help: 'It receives the events that are written from now on. The queue keeps them until it has read them, so register only consumers that run.',
  done: 'Registered',
  operation: 'register',
  before: [queue.Name],
  lines: (known, name) => known.register(queue.Name, name),
})

const DropQueue = ({ queue, consumers, data, refresh, close }) =>
  h(Form, {
    title: `Drop ${queue.Name}?`,
    yes: 'Drop',
    danger: true,
    disabled: consumers.length > 0,
    execute: () => commands(refresh)(`Dropped ${queue.Name}`, () => execute(data.ticker.objectName, 'drop', queue.Name)),
    close,
  }, h('p', null, consumers.length > 0
    ? `It has consumers: ${consumers.map(consumer => consumer.Name).join(', ')}. Unregister them first.`
    : 'All of its events are deleted, and programs that write events into it fail from then on. A queue into which tables are captured is not dropped.'),
    h(CommandLines, { lines: commandsOf(data).drop(queue.Name) }))

/** The settings: name, whether it is on or off, its value as it is entered, and its meaning. */
const SETTINGS = [
  { key: 'ticker_max_count', value: queue => String(queue.TickerMaxCount), meaning: 'A tick is due after so many events.' },
  { key: 'ticker_max_lag', value: queue => `${queue.TickerMaxLagSeconds} s`, meaning: 'A tick is due after so much time if there are new events. A shorter time means less lag and smaller batches.' },
  { key: 'ticker_idle_period', value: queue => `${queue.TickerIdlePeriodSeconds} s`, meaning: 'Time between ticks if there are no new events.' },
  { key: 'rotation_period', value: queue => `${queue.RotationPeriodSeconds} s`, meaning: 'Time after which the next event table is used. The oldest is emptied when all consumers have read it: a longer period keeps more on disk.' },
  { key: 'ticker_paused', flag: true, value: queue => String(queue.TickerPaused), meaning: 'No ticks are made: consumers receive nothing, and events pile up, until it is off again.' },
  { key: 'external_ticker', flag: true, value: queue => String(queue.ExternalTicker), meaning: 'Another program makes the ticks. This ticker leaves the queue alone.' },
]

function Configure({ queue, data, refresh, close }) {
  const [before] = React.useState(() => Object.fromEntries(SETTINGS.map(({ key, value }) => [key, value(queue)])))
  const [values, setValues] = React.useState(before)
  const changed = SETTINGS.map(({ key }) => key).filter(key => values[key].trim() !== before[key])
  const set = (key, value) => setValues({ ...values, [key]: value })
  const execution = () => commands(refresh)('Configured', async () => {
    const done = []
    for (const key of changed) {
      try {
        done.push(...await execute(queue.objectName, 'configure', key, values[key].trim()))
      } catch (failure) {
        if (!done.length) throw failure
        throw new Failure(failure.kind, `Done: ${done.join('; ')}. Not done: ${failure.message}`)
      }
    }
    return done
  })
  return h(Form, { title: `Configure ${queue.Name}`, yes: 'Configure', variant: 'medium', disabled: changed.length === 0, execute: execution, close },
    h(pf.Form, { onSubmit: event => event.preventDefault() },
      SETTINGS.map(({ key, flag, meaning }) => flag
        ? h(pf.Checkbox, { key, id: `londiste-${key}`, label: key, description: meaning, isChecked: values[key] === 'true', onChange: (_event, on) => set(key, String(on)) })
        : h(pf.FormGroup, { key, label: key, fieldId: `londiste-${key}` },
            h(pf.TextInput, { id: `londiste-${key}`, value: values[key], onChange: (_event, value) => set(key, value), 'aria-describedby': `londiste-${key}-help`, autoComplete: 'off', spellCheck: 'false' }),
            h(pf.FormHelperText, null, h(pf.HelperText, null, h(pf.HelperTextItem, { id: `londiste-${key}-help` }, meaning))))),
      h('p', { className: 'londiste-muted' }, 'Times are written as PostgreSQL’s intervals: 100 ms, 2 hours.')),
    h(CommandLines, { lines: commandsOf(data).configure(queue.Name, changed.map(key => `${key}=${values[key].trim()}`)) }))
}

export const QUEUE_DIALOGS = { createQueue: CreateQueue, registerConsumer: RegisterConsumer, dropQueue: DropQueue, configureQueue: Configure }
