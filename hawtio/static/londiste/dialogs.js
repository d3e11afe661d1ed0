// The dialogs: confirmation of destructive commands, and commands with options.

import { h, pf, React } from './lib.js'
import { AddTables } from './add.js'
import { Details } from './details.js'
import { CommandLines, commandsOf } from './commandline.js'
import { counted } from './format.js'

const names = tables => (tables.length === 1 ? tables[0].Name : counted(tables.length, 'table'))

const QUESTIONS = {
  remove: ({ tables, all }, actions, commands) => ({
    lines: commands.remove(tables, all),
    title: `Remove ${names(tables)}?`,
    text: 'Changes are no longer applied. The rows stay as they are; saved triggers and foreign keys are restored.',
    yes: 'Remove',
    execute: () => actions.remove(tables, all),
  }),
  resync: ({ tables, all }, actions, commands) => ({
    lines: commands.resync(tables, all),
    title: `Copy ${names(tables)} again?`,
    text: 'All rows on the subscriber are deleted and copied from the provider again. Readers of the subscriber see an empty table during the copy.',
    yes: 'Resync',
    execute: () => actions.resync(tables, all),
  }),
  restoreTriggers: ({ table }, actions, commands) => ({
    lines: commands.restoreTriggers(table),
    title: `Restore the triggers of ${table}?`,
    text: 'From then on they also fire for every row that the replay writes. What they do on the provider has already been done there, and its result is replicated: a trigger that changes rows or other tables does it a second time here, and the tables may differ or the replay may stop. Restore only triggers that the subscriber needs of its own. “Save triggers” saves and drops them again.',
    yes: 'Restore triggers',
    execute: () => actions.restoreTriggers(table),
  }),
  saveTriggers: ({ table }, actions, commands) => ({
    lines: commands.saveTriggers(table),
    title: `Save and drop the triggers of ${table}?`,
    text: 'They no longer fire, neither for rows that the replay writes nor for those that others write. Their definitions are saved, so that they can be restored.',
    yes: 'Save triggers',
    execute: () => actions.saveTriggers(table),
  }),
  unregister: ({ consumer }, actions, commands) => ({
    lines: commands.unregister(consumer),
    title: `Unregister ${consumer.Name}?`,
    text: `Events of ${consumer.Queue} that it has not read are no longer kept for it.`,
    yes: 'Unregister',
    execute: () => actions.unregister(consumer),
  }),
  stop: ({ name }, actions, commands) => ({
    lines: commands.stop(),
    title: `Stop the daemon ${name}?`,
    text: 'It ends after its current batch, and this console ends with it. It can only be started again on its machine.',
    yes: 'Stop',
    execute: () => actions.stop(),
  }),
}

export function Dialog({ dialog, data, operator, actions, open, close }) {
  const commands = commandsOf(data)
  if (dialog.kind === 'add') return h(AddTables, { data, actions, close })
  if (dialog.kind === 'details') return h(Details, { name: dialog.name, data, operator, actions, commands, open, close })
  if (dialog.kind === 'commands') return h(Others, { lines: commands.others(), replay: Boolean(data.replay), close })
  if (dialog.kind === 'repair') return h(Repair, { ...dialog, actions, commands, close })
  return h(Question, { ...QUESTIONS[dialog.kind](dialog, actions, commands), close })
}

/**
 * A dialog with content, a button that executes the command, and a cancel button. Stays open with the message if it fails.
 *
 * @param execute executes the command; returns nothing if it has succeeded, otherwise a text, or a title and a body
 */
export function Form({ title, yes, danger, disabled, execute, close, children, cancel = 'Cancel', variant = 'small' }) {
  const [{ busy, failure }, setState] = React.useState({ busy: false, failure: null })
  const shown = React.useRef(true)
  React.useEffect(() => {
    shown.current = true
    return () => {
      shown.current = false
    }
  }, [])
  const submit = async () => {
    setState({ busy: true, failure: null })
    const problem = await execute()
    if (!shown.current) return // it was cancelled, and another dialog may be open
    if (problem) setState({ busy: false, failure: problem })
    else close()
  }
  return h(pf.Modal, { isOpen: true, onClose: close, variant, className: 'londiste-dialog', 'aria-labelledby': 'londiste-dialog', 'aria-describedby': 'londiste-dialog-body' },
    h(pf.ModalHeader, { title, labelId: 'londiste-dialog', titleIconVariant: danger ? 'warning' : undefined }),
    h(pf.ModalBody, { id: 'londiste-dialog-body' },
      children,
      failure && h(pf.Alert, { variant: 'danger', isInline: true, isLiveRegion: true, component: 'h2', title: failure.title ?? 'The command failed', style: { marginBlockStart: '1rem' } },
        h('div', { className: 'londiste-break' }, failure.body ?? failure))),
    h(pf.ModalFooter, null,
      h(pf.Button, { variant: danger ? 'danger' : 'primary', onClick: submit, isDisabled: disabled || busy, isLoading: busy }, yes),
      h(pf.Button, { variant: 'link', onClick: close }, cancel)))
}

const Question = ({ title, text, yes, lines, execute, close }) =>
  h(Form, { title, yes, danger: true, execute, close }, h('p', null, text), h(CommandLines, { lines }))

/** What is done without a dialog, on the command line. */
const Others = ({ lines, replay, close }) =>
  h(pf.Modal, { isOpen: true, onClose: close, variant: 'medium', className: 'londiste-dialog', 'aria-labelledby': 'londiste-dialog', 'aria-describedby': 'londiste-dialog-body' },
    h(pf.ModalHeader, { title: 'On the command line', labelId: 'londiste-dialog' }),
    h(pf.ModalBody, { id: 'londiste-dialog-body' },
      h('p', null, replay
        ? 'What has no dialog: reading the INI file and the routes again, installing, comparing all tables or one, and following a sequence. Pause and Resume are possible only here and by JMX.'
        : 'What has no dialog: reading the INI file and the routes again, and installing PgQ.'),
      h(CommandLines, { lines, title: 'Commands' })),
    h(pf.ModalFooter, null, h(pf.Button, { variant: 'primary', onClick: close }, 'Close')))

function Repair({ tables, all, actions, commands, close }) {
  const [apply, setApply] = React.useState(false)
  const [force, setForce] = React.useState(false)
  const choice = (value, label, description) => h(pf.Radio, {
    id: `londiste-repair-${value}`,
    name: 'londiste-repair',
    label,
    description,
    isChecked: apply === value,
    onChange: () => setApply(value),
  })
  return h(Form, {
    title: `Repair ${names(tables)}`,
    yes: apply ? 'Repair' : 'Write statements',
    danger: apply,
    execute: () => actions.repair(tables, all ?? false, apply, apply && force),
    close,
  }, h(pf.Stack, { hasGutter: true, role: 'radiogroup', 'aria-label': 'What to do' },
    choice(false, 'Write the statements to files', 'Compares the tables, and writes the statements that would repair the differences to files on the daemon’s machine, for review.'),
    choice(true, 'Repair the differences', 'Compares the tables, and changes the rows of the subscriber to those of the provider, while the replay is paused for a moment. Rows that exist only on the subscriber are deleted.'),
    apply && h(pf.Checkbox, {
      id: 'londiste-repair-force',
      label: 'Even if routes change rows',
      description: 'Route files of your own for replay or copy may leave out or hide values. A repair undoes that and writes the provider’s rows as they are; without this option it is refused then.',
      isChecked: force,
      onChange: (_, value) => setForce(value),
    })),
  h(CommandLines, { lines: commands.repair(tables, all, apply, apply && force) }))
}
