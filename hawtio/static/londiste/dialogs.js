// The dialogs: questions before something is destroyed, and what needs more than a click.

import { h, pf, React } from './lib.js'
import { AddTables } from './add.js'
import { Details } from './details.js'
import { counted } from './format.js'

const names = tables => (tables.length === 1 ? tables[0].Name : counted(tables.length, 'table'))

const QUESTIONS = {
  remove: ({ tables, all }, actions) => ({
    title: `Remove ${names(tables)}?`,
    text: 'No changes are applied any more. The rows stay as they are; triggers and foreign keys that were put aside come back.',
    yes: 'Remove',
    does: () => actions.remove(tables, all),
  }),
  resync: ({ tables, all }, actions) => ({
    title: `Copy ${names(tables)} anew?`,
    text: 'All rows here are thrown away and copied from the provider again. Readers of the subscriber see an empty table meanwhile.',
    yes: 'Resync',
    does: () => actions.resync(tables, all),
  }),
  unregister: ({ consumer }, actions) => ({
    title: `Unregister ${consumer.Name}?`,
    text: `What it has not read of ${consumer.Queue} is not kept for it.`,
    yes: 'Unregister',
    does: () => actions.unregister(consumer),
  }),
  stop: ({ name }, actions) => ({
    title: `Stop the daemon ${name}?`,
    text: 'It ends after its batch, and so does this console. It can be started again on its machine only.',
    yes: 'Stop',
    does: () => actions.stop(),
  }),
}

export function Dialog({ dialog, data, actions, close }) {
  if (dialog.kind === 'add') return h(AddTables, { data, actions, close })
  if (dialog.kind === 'details') return h(Details, { name: dialog.name, data, close })
  if (dialog.kind === 'repair') return h(Repair, { ...dialog, actions, close })
  return h(Question, { ...QUESTIONS[dialog.kind](dialog, actions), close })
}

/** A form in a dialog: what is to be done, its button, and a way out. */
export function Form({ title, yes, danger, disabled, does, close, children, variant = 'small' }) {
  const [{ busy, failure }, setState] = React.useState({ busy: false, failure: '' })
  const submit = async () => {
    setState({ busy: true, failure: '' })
    const problem = await does()
    if (problem) setState({ busy: false, failure: problem })
    else close()
  }
  return h(pf.Modal, { isOpen: true, onClose: close, variant, className: 'londiste-dialog', 'aria-labelledby': 'londiste-dialog', 'aria-describedby': 'londiste-dialog-body' },
    h(pf.ModalHeader, { title, labelId: 'londiste-dialog', titleIconVariant: danger ? 'warning' : undefined }),
    h(pf.ModalBody, { id: 'londiste-dialog-body' },
      children,
      failure && h(pf.Alert, { variant: 'danger', isInline: true, isLiveRegion: true, title: 'It was not done', style: { marginBlockStart: '1rem' } },
        h('span', { className: 'londiste-break' }, failure))),
    h(pf.ModalFooter, null,
      h(pf.Button, { variant: danger ? 'danger' : 'primary', onClick: submit, isDisabled: disabled || busy, isLoading: busy }, yes),
      h(pf.Button, { variant: 'link', onClick: close }, 'Cancel')))
}

const Question = ({ title, text, yes, does, close }) =>
  h(Form, { title, yes, danger: true, does, close }, h('p', null, text))

function Repair({ tables, all, actions, close }) {
  const [apply, setApply] = React.useState(false)
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
    does: () => actions.repair(tables, all ?? false, apply),
    close,
  }, h(pf.Stack, { hasGutter: true, role: 'radiogroup', 'aria-label': 'What to do' },
    choice(false, 'Write the statements to files', 'Compares, and writes what would mend the differences beside the daemon, for you to look at.'),
    choice(true, 'Mend the differences', 'Compares, and changes the rows here to those of the provider, while the replay stands still for a moment. Rows that only this side has are deleted.')))
}
