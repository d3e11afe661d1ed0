// What the page shows before the first response, while the daemon does not respond, and after the session has expired.

import { h, pf, React } from './lib.js'
import { time } from './format.js'

export const Disconnected = React.createContext(false)

/** Contains buttons that send commands to the daemon. They are disabled while it does not respond. */
export const Commands = ({ children }) =>
  h('fieldset', { className: 'londiste-commands', disabled: React.useContext(Disconnected) }, children)

export function Loading({ failure }) {
  return h(pf.PageSection, { hasBodyWrapper: false, className: 'londiste-page' },
    failure
      ? h(pf.EmptyState, { titleText: 'The daemon does not respond', headingLevel: 'h1', status: 'danger' },
          h(pf.EmptyStateBody, null, 'It may have been stopped. The page retries every few seconds.'))
      : h('div', { 'aria-busy': true },
          h('h1', { className: 'pf-v6-screen-reader' }, 'Londiste'),
          h(pf.Skeleton, { screenreaderText: 'Loading', height: '2.5rem', width: '40%' }),
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
    title: failure.kind === 'gone' ? 'The daemon does not respond' : 'The state of the daemon cannot be read',
    style: { marginBlockEnd: '1rem' },
  }, `${failure.kind === 'gone' ? '' : `${failure.message} `}This page shows the state of ${time(seen.toISOString())} and retries every few seconds.`)
}

export function SessionExpired() {
  const login = new URL('login', document.baseURI).href
  return h(pf.PageSection, { hasBodyWrapper: false, className: 'londiste-page' },
    h(pf.EmptyState, { titleText: 'Your session has expired', headingLevel: 'h1', status: 'info' },
      h(pf.EmptyStateBody, null, 'You were inactive for a while, signed out elsewhere, or your account was changed.'),
      h(pf.EmptyStateFooter, null,
        h(pf.EmptyStateActions, null,
          h(pf.Button, { component: 'a', href: login }, 'Sign in again')))))
}
