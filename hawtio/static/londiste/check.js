// What "londiste check" and "pgqadm check" show: whether the databases have what the program needs.

import { h, pf, React, table as pft } from './lib.js'
import { Cell } from './labels.js'
import { counted, time } from './format.js'
import { useReading } from './reading.js'
import { execute } from './server.js'
import { Commands } from './states.js'

const COLOR = { ok: 'green', warning: 'orange', problem: 'red' }
const TITLES = { provider: 'Provider', subscriber: 'Subscriber', database: 'Database' }

/** A statement in parentheses at the end of which stands the role, which may be quoted. */
const GRANT = /\((GRANT .+? TO (?:"(?:[^"]|"")*"|[^\s()"]+))\)/g

/** The findings, and the notes on tables, which "subscriber check" shows. */
async function read({ replay, ticker, subscriber }) {
  const findings = await execute((replay ?? ticker).objectName, 'check')
  const differences = subscriber ? await execute(subscriber.objectName, 'check').catch(() => []) : []
  return { findings, notes: differences.filter(({ severity }) => severity === 'note') }
}

export function Check({ data }) {
  const { value, failure, busy, at, again } = useReading(() => read(data))
  const { findings, notes } = value ?? { findings: [], notes: [] }
  const sides = [...new Set(findings.map(finding => finding.side))]
  return h(pf.Stack, { hasGutter: true },
    h(pf.StackItem, null,
      h(pf.Flex, { gap: { default: 'gapMd' }, alignItems: { default: 'alignItemsCenter' } },
        value && h(Summary, { findings }),
        value && h('span', { className: 'londiste-muted' }, `as of ${time(at.toISOString())}`),
        h(Commands, null, h(pf.Button, { variant: 'secondary', onClick: again, isLoading: busy, isDisabled: busy }, busy ? 'Checking' : 'Check again')))),
    failure && h(pf.StackItem, null, h(pf.Alert, { isInline: true, component: 'h2', variant: 'danger', title: 'The check has failed' },
      h('span', { className: 'londiste-break' }, failure.message))),
    !value && busy && h(pf.StackItem, null, h(pf.Skeleton, { height: '10rem', screenreaderText: 'Checking' })),
    sides.map(side => h(pf.StackItem, { key: side }, h(Side, { side, findings: findings.filter(finding => finding.side === side) }))),
    notes.length > 0 && h(pf.StackItem, null, h(Notes, { notes })))
}

function Summary({ findings }) {
  const number = level => findings.filter(finding => finding.level === level).length
  const problems = number('problem')
  const warnings = number('warning')
  if (problems) return h(pf.Label, { color: 'red' }, counted(problems, 'problem'), warnings ? `, ${counted(warnings, 'warning')}` : '')
  if (warnings) return h(pf.Label, { color: 'orange' }, counted(warnings, 'warning'))
  return h(pf.Label, { color: 'green' }, 'All is as it should be')
}

const Notes = ({ notes }) =>
  h(pf.Card, { component: 'section' },
    h(pf.CardTitle, { component: 'h2' }, 'Notes on tables'),
    h(pf.CardBody, null,
      h('p', { className: 'londiste-muted' }, 'Differences between the two sides that are harmless by themselves.'),
      h(pft.Table, { variant: 'compact', 'aria-label': 'Notes on tables' },
        h(pft.Thead, null, h(pft.Tr, null, h(pft.Th, null, 'Table'), h(pft.Th, null, 'Note'))),
        h(pft.Tbody, null, notes.map((note, i) =>
          h(pft.Tr, { key: i },
            h(Cell, { label: 'Table', className: 'londiste-break' }, note.name),
            h(Cell, { label: 'Note', className: 'londiste-break' }, note.problem)))))))

const Side = ({ side, findings }) =>
  h(pf.Card, { component: 'section' },
    h(pf.CardTitle, { component: 'h2' }, TITLES[side] ?? side),
    h(pf.CardBody, null,
      h(pft.Table, { variant: 'compact', 'aria-label': `Check of the ${side}` },
        h(pft.Thead, null, h(pft.Tr, null,
          h(pft.Th, { modifier: 'fitContent' }, 'Checked'), h(pft.Th, { modifier: 'fitContent' }, 'Result'), h(pft.Th, null, 'Finding'))),
        h(pft.Tbody, null, findings.map((finding, i) =>
          h(pft.Tr, { key: i },
            h(Cell, { label: 'Checked' }, finding.topic),
            h(Cell, { label: 'Result' }, h(pf.Label, { isCompact: true, color: COLOR[finding.level] ?? 'grey' }, finding.level)),
            h(Cell, { label: 'Finding', className: 'londiste-break' }, h(Finding, { text: finding.text }))))))))

function Finding({ text }) {
  const grants = [...text.matchAll(GRANT)].map(([, grant]) => `${grant};`)
  return h(React.Fragment, null,
    h('p', null, text),
    grants.map(grant => h('p', { key: grant },
      h(pf.ClipboardCopy, { isReadOnly: true, isCode: true, variant: 'inline-compact', hoverTip: 'Copy', clickTip: 'Copied' }, grant))))
}
