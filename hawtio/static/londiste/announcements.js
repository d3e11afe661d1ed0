// Announces changes to screen readers.

import { h, React } from './lib.js'
import { stateInWords } from './labels.js'

const FEW = 3

export function Announcements({ tables }) {
  const before = React.useRef(null)
  const [text, setText] = React.useState('')

  React.useEffect(() => {
    const states = new Map(tables.map(table => [table.Name, table.Reason ? `stopped: ${table.Reason}` : stateInWords(table.State)]))
    if (before.current) {
      const changed = [...states].filter(([name, state]) => before.current.get(name) !== state)
      const gone = [...before.current.keys()].filter(name => !states.has(name))
      const news = [...changed.map(([name, state]) => `${name} is ${state}`), ...gone.map(name => `${name} was removed`)]
      if (news.length) {
        setText(news.length > FEW ? `${news.length} tables have changed their state` : news.join('. '))
      }
    }
    before.current = states
  }, [tables])

  return h('div', { className: 'pf-v6-screen-reader', role: 'status', 'aria-live': 'polite' }, text)
}
