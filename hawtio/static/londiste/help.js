// What Londiste is, its words and states, what to do in the most frequent troubles, and the documentation of the program.

import { h, hawtio, pf, React, router } from './lib.js'
import { markdown } from './markdown.js'
import { useReading } from './reading.js'

const HOME = '/londiste/help'

/** The pages that the console serves. */
const PAGES = ['README', 'installation', 'operations', 'reference', 'console', 'routes', 'jmx', 'sizing', 'coming-from', 'developing']

/** How our help, README.md, and the pages beside each other refer to a page. */
const PAGE = /^(?:londiste\/help\/|src\/site\/markdown\/|(?:\.\.\/)*)([\w-]+)(?:\.md)?$/

async function load(file) {
  const answer = await fetch(new URL(file, import.meta.url))
  if (!answer.ok) throw new Error(`The page cannot be read: status ${answer.status}.`)
  return answer.text()
}

/** Read before the console is shown, since Hawtio's help has only what is registered by then. */
const HELP = await load('help.md').catch(failure => failure.message)

/** Adds our help to Hawtio's. */
export const addToHelpOfHawtio = () => hawtio.helpRegistry.add('londiste', 'Londiste', HELP, 0)

/** Links lead to pages of the documentation, to parts of the same page, or to other sites; names of other files stay text. */
const linkFrom = page => (target, text, key) => {
  if (/^https?:/.test(target)) return h('a', { key, href: target, rel: 'noreferrer' }, ...text)
  const [path, hash] = target.split('#')
  const known = path === '' ? page : PAGE.exec(path)?.[1]
  if (!PAGES.includes(known) && known !== '') return h('span', { key }, ...text)
  return h(router.Link, { key, to: `${known ? `${HOME}/${known}` : HOME}${hash ? `#${hash}` : ''}` }, ...text)
}

export function Help() {
  const { pathname, hash } = router.useLocation()
  const wanted = pathname.split(`${HOME}/`)[1]
  const page = PAGES.includes(wanted) ? wanted : ''
  return h(HelpPage, { key: page, page, hash })
}

function HelpPage({ page, hash }) {
  const { value, failure } = useReading(async () => (page ? load(`docs/${page}.md`) : HELP))
  const text = React.useMemo(() => value && markdown(value, linkFrom(page), page ? 1 : 0), [value, page])

  React.useEffect(() => {
    if (value && hash) document.getElementById(decodeURIComponent(hash.slice(1)))?.scrollIntoView()
  }, [value, hash])

  if (failure) return h(pf.Alert, { isInline: true, component: 'h2', variant: 'danger', title: failure.message })
  if (!value) return h(pf.Skeleton, { height: '10rem', screenreaderText: 'Loading the page' })
  return h(React.Fragment, null,
    page && h('p', { className: 'londiste-back' }, h(router.Link, { to: HOME }, 'Help')),
    text)
}
