// What the page shows when there is nothing to show: before the first answer, without an answer, after the session.

import { h, pf, React } from './lib.js'
import { time } from './format.js'

export const Silence = React.createContext(false)

/** Buttons that ask the daemon for something: they rest while it is silent. */
export const Deeds = ({ children }) =>
  h('fieldset', { className: 'londiste-deeds', disabled: React.useContext(Silence) }, children)

export function Loading({ failure }) {
  return h(pf.PageSection, { hasBodyWrapper: false, className: 'londiste-page' },
    failure
      ? h(pf.EmptyState, { titleText: 'The daemon does not answer', headingLevel: 'h1', status: 'danger' },
          h(pf.EmptyStateBody, null, 'It may have been stopped. The page tries again every few seconds.'))
      : h('div', { 'aria-busy': true },
          h('h1', { className: 'pf-v6-screen-reader' }, 'Londiste'),
          h(pf.Skeleton, { screenreaderText: 'Asking the daemon', height: '2.5rem', width: '40%' }),
          h('br'),
          h(pf.Gallery, { hasGutter: true, minWidths: { default: '260px' } },
            [1, 2, 3].map(i => h(pf.Skeleton, { key: i, height: '10rem' })))))
}

export function Stale({ failure, seen }) {
  return h(pf.Alert, {
    variant: 'danger',
    isInline: true,
    component: 'h2',
    isLiveRegion: true,
    title: failure.kind === 'gone' ? 'The daemon does not answer' : 'The daemon cannot say how it is',
    style: { marginBlockEnd: '1rem' },
  }, `${failure.kind === 'gone' ? '' : `${failure.message} `}What you see is from ${time(seen.toISOString())}. The page tries again every few seconds.`)
}

export function Over() {
  const login = new URL('login', document.baseURI).href
  return h(pf.PageSection, { hasBodyWrapper: false, className: 'londiste-page' },
    h(pf.EmptyState, { titleText: 'Your session is over', headingLevel: 'h1', status: 'info' },
      h(pf.EmptyStateBody, null, 'You were away for a while, signed out elsewhere, or your account was changed.'),
      h(pf.EmptyStateFooter, null,
        h(pf.EmptyStateActions, null,
          h(pf.Button, { component: 'a', href: login }, 'Sign in again')))))
}
