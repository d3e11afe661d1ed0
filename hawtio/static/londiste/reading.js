// Reads what is too expensive to be read at each refresh of the page.

import { React } from './lib.js'

/**
 * A hook: reads when the component is shown, and again after each period, in milliseconds, if one is given:
 * { value, failure, busy, at, again }. `value` is null until the first response, and keeps its last value after a `failure`;
 * `at` is its time.
 */
export function useReading(read, period) {
  const [state, setState] = React.useState({ value: null, failure: null, busy: true, at: null })
  const wake = React.useRef(() => {})
  const reader = React.useRef(read)
  reader.current = read

  React.useEffect(() => {
    let ended = false
    let timer

    const round = async () => {
      clearTimeout(timer)
      if (!ended) setState(before => ({ ...before, busy: true }))
      try {
        const value = await reader.current()
        if (!ended) setState({ value, failure: null, busy: false, at: new Date() })
      } catch (failure) {
        if (!ended) setState(before => ({ ...before, failure, busy: false }))
      }
      clearTimeout(timer)
      if (!ended && period) timer = setTimeout(round, document.hidden ? 10 * period : period)
    }

    wake.current = round
    round()
    return () => {
      ended = true
      clearTimeout(timer)
    }
  }, [period])

  return { ...state, again: React.useCallback(() => wake.current(), []) }
}
