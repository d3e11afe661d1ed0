// The command lines that do the same as the page's commands.

import { h, pf, React } from './lib.js'

const PLAIN = /^[\w./,:@%+=-]+$/

/** A word as a shell reads it. */
const quoted = word => (PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)

const line = (...words) => words.filter(Boolean).map(quoted).join(' ')

/** The command lines of a daemon: functions that return a list of lines each. */
export function commandsOf({ replay, ticker }) {
  const file = (replay ?? ticker)?.IniFile ?? 'conf.ini'
  const program = replay ? 'londiste' : 'pgqadm'
  // a replay's file has no database for pgqadm
  const pgqadm = (...words) => line('pgqadm', replay ? 'ticker.ini' : file, ...words)
  const subscriber = (command, tables, all, ...more) => [line('londiste', file, 'subscriber', command, ...more, ...named(tables, all))]
  return {
    add: (tables, options) => [
      tables.some(table => !table.registered) && line('londiste', file, 'provider', 'add', ...tables.filter(table => !table.registered).map(table => table.name)),
      line('londiste', file, 'subscriber', 'add', ...switches(options), ...tables.map(table => table.name)),
    ].filter(Boolean),
    remove: (tables, all) => subscriber('remove', tables, all),
    resync: (tables, all) => subscriber('resync', tables, all),
    retry: (tables, all) => subscriber('retry', tables, all),
    repair: (tables, all, apply, force) => [
      line('londiste', file, 'repair', '--transaction', apply && '--apply', force && '--force', ...(all ? [] : named(tables))),
    ],
    restoreTriggers: table => [line('londiste', file, 'subscriber', 'restore-triggers', table)],
    saveTriggers: table => [line('londiste', file, 'subscriber', 'save-triggers', table)],
    create: queue => [pgqadm('create', queue)],
    drop: queue => [pgqadm('drop', queue)],
    configure: (queue, settings) => [pgqadm('config', queue, ...settings)],
    register: (queue, consumer) => [pgqadm('register', queue, consumer)],
    unregister: consumer => [pgqadm('unregister', consumer.Queue, consumer.Name)],
    addSequences: (names, all) => ['provider', 'subscriber'].map(side =>
      line('londiste', file, side, 'add-seq', ...(all ? ['--all'] : names.split(/[\s,]+/)))),
    removeSequence: (side, name) => [line('londiste', file, side, 'remove-seq', name)],
    stop: () => [line(program, '-s', file)],
    /** Those of commands that are executed without a dialog. */
    others: () => [
      line(program, '-r', file),
      ...(replay
        ? [
            line('londiste', file, 'provider', 'install'),
            line('londiste', file, 'subscriber', 'install'),
            line('londiste', file, 'compare'),
            line('londiste', file, 'compare', 'TABLE'),
            line('londiste', file, 'subscriber', 'add-seq', 'SEQUENCE'),
          ]
        : [pgqadm('install')]),
    ],
  }
}

const named = (tables, all) => (all ? ['--all'] : tables.map(table => table.Name))

function switches({ force, expectSync, skipTruncate, denyWrites, create, destTable, where, columns, set, ops, shard, applyFn, partitionBy, retention }) {
  const value = (name, text) => (text.trim() ? [name, text.trim()] : [])
  return [
    force && '--force',
    expectSync && '--expect-sync',
    skipTruncate && '--skip-truncate',
    denyWrites && '--deny-writes',
    create && '--create=full',
    ...value('--dest-table', destTable),
    ...value('--where', where),
    ...value('--columns', columns),
    ...set.split('\n').flatMap(each => value('--set', each)),
    ...value('--ops', ops),
    ...value('--shard', shard),
    ...value('--apply-fn', applyFn),
    ...value('--partition-by', partitionBy),
    ...value('--retention', retention),
  ]
}

/** Shows command lines, with a button that copies them. */
export function CommandLines({ lines, title = 'The same on the command line' }) {
  const text = lines.join('\n')
  const code = React.useRef(null)
  const [copied, setCopied] = React.useState('')
  const copy = async () => {
    await toClipboard(text, code.current)
    setCopied(text)
  }
  return h('div', { className: 'londiste-command' },
    h(pf.Flex, { justifyContent: { default: 'justifyContentSpaceBetween' }, alignItems: { default: 'alignItemsCenter' } },
      h('span', { className: 'londiste-muted', id: 'londiste-command' }, title),
      h(pf.Button, { variant: 'link', size: 'sm', onClick: copy, 'aria-label': 'Copy the command line' }, copied === text ? 'Copied' : 'Copy')),
    h('pre', { ref: code, tabIndex: 0, role: 'group', 'aria-labelledby': 'londiste-command' }, text))
}

/** Only pages from loopback or with TLS have a clipboard; on others the text is selected and copied as by the keyboard. */
async function toClipboard(text, element) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text)
    return
  }
  const selection = window.getSelection()
  selection.selectAllChildren(element)
  document.execCommand('copy')
}
