// Reads the state of the daemon periodically while the page is open.

import { React } from './lib.js'
import { byText } from './format.js'
import { remember } from './history.js'
import { execute, readAll, role } from './server.js'

const INTERVAL = 2_000
/** From this number of tables on, a response takes hundreds of kilobytes. */
const MANY = 300
const LONG_INTERVAL = 5_000

const TABLE = [
  'Name', 'State', 'Reason', 'CopyStep', 'CopiedRows', 'CopyTotalRows', 'CopiedBytes', 'CopyProgress', 'Inserts', 'Updates',
  'Deletes', 'Truncates', 'UnexpectedRows', 'LagSeconds', 'LastError', 'LastErrorTime', 'LastChange', 'WritesDenied',
  'ReplicatedAs', 'LastComparison',
]
const TYPES = ['Replay', 'Ticker', 'Provider', 'Subscriber', 'Queue', 'Consumer', 'Comparison', 'Table']

async function read() {
  const requests = TYPES.map(type => ({
    pattern: `io.londiste:type=${type},*`,
    attributes: type === 'Table' ? TABLE : undefined,
  }))
  const [replays, tickers, providers, subscribers, queues, consumers, comparisons, tables] = await readAll(requests)
  const byName = (a, b) => byText(a.Name, b.Name)
  const replay = replays[0] ?? null
  return {
    seen: new Date(),
    replay,
    ticker: tickers[0] ?? null,
    provider: providers[0] ?? null,
    subscriber: subscribers[0] ?? null,
    queues: unique(queues, queue => queue.Name).sort(byName),
    consumers: unique(consumers, consumer => `${consumer.Queue} ${consumer.Name}`).sort(byName),
    comparisons: comparisons.sort((a, b) => b.Id - a.Id),
    tables: tables.sort(byName),
    status: replay ? await execute(replay.objectName, 'status') : null,
    history: replay ? await remember(replay, tables, subscribers[0]) : null,
  }
}

/** Removes duplicates: a replay and a ticker in one process have MBeans of the same queues. */
const unique = (list, key) => [...new Map(list.map(each => [key(each), each])).values()]

/**
 * A hook: { data, failure, operator, refresh }. `data` is null until the first response, and keeps its last value after a
 * `failure`.
 */
export function useLive() {
  const [state, setState] = React.useState({ data: null, failure: null, operator: false })
  const wake = React.useRef(() => {})

  React.useEffect(() => {
    let ended = false
    let timer
    let known = null

    const round = async () => {
      clearTimeout(timer)
      let wait = INTERVAL
      try {
        known ??= await role()
        const data = await read()
        if (data.tables.length > MANY) wait = LONG_INTERVAL
        if (!ended) setState({ data, failure: null, operator: known === 'operator' })
      } catch (failure) {
        if (!ended) setState(before => ({ ...before, failure }))
        if (failure.kind === 'expired') return
        wait = LONG_INTERVAL
      }
      if (!ended) timer = setTimeout(round, document.hidden ? 10 * wait : wait)
    }
    const shown = () => document.hidden || round()

    wake.current = round
    document.addEventListener('visibilitychange', shown)
    round()
    return () => {
      ended = true
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', shown)
    }
  }, [])

  return { ...state, refresh: React.useCallback(() => wake.current(), []) }
}
