// The rows that a comparison has found to differ, and the statements of a repair: their beginning, and all of them as a file.

import { h, pf, React, table as pft } from './lib.js'
import { useReading } from './reading.js'
import { bytes, count, counted } from './format.js'
import { execute } from './server.js'

/** How much is shown; the file has all. */
const SHOWN_BYTES = 65_536
const SHOWN_LINES = 100
const SHOWN_CHARACTERS = 200

const KINDS = {
  rows: { operation: 'differingRows', title: 'Differing rows of', file: 'CSV' },
  statements: { operation: 'statements', title: 'Statements that repair', file: 'SQL' },
}

/** The address of the file with all rows or statements. */
const download = (kind, comparison, result) =>
  `user/download/${kind}?${new URLSearchParams({ comparison: comparison.objectName, table: result.table })}`

/** Buttons that open the rows or the statements of a result, for an operator. */
export function DifferencesButtons({ comparison, result, open }) {
  const button = (kind, text) => h(pf.Button, {
    variant: 'link',
    isInline: true,
    'aria-label': `${KINDS[kind].title} ${result.table}`,
    onClick: () => open({ kind: 'differences', comparison, result, what: kind }),
  }, text)
  return h(React.Fragment, null,
    result.keptRows > 0 && h('div', null, button('rows', 'Show rows')),
    result.file && h('div', null, button('statements', 'Show statements')))
}

export function Differences({ comparison, result, what, close }) {
  const { operation, title, file } = KINDS[what]
  const { value, failure } = useReading(() => execute(comparison.objectName, operation, result.table, 0, SHOWN_BYTES))
  return h(pf.Modal, { isOpen: true, onClose: close, variant: 'large', className: 'londiste-dialog', 'aria-labelledby': 'londiste-dialog' },
    h(pf.ModalHeader, { title: `${title} ${result.table}`, labelId: 'londiste-dialog' }),
    h(pf.ModalBody, { tabIndex: 0 },
      failure && h(pf.Alert, { isInline: true, variant: 'danger', component: 'h2', title: failure.message }),
      !value && !failure && h(pf.Skeleton, { height: '10rem', screenreaderText: 'Loading' }),
      value && h(what === 'rows' ? Rows : Statements, { result, value })),
    h(pf.ModalFooter, null,
      value && h(pf.Button, { component: 'a', href: download(what, comparison, result), download: true }, `Download all as ${file}, ${bytes(value.size)}`),
      h(pf.Button, { variant: 'link', onClick: close }, 'Close')))
}

const Note = ({ children }) => h('p', { className: 'londiste-muted' }, children)

function Rows({ result, value }) {
  const whole = value.next >= value.size
  const all = lines(value.text)
  const [[, , ...columns], ...rows] = whole || all.length === 1 ? all : all.slice(0, -1) // the last one may be cut
  const shown = rows.slice(0, SHOWN_LINES)
  const found = result.missing + result.extra + result.different
  return h(React.Fragment, null,
    h(Note, null,
      whole && rows.length <= SHOWN_LINES ? '' : `The first ${counted(shown.length, 'line')}. `,
      result.keptRows < found ? `${count(result.keptRows)} of ${count(found)} differing rows were kept; a repair writes statements for all. ` : '',
      'A row that is different stands here as each side has it, with what differs marked.'),
    h('div', { className: 'londiste-wide', tabIndex: 0, role: 'group', 'aria-label': 'Rows' },
      h(pft.Table, { variant: 'compact', 'aria-label': `Rows of ${result.table}`, gridBreakPoint: '' },
        h(pft.Thead, null, h(pft.Tr, null,
          h(pft.Th, null, 'Difference'),
          h(pft.Th, null, 'On the'),
          columns.map((column, i) => h(pft.Th, { key: i }, column)))),
        h(pft.Tbody, null, shown.map(([difference, side, ...values], i) =>
          h(pft.Tr, { key: i },
            h(pft.Td, null, difference),
            h(pft.Td, null, side),
            values.map((field, j) => h(pft.Td, { key: j, className: 'londiste-figure' },
              h(Field, { field, marked: difference === 'different' && other(rows, i)?.[j + 2] !== field })))))))))
}

/** The same row as the other side has it: the line before or after it. */
const other = (rows, i) => rows[rows[i][1] === 'provider' ? i + 1 : i - 1]

function Field({ field, marked }) {
  const text = field === null ? h('i', null, 'null') : field.length > SHOWN_CHARACTERS ? `${field.slice(0, SHOWN_CHARACTERS)}…` : field
  return marked ? h('mark', null, text) : text
}

const Statements = ({ value }) =>
  h(React.Fragment, null,
    h(Note, null,
      value.next < value.size ? `The first ${bytes(value.next)} of ${bytes(value.size)}. ` : '',
      'Each statement names the row as the comparison has found it, and changes no other.'),
    h('pre', { className: 'londiste-code', tabIndex: 0 }, value.text))

/** The lines of CSV as lists of fields: what is not quoted and empty is null. */
function lines(text) {
  const result = []
  let line = []
  const field = /(?:"([^"]*(?:""[^"]*)*)"|([^,\n]*))(,|\n|$)/y
  while (field.lastIndex < text.length) {
    const [, quoted, plain, end] = field.exec(text)
    line.push(quoted?.replaceAll('""', '"') ?? (plain || null))
    if (end !== ',') {
      result.push(line)
      line = []
    }
  }
  return result
}
