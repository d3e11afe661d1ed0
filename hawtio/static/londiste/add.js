// The dialog that adds tables: the provider's tables by selection, with the reason why one cannot be added, and others by name.

import { h, pf, React } from './lib.js'
import { CommandLines, commandsOf } from './commandline.js'
import { Form } from './dialogs.js'
import { count, counted } from './format.js'

const MANY = 200
const NONE = { register: true, expectSync: false, skipTruncate: false, denyWrites: false, force: false, create: false, destTable: '', where: '', columns: '', set: '', ops: '', shard: '', applyFn: '', partitionBy: '', retention: '' }

/** Whether what is declared may be another table, or only a part of it, so that it may fit. */
const DECLARED = ['destTable', 'where', 'columns', 'set', 'ops', 'shard', 'applyFn', 'partitionBy', 'retention']
const isDeclared = options => DECLARED.some(name => options[name].trim() !== '')

export function AddTables({ data, actions, close }) {
  const [offered, setOffered] = React.useState({ tables: null, failure: '' })
  const [selected, setSelected] = React.useState(new Set())
  const [text, setText] = React.useState('')
  const [options, setOptions] = React.useState(NONE)
  const [progress, setProgress] = React.useState(null)
  const closed = React.useRef(false)

  const load = () =>
    actions.candidates()
      .then(tables => setOffered({ tables, failure: '' }))
      .catch(failure => setOffered({ tables: [], failure: failure.message }))
  React.useEffect(() => {
    closed.current = false
    load()
    return () => {
      closed.current = true
    }
  }, [])

  const addable = table => !table.problem || (table.avoidable && (options.force || isDeclared(options) || (table.missing && options.create)))
  const typed = text.trim()
  const tables = (offered.tables ?? []).filter(table => selected.has(table.name) && addable(table))
  const all = typed ? [...tables, { name: typed, registered: !options.register }] : tables

  const execute = async () => {
    setProgress({ tried: 0, added: 0, refused: [] })
    const refused = await actions.add(all, options, { progress: each => setProgress({ ...each }), stopped: () => closed.current })
    setProgress(null)
    if (refused && !closed.current) {
      setSelected(new Set(refused.refused.map(({ name }) => name)))
      load()
    }
    return refused && { title: refused.title, body: h(Refused, { refused: refused.refused, end: refused.end }) }
  }

  return h(Form, {
    title: 'Add tables',
    variant: 'medium',
    yes: 'Add',
    disabled: all.length === 0 || (options.destTable.trim() !== '' && all.length > 1),
    cancel: progress ? 'Stop' : 'Cancel',
    execute,
    close,
  }, progress
    ? h(Progress, { progress, total: all.length })
    : h(pf.Form, { onSubmit: event => event.preventDefault() },
        h(Offered, { ...offered, selected, setSelected, addable }),
        h(ByName, { text, setText, typed, options, setOptions }),
        h(Options, { options, setOptions }),
        all.length > 0 && h(CommandLines, { lines: commandLines(data, all, typed, options) })))
}

/** The names that are typed are words of their own on the command line. */
const commandLines = (data, all, typed, options) =>
  commandsOf(data).add(all.flatMap(table => (table.name === typed ? words(typed).map(name => ({ ...table, name })) : [table])), options)

/** What is between blanks and commas outside of double quotes. */
const words = typed => typed.match(/(?:"(?:[^"]|"")*"|[^\s,])+/g) ?? []

const Progress = ({ progress, total }) =>
  h('div', { 'aria-live': 'polite' },
    h(pf.Progress, {
      value: (100 * progress.tried) / total,
      measureLocation: 'none',
      title: `Added ${count(progress.added)} of ${count(total)}${progress.refused.length ? `, ${count(progress.refused.length)} refused` : ''}`,
    }),
    h('p', { className: 'londiste-muted' }, 'Leave this dialog open: if it is closed, the tables that are left are not added.'))

const Refused = ({ refused, end }) =>
  h(React.Fragment, null,
    end && h('p', null, 'The others were not tried, since this is not about a single table.'),
    h(pf.List, { isPlain: true, className: 'londiste-list londiste-break', 'aria-label': 'Tables that were not added', tabIndex: 0 },
      refused.map(({ name, reason }) => h(pf.ListItem, { key: name }, h('strong', null, name), ': ', reason))))

const Help = ({ id, children }) =>
  h(pf.FormHelperText, null, h(pf.HelperText, null, h(pf.HelperTextItem, { id }, children)))

function ByName({ text, setText, typed, options, setOptions }) {
  return h(pf.FormGroup, { label: 'Other tables', fieldId: 'londiste-add-names' },
    h(pf.TextInput, { id: 'londiste-add-names', value: text, onChange: (_event, value) => setText(value), 'aria-describedby': 'londiste-add-help', autoComplete: 'off', spellCheck: 'false' }),
    h(Help, { id: 'londiste-add-help' }, 'Names separated by commas or blanks; * and ? are wildcards: order, sales.*'),
    typed && h(Option, { id: 'register', label: 'Register them on the provider first', description: 'Captures their changes. Tables that are registered already are not changed.', options, setOptions }))
}

const Option = ({ id, label, description, options, setOptions }) =>
  h(pf.Checkbox, {
    id: `londiste-add-${id}`,
    label,
    description,
    isChecked: options[id],
    onChange: (_event, on) => setOptions({ ...options, [id]: on }),
  })

function Options({ options, setOptions }) {
  const option = (id, label, description) => h(Option, { id, label, description, options, setOptions })
  const declared = (id, label, help, lines) => h(pf.FormGroup, { label, fieldId: `londiste-add-${id}` },
    h(lines ? pf.TextArea : pf.TextInput, {
      id: `londiste-add-${id}`,
      value: options[id],
      onChange: (_event, value) => setOptions({ ...options, [id]: value }),
      'aria-describedby': `londiste-add-${id}-help`,
      autoComplete: 'off',
      spellCheck: 'false',
    }),
    h(Help, { id: `londiste-add-${id}-help` }, help))
  return h(React.Fragment, null,
    h(pf.ExpandableSection, { toggleText: 'Options', isIndented: true },
      h('div', { role: 'group', 'aria-label': 'Options', className: 'londiste-options' },
        option('denyWrites', 'Deny writes by others', 'Only the replay may change the tables, until they are removed.'),
        option('skipTruncate', 'Keep existing rows', 'The copy adds rows to them instead of replacing them.'),
        option('expectSync', 'Already in sync', 'Tables are not copied. Compare them afterwards.'),
        option('create', 'Create missing tables', 'With their indexes, constraints and partitions, as on the provider.'),
        option('force', 'Add them even if their structure differs'))),
    h(pf.ExpandableSection, { toggleText: 'Replicate as', isIndented: true },
      declared('destTable', 'Table on the subscriber', 'Only for one table; empty: the same name'),
      declared('where', 'Rows', "SQL condition over the provider's columns; empty: all rows"),
      declared('columns', 'Columns', 'Separated by commas, the primary key among them; empty: all columns'),
      declared('set', 'Expressions in place of columns', 'One in a line, for example email=md5(email)', true),
      declared('ops', 'Operations', 'Of insert, update, delete and truncate, separated by commas; empty: all changes'),
      declared('shard', 'Shard', 'By a hash of columns, for example user_id:0/4, the first of four; empty: all rows'),
      declared('applyFn', 'Function', 'Of the subscriber, called with (operation text, table_name text, key jsonb, row jsonb) instead of writing rows; empty: none'),
      declared('partitionBy', 'Partitions by time', 'A column and hourly, daily, weekly, monthly or yearly, for example created:daily; empty: none'),
      declared('retention', 'Retention', 'With partitions: the age at which they are dropped, for example 90 days; empty: never')))
}

/** The provider's tables that are not subscribed. */
function Offered({ tables, failure, selected, setSelected, addable }) {
  const [find, setFind] = React.useState('')
  if (!tables) return h(pf.Skeleton, { height: '6rem', screenreaderText: 'Loading the tables of the provider' })
  if (failure) return h(pf.Alert, { variant: 'warning', isInline: true, component: 'h2', title: 'The tables of the provider cannot be listed' }, h('span', { className: 'londiste-break' }, failure))
  if (tables.length === 0) return h('p', { className: 'londiste-muted' }, 'All tables of the provider are subscribed.')

  const shown = tables.filter(table => table.name.toLowerCase().includes(find.toLowerCase()))
  const possible = shown.filter(addable)
  const refused = tables.filter(table => !addable(table)).length
  const select = (list, on) => {
    const next = new Set(selected)
    for (const { name } of list) on ? next.add(name) : next.delete(name)
    setSelected(next)
  }
  return h(pf.FormGroup, { label: `Not subscribed yet (${count(tables.length)})`, role: 'group', isStack: true },
    tables.length > 8 && h(pf.SearchInput, { 'aria-label': 'Find tables of the provider', placeholder: 'Find', value: find, onChange: (_event, value) => setFind(value), onClear: () => setFind('') }),
    possible.length > 0 && h(pf.Checkbox, {
      id: 'londiste-add-all',
      label: `${find ? 'All found' : 'All'} (${count(possible.length)})`,
      isChecked: possible.every(({ name }) => selected.has(name)),
      onChange: (_event, on) => select(possible, on),
    }),
    h('div', { className: 'londiste-list', tabIndex: 0, role: 'group', 'aria-label': 'Tables of the provider' },
      shown.slice(0, MANY).map(table => h(pf.Checkbox, {
        key: table.name,
        id: `londiste-add-${table.name}`,
        label: table.name,
        description: table.problem && h('span', { className: 'londiste-break' }, `${addable(table) ? 'Differs' : 'Cannot be added'}: ${table.problem}`),
        isDisabled: !addable(table),
        isChecked: addable(table) && selected.has(table.name),
        onChange: (_event, on) => select([table], on),
      })),
      shown.length > MANY && h('p', { className: 'londiste-muted' }, `${count(shown.length - MANY)} more; use the search to find them`)),
    refused > 0 && h('p', { className: 'londiste-muted' }, `${counted(refused, 'table')} cannot be added as ${refused === 1 ? 'it is' : 'they are'}.`))
}
