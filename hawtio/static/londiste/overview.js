// The first tab: whether everything works, and what needs attention.

import { h, pf, React } from './lib.js'
import { Copy, TableState, condition, different, findings, stateInWords } from './labels.js'
import { bytes, count, counted, rate, span, time } from './format.js'
import { RANGES } from './history.js'
import { Sparkline } from './sparkline.js'
import { Commands } from './states.js'

const FEW = 5

const List = ({ rows }) =>
  h(pf.DescriptionList, { isCompact: true, isHorizontal: true, horizontalTermWidthModifier: { default: '11ch' } },
    rows.filter(Boolean).map(([term, value]) =>
      h(pf.DescriptionListGroup, { key: term },
        h(pf.DescriptionListTerm, null, term),
        h(pf.DescriptionListDescription, { className: 'londiste-figure londiste-break' }, value))))

const Box = ({ title, children }) =>
  h(pf.Card, { isFullHeight: true, component: 'section' },
    h(pf.CardTitle, { component: 'h2' }, title),
    h(pf.CardBody, null, children))

export function Overview({ data, operator, open, go }) {
  const { replay } = data
  const [range, setRange] = React.useState(RANGES[0])
  if (!replay) return h(TickerAlone, { data, go })
  const points = key => data.history.map(point => ({ at: point.at, value: point[key] }))
  return h(React.Fragment, null, h(Ranges, { range, setRange }), h(pf.Gallery, { hasGutter: true, minWidths: { default: '100%', sm: '320px' } },
    h(Box, { title: 'Lag' },
      h(Sparkline, { label: 'Lag behind the provider', points: points('lag'), range, format: span, least: 0.1, limit: replay.LagLimitSeconds })),
    h(Box, { title: 'Throughput' },
      h(Sparkline, { label: 'Changes applied', points: points('rate'), range, format: rate, least: 1 })),
    h(Box, { title: 'Tables' },
      h(Summary, { data, operator, open, go }),
      data.tables.length > 0 && h(Sparkline, { label: 'Tables that are not in sync', points: points('pending'), range, format: count, least: 1 })),
    h(Attention, { data, go, open }),
    h(Box, { title: 'Status' }, h(Status, { status: data.status })),
    h(Box, { title: 'Replay' },
      h(List, {
        rows: [
          ['Queue', replay.Queue],
          ['Consumer', replay.Consumer],
          ['Last tick', replay.Tick ?? '–'],
          ['Batches', count(replay.Batches)],
          ['Changes', count(replay.Events)],
          ['Last batch', `${counted(replay.LastBatchEvents, 'change')} in ${span(replay.LastBatchSeconds)}`],
        ],
      })),
    h(Box, { title: 'Databases' },
      h(List, {
        rows: [
          data.provider && ['Provider', named(data.provider)],
          data.subscriber && ['Subscriber', named(data.subscriber)],
          replay.Version && ['Program', `camel-londiste ${replay.Version}`],
        ],
      })),
    h(Others, { consoles: replay.Consoles })))
}

/** What "londiste status" shows, as the databases have it: also of a replay in another process. */
function Status({ status }) {
  const sizes = [status.savedForeignKeys && counted(status.savedForeignKeys, 'foreign key'), status.savedTriggers && counted(status.savedTriggers, 'trigger')]
  return h(pf.Stack, { hasGutter: true },
    h(pf.StackItem, null,
      status.ok
        ? h(pf.Label, { color: 'green' }, 'All is well')
        : h(pf.List, { isPlain: true, className: 'londiste-break', 'aria-label': 'Problems' }, status.problems.map(problem => h(pf.ListItem, { key: problem }, problem)))),
    h(pf.StackItem, null,
      h(List, {
        rows: [
          ['Replay', [status.replay ?? 'not known to run', status.paused && 'paused'].filter(Boolean).join(', ')],
          ['Ticker', status.lastTickSeconds === null ? '–' : `last tick ${span(status.lastTickSeconds)} ago`],
          ['Queue', `${bytes(status.queueBytes)}, about ${counted(status.newEvents, 'event')} since the last tick`],
          status.slowest && ['Slowest', `${status.slowest}, ${span(status.slowestLagSeconds)} behind`],
          ['Tables', status.tables.map(({ state, count: number }) => `${count(number)} ${stateInWords(state)}`).join(', ') || 'none'],
          ['Compared', status.compared ? `${time(status.compared)}, ${count(status.equal)} equal${status.different ? `, ${count(status.different)} not` : ''}` : 'never'],
          ['Saved', sizes.filter(Boolean).join(', ') || 'nothing'],
        ],
      })))
}

/** Links to the consoles of other daemons. */
function Others({ consoles }) {
  if (!consoles?.length) return null
  return h(Box, { title: 'Other consoles' },
    h(pf.List, { isPlain: true },
      consoles.map(address => h(pf.ListItem, { key: address }, h('a', { href: address }, address)))))
}

/** Chooses the time that the charts cover. */
const Ranges = ({ range, setRange }) =>
  h(pf.ToggleGroup, { isCompact: true, 'aria-label': 'Time of the charts', className: 'londiste-ranges' },
    RANGES.map(each => h(pf.ToggleGroupItem, {
      key: each[1],
      buttonId: `londiste-range-${each[0]}`,
      text: each[1],
      isSelected: range === each,
      onChange: () => setRange(each),
    })))

const named = side => `${side.Database}${side.ServerVersion ? `, PostgreSQL ${side.ServerVersion}` : ''}`

function TickerAlone({ data, go }) {
  if (!data.ticker) return null
  const [last] = [...data.consumers].sort((a, b) => b.LagSeconds - a.LagSeconds)
  return h(pf.Gallery, { hasGutter: true, minWidths: { default: '100%', sm: '320px' } },
    h(Box, { title: 'Ticker' },
      h(List, {
        rows: [
          data.ticker.Database && ['Database', data.ticker.Database],
          ['Ticks since start', count(data.ticker.Ticks)],
          ['Last tick', time(data.ticker.LastTick)],
        ],
      })),
    h(Box, { title: 'Queues' },
      h(List, {
        rows: [
          ['Queues', count(data.queues.length)],
          ['Consumers', count(data.consumers.length)],
          last && ['Largest lag', `${last.Name}, ${span(last.LagSeconds)}`],
        ],
      }),
      h('br'),
      h(pf.Button, { variant: 'link', isInline: true, onClick: () => go('queues') }, 'All queues')),
    h(Others, { consoles: data.ticker.Consoles }),
    h(Recent, { errors: data.ticker.RecentErrors }))
}

function Summary({ data, operator, open, go }) {
  const { tables, subscriber } = data
  if (tables.length === 0) {
    return h(pf.EmptyState, { titleText: 'No tables yet', headingLevel: 'h3', variant: 'xs' },
      h(pf.EmptyStateBody, null, 'Tables that you add are copied from the provider and kept in sync from then on.'),
      operator && h(pf.EmptyStateFooter, null,
        h(Commands, null, h(pf.Button, { variant: 'link', onClick: () => open({ kind: 'add' }) }, 'Add tables'))))
  }
  const groups = { ok: 0, copying: 0, stopped: 0 }
  for (const table of tables) groups[condition(table)]++
  const copying = tables.filter(table => condition(table) === 'copying')
  const rest = [
    groups.copying && `${count(groups.copying)} in progress`,
    groups.stopped && `${count(groups.stopped)} stopped`,
  ].filter(Boolean).join(', ')
  return h(pf.Stack, { hasGutter: true },
    h(pf.StackItem, null,
      h(pf.Progress, {
        title: `${subscriber?.Stale ? `At ${time(subscriber.AsOf)}: ` : ''}${count(groups.ok)} of ${counted(tables.length, 'table')} in sync`,
        value: (100 * groups.ok) / tables.length,
        measureLocation: 'none',
        variant: groups.ok === tables.length && !subscriber?.Stale ? 'success' : undefined,
      }),
      h('p', { className: 'londiste-muted' }, rest)),
    copying.slice(0, FEW).map(table =>
      h(pf.StackItem, { key: table.Name },
        h(pf.Flex, { justifyContent: { default: 'justifyContentSpaceBetween' } },
          h('span', { className: 'londiste-break' }, table.Name), h(TableState, { table })),
        h(Copy, { table }))),
    h(pf.StackItem, null,
      h(pf.Button, { variant: 'link', isInline: true, onClick: () => go('tables') },
        copying.length > FEW ? `All tables, ${count(copying.length - FEW)} more in progress` : 'All tables')))
}

/** What needs attention, with advice. */
function Attention({ data, go, open }) {
  const { tables, subscriber, replay } = data
  const stopped = tables.filter(table => condition(table) === 'stopped')
  const unequal = tables.filter(table => different(table.LastComparison))
  const unexpected = tables.filter(table => table.UnexpectedRows > 0)
  const details = table => h(pf.Button, { variant: 'link', isInline: true, onClick: () => open({ kind: 'details', name: table.Name }) }, table.Name)
  const some = (list, line) => [
    ...list.slice(0, FEW).map(table => h(pf.ListItem, { key: table.Name }, details(table), ': ', line(table))),
    list.length > FEW && h(pf.ListItem, { key: 'more' }, h(pf.Button, { variant: 'link', isInline: true, onClick: () => go('tables') }, `${count(list.length - FEW)} more`)),
  ]
  const groups = [
    stopped.length && ['Stopped tables', 'Fix the cause; each table is then retried automatically, within five minutes, or at once with “Retry” in its details.', some(stopped, table => table.Reason)],
    unequal.length && ['Tables that differ', 'Repair them. If they differ again, something other than the replay writes to them.', some(unequal, table => findings(table.LastComparison))],
    unexpected.length && ['Unexpected rows', 'Compare these tables: something other than the replay has changed them. To prevent this, deny writes when adding them.', some(unexpected, table => counted(table.UnexpectedRows, 'row'))],
    subscriber?.PendingTriggers > 0 && ['Saved triggers', 'They were dropped so that rows that the replay writes do not fire them. Nothing has to be done, unless the subscriber needs one of them of its own.', [h(pf.ListItem, { key: 'triggers' }, h(pf.Button, { variant: 'link', isInline: true, onClick: () => go('structure') }, counted(subscriber.PendingTriggers, 'trigger')))]],
    subscriber?.PendingForeignKeys > 0 && ['Saved foreign keys', 'They are restored automatically when both tables are in sync, unless rows violate them.', [h(pf.ListItem, { key: 'keys' }, h(pf.Button, { variant: 'link', isInline: true, onClick: () => go('structure') }, counted(subscriber.PendingForeignKeys, 'foreign key')))]],
  ].filter(Boolean)
  return h(React.Fragment, null,
    h(Box, { title: 'Needs attention' },
      groups.length === 0
        ? h('p', null, nothing(data))
        : h(pf.Stack, { hasGutter: true }, groups.map(([title, advice, items]) =>
            h(pf.StackItem, { key: title },
              h('h3', null, h('strong', null, title)),
              h('p', { className: 'londiste-muted' }, advice),
              h(pf.List, { isPlain: true, className: 'londiste-break' }, items))))),
    h(Recent, { errors: replay.RecentErrors }))
}

/** What is said if no table needs attention. */
function nothing({ replay, subscriber }) {
  if (subscriber?.Stale) return 'Unknown at present: the subscriber cannot be read.'
  return replay.Error ? 'No table; see the error above.' : 'Nothing.'
}

function Recent({ errors }) {
  if (!errors?.length) return null
  return h(Box, { title: 'Recent errors' },
    h(pf.List, { isPlain: true, isBordered: true },
      errors.slice(0, FEW).map((error, i) =>
        h(pf.ListItem, { key: i },
          h('span', { className: 'londiste-muted' }, `${time(error.time)}, ${error.place}`), h('br'),
          h('span', { className: 'londiste-break' }, error.message)))))
}
