// The dialogs: confirmation of destructive commands, and commands with options.

import { h, pf, React } from './lib.js'
import { AddTables } from './add.js'
import { Details } from './details.js'
import { counted } from './format.js'

const names = tables => (tables.length === 1 ? tables[0].Name : counted(tables.length, 'table'))

const QUESTIONS = {
  remove: ({ tables, all }, actions) => ({
    title: `Remove ${names(tables)}?`,
    text: 'Changes are no longer applied. The rows stay as they are; saved triggers and foreign keys are restored.',
    yes: 'Remove',
    execute: () => actions.remove(tables, all),
  }),
  resync: ({ tables, all }, actions) => ({
    title: `Copy ${names(tables)} again?`,
    text: 'All rows on the subscriber are deleted and copied from the provider again. Readers of the subscriber see an empty table during the copy.',
    yes: 'Resync',
    execute: () => actions.resync(tables, all),
  }),
  restoreTriggers: ({ table }, actions) => ({
    title: `Restore the triggers of ${table}?`,
    text: 'From then on they also fire for every row that the replay writes. What they do on the provider has already been done there, and its result is replicated: a trigger that changes rows or other tables does it a second time here, and the tables may differ or the replay may stop. Restore only triggers that the subscriber needs of its own. “Save triggers” saves and drops them again.',
    yes: 'Restore triggers',
    execute: () => actions.restoreTriggers(table),
  }),
  saveTriggers: ({ table }, actions) => ({
    title: `Save and drop the triggers of ${table}?`,
    text: 'They no longer fire, neither for rows that the replay writes nor for those that others write. Their definitions are saved, so that they can be restored.',
    yes: 'Save triggers',
    execute: () => actions.saveTriggers(table),
  }),
  unregister: ({ consumer }, actions) => ({
    title: `Unregister ${consumer.Name}?`,
    text: `Events of ${consumer.Queue} that it has not read are no longer kept for it.`,
    yes: 'Unregister',
    execute: () => actions.unregister(consumer),
  }),
  stop: ({ name }, actions) => ({
    title: `Stop the daemon ${name}?`,
    text: 'It ends after its current batch, and this console ends with it. It can only be started again on its machine.',
    yes: 'Stop',
    execute: () => actions.stop(),
  }),
}

export function Dialog({ dialog, data, actions, close }) {
  if (dialog.kind === 'add') return h(AddTables, { data, actions, close })
  if (dialog.kind === 'details') return h(Details, { name: dialog.name, data, close })
  if (dialog.kind === 'repair') return h(Repair, { ...dialog, actions, close })
  return h(Question, { ...QUESTIONS[dialog.kind](dialog, actions), close })
}

/** A dialog with content, a button that executes the command, and a cancel button. Stays open with the message if it fails. */
export function Form({ title, yes, danger, disabled, execute, close, children, variant = 'small' }) {
  const [{ busy, failure }, setState] = React.useState({ busy: false, failure: '' })
  const submit = async () => {
    setState({ busy: true, failure: '' })
    const problem = await execute()
    if (problem) setState({ busy: false, failure: problem })
    else close()
  }
  return h(pf.Modal, { isOpen: true, onClose: close, variant, className: 'londiste-dialog', 'aria-labelledby': 'londiste-dialog', 'aria-describedby': 'londiste-dialog-body' },
    h(pf.ModalHeader, { title, labelId: 'londiste-dialog', titleIconVariant: danger ? 'warning' : undefined }),
    h(pf.ModalBody, { id: 'londiste-dialog-body' },
      children,
      failure && h(pf.Alert, { variant: 'danger', isInline: true, isLiveRegion: true, title: 'The command failed', style: { marginBlockStart: '1rem' } },
        h('span', { className: 'londiste-break' }, failure))),
    h(pf.ModalFooter, null,
      h(pf.Button, { variant: danger ? 'danger' : 'primary', onClick: submit, isDisabled: disabled || busy, isLoading: busy }, yes),
      h(pf.Button, { variant: 'link', onClick: close }, 'Cancel')))
}

const Question = ({ title, text, yes, execute, close }) =>
  h(Form, { title, yes, danger: true, execute, close }, h('p', null, text))

function Repair({ tables, all, actions, close }) {
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
    })))
}
