// Where the keyboard goes on when a dialog is closed.

import { React } from './lib.js'

/** What has the focus; of a menu, its button: the menu is closed when the dialog comes. */
function opener() {
  const { activeElement } = document
  return activeElement?.closest('[role=menu]') ? document.querySelector('.pf-v6-c-menu-toggle[aria-expanded=true]') : activeElement
}

/**
 * A hook: the dialog that is open, and the function that opens one, or closes it if given null. The focus goes back to where
 * it was opened from, or to the element of that id if this has gone.
 */
export function useDialog(otherwise) {
  const [dialog, setDialog] = React.useState(null)
  const from = React.useRef(null)

  React.useEffect(() => {
    if (dialog || !from.current) return
    const back = from.current.isConnected ? from.current : document.getElementById(otherwise)
    from.current = null
    back?.focus()
  }, [dialog, otherwise])

  const open = React.useCallback(next => {
    if (next) from.current = opener()
    setDialog(next)
  }, [])

  return [dialog, open]
}
