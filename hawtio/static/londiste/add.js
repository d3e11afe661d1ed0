// The dialog that adds tables: tables that are registered on the provider by selection, others by name.

import { h, pf, React } from './lib.js'
import { Form } from './dialogs.js'
import { count } from './format.js'

const MANY = 200

export function AddTables({ data, actions, close }) {
  const [offered, setOffered] = React.useState(null)
  const [selected, setSelected] = React.useState(new Set())
  const [text, setText] = React.useState('')
  const [find, setFind] = React.useState('')
  const [options, setOptions] = React.useState({ register: true, expectSync: false, skipTruncate: false, denyWrites: false, force: false })

  React.useEffect(() => {
    actions.missing()
      .then(missing => setOffered(missing.filter(each => each.kind === 'table' && !each.subscribed).map(each => each.name)))
      .catch(() => setOffered([]))
  }, [])

  const typed = text.trim()
  const names = [...selected, typed].filter(Boolean).join(',')
  const shown = (offered ?? []).filter(name => name.toLowerCase().includes(find.toLowerCase()))
  const select = (list, on) => {
    const next = new Set(selected)
    for (const name of list) on ? next.add(name) : next.delete(name)
    setSelected(next)
  }
  const option = (key, label, description) => h(pf.Checkbox, {
    id: `londiste-add-${key}`,
    label,
    description,
    isChecked: options[key],
    onChange: (_event, on) => setOptions({ ...options, [key]: on }),
  })

  return h(Form, {
    title: 'Add tables',
    variant: 'medium',
    yes: 'Add',
    disabled: !names,
    execute: () => actions.add({ ...options, names, all: false, register: options.register && typed !== '' }),
    close,
  }, h(pf.Form, { onSubmit: event => event.preventDefault() },
    h(Offered, { offered, shown, selected, select, find, setFind }),
    h(pf.FormGroup, { label: 'Other tables', fieldId: 'londiste-add-names' },
      h(pf.TextInput, { id: 'londiste-add-names', value: text, onChange: (_event, value) => setText(value), 'aria-describedby': 'londiste-add-help', autoComplete: 'off', spellCheck: 'false' }),
      h(pf.FormHelperText, null, h(pf.HelperText, null,
        h(pf.HelperTextItem, { id: 'londiste-add-help' }, 'Names separated by commas or blanks; * and ? are wildcards: order, sales.*'))),
      typed && option('register', 'Register them on the provider first', 'Captures their changes. Tables that are registered already are not changed.')),
    h(pf.ExpandableSection, { toggleText: 'Options', isIndented: true },
      h('div', { role: 'group', 'aria-label': 'Options', className: 'londiste-options' },
        option('denyWrites', 'Deny writes by others', 'Only the replay may change the tables, until they are removed.'),
        option('skipTruncate', 'Keep existing rows', 'The copy adds rows to them instead of replacing them.'),
        option('expectSync', 'Already in sync', 'Tables are not copied. Compare them afterwards.'),
        option('force', 'Add them even if their structure differs')))))
}

function Offered({ offered, shown, selected, select, find, setFind }) {
  if (!offered) return h(pf.Skeleton, { height: '6rem', screenreaderText: 'Loading the tables of the provider' })
  if (offered.length === 0) return null
  const all = shown.length > 0 && shown.every(name => selected.has(name))
  return h(pf.FormGroup, { label: `Registered on the provider, not subscribed (${count(offered.length)})`, role: 'group', isStack: true },
    offered.length > 8 && h(pf.SearchInput, { 'aria-label': 'Find tables of the provider', placeholder: 'Find', value: find, onChange: (_event, value) => setFind(value), onClear: () => setFind('') }),
    h(pf.Checkbox, { id: 'londiste-add-all', label: find ? 'All found' : 'All', isChecked: all, onChange: (_event, on) => select(shown, on) }),
    h('div', { className: 'londiste-list', tabIndex: 0, role: 'group', 'aria-label': 'Tables of the provider' },
      shown.slice(0, MANY).map(name => h(pf.Checkbox, {
        key: name,
        id: `londiste-add-${name}`,
        label: name,
        isChecked: selected.has(name),
        onChange: (_event, on) => select([name], on),
      })),
      shown.length > MANY && h('p', { className: 'londiste-muted' }, `${count(shown.length - MANY)} more; use the search to find them`)))
}
