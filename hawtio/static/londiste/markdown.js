// Shows Markdown, as far as the documentation uses it: headings, paragraphs, lists, tables, code, links, emphasis. What is not
// known is shown as it is written; HTML is never interpreted.

import { h, pf, table as pft } from './lib.js'

const BLANK = /^\s*$/
const HEADING = /^(#{1,6}) +(.*)$/
const FENCE = /^\s*```/
const ITEM = /^(\s*)(?:[-*]|(\d+)\.) +(.*)$/
const ROW = /^\s*\|.*\|\s*$/
const IMAGE = /^!\[([^\]]*)\]\([^)]*\)$/

/** The name of a heading in links, as GitHub makes it. */
const anchor = text =>
  text.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/g, '-')

/**
 * Elements for a text.
 *
 * @param link makes an element of the target and the text of a link
 * @param level is added to that of headings
 */
export function markdown(text, link, level = 0) {
  const lines = text.split('\n')
  const blocks = []
  let at = 0
  const add = (type, props, ...children) => blocks.push(h(type, { key: blocks.length, ...props }, ...children))
  const take = accepts => {
    const from = at
    while (at < lines.length && accepts(lines[at])) at++
    return lines.slice(from, at)
  }
  while (at < lines.length) {
    const line = lines[at]
    const heading = HEADING.exec(line)
    if (BLANK.test(line) || line.startsWith('<!--')) at++
    else if (heading) {
      at++
      const size = Math.min(6, heading[1].length + level)
      add(`h${size}`, { id: anchor(heading[2]), className: `pf-v6-c-content--h${size}` }, ...inline(heading[2], link))
    } else if (FENCE.test(line)) {
      at++
      const code = take(each => !FENCE.test(each))
      at++
      add('pre', { className: 'londiste-code', tabIndex: 0 }, code.join('\n'))
    } else if (ROW.test(line)) add(Grid, { rows: take(each => ROW.test(each)), link })
    else if (ITEM.test(line)) add(List, { lines: take(each => !BLANK.test(each) && !HEADING.test(each)), link })
    else {
      const paragraph = take(each => !BLANK.test(each) && !HEADING.test(each) && !FENCE.test(each) && !ROW.test(each) && !ITEM.test(each)).join(' ')
      const image = IMAGE.exec(paragraph)
      add('p', {}, ...(image ? [image[1]] : inline(paragraph, link)))
    }
  }
  return h(pf.Content, { component: 'div', className: 'londiste-text' }, blocks)
}

/** Text with code, links, bold and italic parts. */
function inline(text, link) {
  const parts = /(`+)(.+?)\1|\[((?:`[^`]*`|[^\]`])*)\]\(([^)\s]+)\)|\*\*(.+?)\*\*|(?<![\w*])\*([^*\s](?:[^*]*[^*\s])?)\*(?![\w*])/g
  const result = []
  let end = 0
  for (const found of text.matchAll(parts)) {
    const [whole, , code, label, target, bold, italic] = found
    const key = found.index
    result.push(plain(text.slice(end, found.index)))
    if (code !== undefined) result.push(h('code', { key }, code))
    else if (target !== undefined) result.push(link(target, inline(label, link), key))
    else if (bold !== undefined) result.push(h('strong', { key }, ...inline(bold, link)))
    else result.push(h('em', { key }, ...inline(italic, link)))
    end = found.index + whole.length
  }
  result.push(plain(text.slice(end)))
  return result
}

/** Without what Markdown escapes. */
const plain = text =>
  text.replace(/\\([\\`*_{}[\]()#+.!|<>-])/g, '$1').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')

function List({ lines, link }) {
  const items = []
  const depth = ITEM.exec(lines[0])[1].length
  for (const line of lines) {
    const item = ITEM.exec(line)
    if (item && item[1].length <= depth) items.push({ text: [item[3]], below: [] })
    else if (item || items.at(-1).below.length) items.at(-1).below.push(line)
    else items.at(-1).text.push(line.trim())
  }
  return h(ITEM.exec(lines[0])[2] ? 'ol' : 'ul', null, items.map(({ text, below }, i) =>
    h('li', { key: i }, ...inline(text.join(' '), link), below.length > 0 && h(List, { lines: below, link }))))
}

/** The cells of a row. A bar within code, or after a backslash, separates none. */
function cells(row) {
  const result = ['']
  for (const [part] of row.trim().slice(1, -1).matchAll(/`[^`]*`|\\.|[^|\\`]+|[\s\S]/g)) {
    if (part === '|') result.push('')
    else result[result.length - 1] += part
  }
  return result.map(cell => cell.trim())
}

function Grid({ rows, link }) {
  const [head, , ...body] = rows.map(cells)
  return h('div', { className: 'londiste-wide', tabIndex: 0, role: 'group', 'aria-label': 'Table' },
    h(pft.Table, { variant: 'compact', gridBreakPoint: '', 'aria-label': 'Table' },
      h(pft.Thead, null, h(pft.Tr, null, head.map((cell, i) => h(pft.Th, { key: i, modifier: 'wrap', screenReaderText: cell ? undefined : 'Column' }, cell ? inline(cell, link) : undefined)))),
      h(pft.Tbody, null, body.map((row, i) => h(pft.Tr, { key: i }, row.map((cell, j) => h(pft.Td, { key: j }, inline(cell, link))))))))
}
