// The name and state of the job, its commands, and the errors that prevent it from working.

import { h, pf, React } from './lib.js'
import { ReplayState } from './labels.js'
import { ago, span, time } from './format.js'
import { Commands } from './states.js'

export function Header({ data, operator, actions, open }) {
  const daemon = data.replay ?? data.ticker
  return h(React.Fragment, null,
    h(pf.Flex, { alignItems: { default: 'alignItemsCenter' }, rowGap: { default: 'rowGapSm' } },
      h(pf.FlexItem, null,
        h(pf.Title, { headingLevel: 'h1' }, daemon ? `${data.replay ? 'Replay' : 'Ticker'} ${daemon.Job}` : 'Londiste')),
      daemon && h(pf.FlexItem, null, h(ReplayState, { state: daemon.State, error: daemon.Error })),
      daemon?.Since && h(pf.FlexItem, null, h('span', { className: 'londiste-muted' }, `for ${span(ago(daemon.Since))}`)),
      operator && daemon && h(pf.FlexItem, { align: { default: 'alignRight' } }, h(Commands, null, h(Buttons, { data, daemon, actions, open })))),
    daemon
      ? h(Errors, { data, daemon, operator, actions })
      : h(pf.EmptyState, { titleText: 'No replay and no ticker', headingLevel: 'h2' },
          h(pf.EmptyStateBody, null, 'This process is neither a replay nor a ticker.')))
}

function Buttons({ data, daemon, actions, open }) {
  const paused = daemon.State === 'paused'
  const [busy, setBusy] = React.useState(false)
  const toggle = async () => {
    setBusy(true)
    await (paused ? actions.resume() : actions.pause())
    setBusy(false)
  }
  return h(pf.Flex, { gap: { default: 'gapSm' } },
    data.replay && h(pf.Button, { onClick: () => open({ kind: 'add' }) }, 'Add tables'),
    data.replay && ['running', 'paused'].includes(daemon.State) &&
      h(pf.Button, { variant: 'secondary', onClick: toggle, isLoading: busy, isDisabled: busy }, paused ? 'Resume' : 'Pause'),
    h(More, { daemon, actions, open }))
}

function More({ daemon, actions, open }) {
  const [shown, setShown] = React.useState(false)
  const item = (text, onClick, isDanger) => h(pf.DropdownItem, { key: text, onClick, isDanger }, text)
  return h(pf.Dropdown, {
    isOpen: shown,
    onOpenChange: setShown,
    onSelect: () => setShown(false),
    popperProps: { position: 'right' },
    toggle: ref => h(pf.MenuToggle, {
      ref,
      isExpanded: shown,
      onClick: () => setShown(!shown),
      'aria-label': `More for ${daemon.Job}`,
    }, 'More'),
  }, h(pf.DropdownList, null,
    item('Read INI file and routes again', actions.reload),
    item('On the command line…', () => open({ kind: 'commands' })),
    item('Stop the daemon', () => open({ kind: 'stop', name: daemon.Job }), true)))
}

const INSTALL = {
  provider: 'Install on the provider',
  subscriber: 'Install on the subscriber',
  ticker: 'Install PgQ',
}

const VERBS = { waiting: 'is waiting', paused: 'is paused', standby: 'is a standby' }

/** The errors, without repetition, each with a button that fixes it where there is one. */
function Errors({ data, daemon, operator, actions }) {
  const sides = ['provider', 'subscriber', !data.replay && 'ticker']
    .map(side => ({ side, error: data[side]?.Error }))
    .filter(({ error }) => error)
  const own = daemon.Error && sides.every(({ error }) => error !== daemon.Error)
  const paused = daemon.State === 'paused'
  const alert = (title, text, side) => h(pf.Alert, {
    key: title,
    variant: paused && !side ? 'warning' : 'danger',
    isInline: true,
    component: 'h2',
    title,
    style: { marginBlockStart: '1rem' },
    actionLinks: operator && side && /not installed/.test(text) && h(Commands, null,
      h(pf.Button, { variant: 'secondary', size: 'sm', onClick: () => actions.install(side) }, INSTALL[side])),
  }, h('span', { className: 'londiste-break' }, text))
  const age = side => (data[side]?.Stale ? `The figures of the ${side} are those of ${time(data[side].AsOf)}; the lag counts on from the last known tick.` : '')
  const old = ['provider', 'subscriber'].filter(side => data[side]?.Stale && !data[side].Error)
  return h(React.Fragment, null,
    sides.map(({ side, error }) => alert(`The ${side} is not ready`, [error, age(side)].filter(Boolean).join('. '), side)),
    old.map(side => alert(`The ${side} does not respond`, age(side), side)),
    own && alert(`The ${data.replay ? 'replay' : 'ticker'} ${VERBS[daemon.State] ?? 'has an error'}`, paused ? `${daemon.Error}; changes are kept in the queue until it is resumed` : daemon.Error))
}
