// Executes commands of an operator, each with a message about its outcome.

import { hawtio } from './lib.js'

/** Shows a message: 'success', 'warning' or 'danger'. */
export const notify = (type, message) => hawtio.eventService.notify({ type, message })

/** Returns a function that executes a command and then refreshes the page; it returns the command's error message, or ''. */
export const commands = refresh => async (done, command) => {
  try {
    const output = await command()
    const lines = Array.isArray(output) ? output.filter(Boolean) : []
    notify('success', lines.length === 1 ? lines[0] : done)
    return ''
  } catch (failure) {
    notify('danger', failure.message)
    return failure.message
  } finally {
    refresh()
  }
}
