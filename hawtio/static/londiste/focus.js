// Keyboard focus before and after dialogs.

import { React } from './lib.js'

/** The element with the focus; for an item of a menu, the menu's button, since the menu is closed when the dialog opens. */
function opener() {
  const { activeElement } = document
  return activeElement?.closest('[role=menu]') ? document.querySelector('.pf-v6-c-menu-toggle[aria-expanded=true]') : activeElement
}

/**
 * A hook: the open dialog, and the function that opens one, or closes it if given null. The focus then returns to the element
 * from which the dialog was opened, or to the element with the given id if that no longer exists.
 */
export function useDialog(fallbackId) {
  const [dialog, setDialog] = React.useState(null)
  const from = React.useRef(null)

  React.useEffect(() => {
    if (dialog || !from.current) return
    const back = from.current.isConnected ? from.current : document.getElementById(fallbackId)
    from.current = null
    back?.focus()
  }, [dialog, fallbackId])

  const open = React.useCallback(next => {
    if (next) from.current ??= opener() // one dialog may lead to another
    setDialog(next)
  }, [])

  return [dialog, open]
}
