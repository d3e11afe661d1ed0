// Formats numbers with their units, and times.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const BYTES = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
const NOTHING = '–'

/** Order of names; digits in them are compared as numbers. */
export const { compare: byText } = new Intl.Collator('en', { numeric: true })

const unknown = value => value === null || value === undefined

/** 1234567 as 1,234,567. */
export const count = value => (unknown(value) ? NOTHING : whole.format(value))

/** A count with its unit: 1 row, 2 rows. */
export const counted = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`

/** Events per second. */
export const rate = value => (unknown(value) ? NOTHING : `${value < 10 ? value.toFixed(1) : count(value)}/s`)

export function bytes(value) {
  if (unknown(value)) return NOTHING
  const step = value < 1 ? 0 : Math.min(BYTES.length - 1, Math.floor(Math.log2(value) / 10))
  const scaled = value / 1024 ** step
  return `${step > 0 && scaled < 10 ? scaled.toFixed(1) : count(scaled)} ${BYTES[step]}`
}

/** A duration, given in seconds: 40 ms, 2.3 s, 12 min, 3 h 5 min, 2 d 4 h. */
export function span(seconds) {
  if (unknown(seconds)) return NOTHING
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return both(hours, 'h', minutes % 60, 'min')
  return both(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

const both = (large, unit, small, smaller) => `${large} ${unit}${small ? ` ${small} ${smaller}` : ''}`

/** Parses a time from Jolokia, which has nanoseconds; null for none. */
export function date(text) {
  if (!text) return null
  const parsed = new Date(String(text).replace(/(\.\d{3})\d+/, '$1'))
  return Number.isNaN(parsed.getTime()) ? null : parsed
}

/** Seconds since a time; null for none. */
export function ago(text) {
  const time = date(text)
  return time && Math.max(0, (Date.now() - time.getTime()) / 1000)
}

/** A time of day, with the date unless it is today's. */
export function time(text) {
  const parsed = date(text)
  if (!parsed) return NOTHING
  const today = parsed.toDateString() === new Date().toDateString()
  return today ? parsed.toLocaleTimeString() : parsed.toLocaleString()
}
