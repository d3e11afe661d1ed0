// The page: errors at the top, tabs below, and the dialogs that they open.

import { h, pf, React, router } from './lib.js'
import { actionsOf } from './actions.js'
import { Check } from './check.js'
import { Comparisons } from './comparisons.js'
import { Dialog } from './dialogs.js'
import { Differences } from './differences.js'
import { useDialog } from './focus.js'
import { Header } from './header.js'
import { Help } from './help.js'
import { useLive } from './live.js'
import { Overview } from './overview.js'
import { QUEUE_DIALOGS } from './queuedialogs.js'
import { Queues } from './queues.js'
import { SEQUENCE_DIALOGS, Sequences } from './sequences.js'
import { Disconnected, Loading, SessionExpired, Stale } from './states.js'
import { Structure } from './structure.js'
import { Tables } from './tables.js'
import { Announcements } from './announcements.js'

const ALL = [
  { id: 'overview', title: 'Overview', component: Overview },
  { id: 'tables', title: 'Tables', component: Tables, replay: true },
  { id: 'comparisons', title: 'Comparisons', component: Comparisons, replay: true },
  { id: 'structure', title: 'Foreign keys and triggers', component: Structure, replay: true },
  { id: 'sequences', title: 'Sequences', component: Sequences, replay: true },
  { id: 'queues', title: 'Queues', component: Queues },
  { id: 'check', title: 'Check', component: Check, daemon: true },
  { id: 'help', title: 'Help', component: Help },
]

/** The dialogs of single pages; the others are those of tables and of the daemon. */
const OF_PAGES = { differences: Differences, ...QUEUE_DIALOGS, ...SEQUENCE_DIALOGS }

const CONTENT = 'londiste-content'

export function Page() {
  const live = useLive()
  const [dialog, open] = useDialog(CONTENT)
  const navigate = router.useNavigate()
  const path = router.useLocation().pathname
  const home = router.useHref('/londiste')
  const { data, failure, operator, refresh } = live
  const actions = React.useMemo(() => actionsOf(data, refresh), [data, refresh])

  if (failure?.kind === 'expired') return h(SessionExpired)
  if (!data) return h(Loading, { failure })

  const tabs = ALL.filter(tab => (data.replay || !tab.replay) && (data.replay || data.ticker || !tab.daemon))
  const wanted = path.split('/londiste/')[1]?.split('/')[0]
  const tab = tabs.find(each => each.id === wanted) ?? tabs[0]
  const go = id => navigate(id === 'overview' ? '/londiste' : `/londiste/${id}`)
  const follow = (event, id) => {
    event.preventDefault()
    go(id)
  }

  return h(Disconnected.Provider, { value: Boolean(failure) },
    h(pf.PageSection, { hasBodyWrapper: false, className: 'londiste-page' },
      failure && h(Stale, { failure, seen: data.seen }),
      h(Header, { data, operator, actions, open })),
    h(pf.PageSection, { hasBodyWrapper: false, type: 'tabs', className: 'londiste-page' },
      h(pf.Tabs, { activeKey: tab.id, onSelect: follow, component: 'nav', 'aria-label': 'Parts of the replication' },
        tabs.map(each => h(pf.Tab, {
          key: each.id,
          eventKey: each.id,
          tabContentId: CONTENT,
          href: each.id === 'overview' ? home : `${home}/${each.id}`,
          title: h(pf.TabTitleText, null, each.title),
        })))),
    h(pf.PageSection, {
      hasBodyWrapper: false,
      className: `londiste-page ${failure ? 'londiste-stale' : ''}`,
      component: 'div',
      id: CONTENT,
      role: 'tabpanel',
      tabIndex: -1,
      'aria-label': tab.title,
    },
      h(tab.component, { data, operator, actions, open, go, refresh })),
    dialog && h(OF_PAGES[dialog.kind] ?? Dialog, { ...dialog, dialog, data, operator, actions, open, refresh, close: () => open(null) }),
    h(Announcements, { tables: data.tables }))
}
