// The dialog that adds tables: those that the provider has registered to be ticked, others by name.

import { h, pf, React } from './lib.js'
import { Form } from './dialogs.js'
import { count } from './format.js'

const MANY = 200

export function AddTables({ data, actions, close }) {
  const [offered, setOffered] = React.useState(null)
  const [ticked, setTicked] = React.useState(new Set())
  const [text, setText] = React.useState('')
  const [find, setFind] = React.useState('')
  const [options, setOptions] = React.useState({ register: true, expectSync: false, skipTruncate: false, denyWrites: false, force: false })

  React.useEffect(() => {
    actions.missing()
      .then(missing => setOffered(missing.filter(each => each.kind === 'table' && !each.subscribed).map(each => each.name)))
      .catch(() => setOffered([]))
  }, [])

  const typed = text.trim()
  const names = [...ticked, typed].filter(Boolean).join(',')
  const shown = (offered ?? []).filter(name => name.toLowerCase().includes(find.toLowerCase()))
  const tick = (list, on) => {
    const next = new Set(ticked)
    for (const name of list) on ? next.add(name) : next.delete(name)
    setTicked(next)
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
    does: () => actions.add({ ...options, names, all: false, register: options.register && typed !== '' }),
    close,
  }, h(pf.Form, { onSubmit: event => event.preventDefault() },
    h(Offered, { offered, shown, ticked, tick, find, setFind }),
    h(pf.FormGroup, { label: 'Other tables', fieldId: 'londiste-add-names' },
      h(pf.TextInput, { id: 'londiste-add-names', value: text, onChange: (_event, value) => setText(value), 'aria-describedby': 'londiste-add-help', autoComplete: 'off', spellCheck: 'false' }),
      h(pf.FormHelperText, null, h(pf.HelperText, null,
        h(pf.HelperTextItem, { id: 'londiste-add-help' }, 'Names, with * and ? as wildcards, with commas or blanks between: order, sales.*'))),
      typed && option('register', 'Register them on the provider first', 'Captures their changes; nothing happens to those that are registered already.')),
    h(pf.ExpandableSection, { toggleText: 'Options', isIndented: true },
      h('div', { role: 'group', 'aria-label': 'Options', className: 'londiste-options' },
        option('denyWrites', 'Deny writes by others', 'Nobody but the replay may change the tables, until they are removed.'),
        option('skipTruncate', 'Keep the rows that are here', 'The copy adds to them instead of replacing them.'),
        option('expectSync', 'They are equal already', 'Makes no copy. Compare them afterwards.'),
        option('force', 'Add them although their structure differs')))))
}

function Offered({ offered, shown, ticked, tick, find, setFind }) {
  if (!offered) return h(pf.Skeleton, { height: '6rem', screenreaderText: 'Asking the provider for its tables' })
  if (offered.length === 0) return null
  const all = shown.length > 0 && shown.every(name => ticked.has(name))
  return h(pf.FormGroup, { label: `Registered on the provider, not here (${count(offered.length)})`, role: 'group', isStack: true },
    offered.length > 8 && h(pf.SearchInput, { 'aria-label': 'Find among them', placeholder: 'Find', value: find, onChange: (_event, value) => setFind(value), onClear: () => setFind('') }),
    h(pf.Checkbox, { id: 'londiste-add-all', label: find ? 'All that are found' : 'All', isChecked: all, onChange: (_event, on) => tick(shown, on) }),
    h('div', { className: 'londiste-list', tabIndex: 0, role: 'group', 'aria-label': 'Tables of the provider' },
      shown.slice(0, MANY).map(name => h(pf.Checkbox, {
        key: name,
        id: `londiste-add-${name}`,
        label: name,
        isChecked: ticked.has(name),
        onChange: (_event, on) => tick([name], on),
      })),
      shown.length > MANY && h('p', { className: 'londiste-muted' }, `${count(shown.length - MANY)} more; find them by name`)))
}
