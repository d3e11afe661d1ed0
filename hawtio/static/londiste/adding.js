// Adds tables piece by piece, so that the page shows how far it is, and a table that is refused does not hold up the others.

const PIECE = 20
/** So many tables that are refused for the same reason, one after the other, end the work: it is not the tables'. */
const SAME = 3

/**
 * Registers tables on the provider, unless they are registered already, and adds them on the subscriber.
 *
 * @param tables with name and registered
 * @param register registers a list of names on the provider
 * @param subscribe adds a list of names on the subscriber
 * @param progress called after each piece with the number of tables that were tried
 * @param stopped whether to end after the current piece
 * @returns the numbers of tables that were tried and added, and the refused ones with their reasons
 * @throws {Failure} if the daemon does not respond any more; its property `result` has the same numbers
 */
export async function addInPieces({ tables, register, subscribe, progress, stopped }) {
  const result = { tried: 0, added: 0, refused: [], end: '' }
  const fresh = new Set(tables.filter(table => !table.registered).map(table => table.name))
  const causes = []
  const refuse = (name, cause, reason = cause) => {
    result.refused.push({ name, reason })
    causes.push(cause)
    const last = causes.slice(-SAME)
    if (last.length === SAME && last.every(each => each === cause)) result.end = cause
  }
  const notAdded = (name, cause) =>
    refuse(name, cause, fresh.has(name) ? `Registered on the provider. Not added on the subscriber: ${cause}` : cause)

  for (let from = 0; from < tables.length && !stopped() && !result.end; from += PIECE) {
    const piece = tables.slice(from, from + PIECE).map(table => table.name)
    const failing = () => Boolean(result.end)
    const registered = await tried(piece.filter(name => fresh.has(name)), register, refuse, failing)
    const ready = piece.filter(name => !fresh.has(name) || registered.includes(name))
    result.added += (await tried(ready, subscribe, notAdded, failing)).length
    result.tried += piece.length
    progress(result)
  }
  return result
}

/** Does the work for all names at once and, if that is refused, for one after the other; returns those for which it was done. */
async function tried(names, work, refuse, failing) {
  if (names.length === 0) return []
  if (names.length > 1) {
    try {
      await work(names)
      return names
    } catch (failure) {
      if (failure.kind !== 'refused') throw failure
    }
  }
  const done = []
  for (const name of names) {
    if (failing()) break
    try {
      await work([name])
      done.push(name)
    } catch (failure) {
      if (failure.kind !== 'refused') throw failure
      refuse(name, failure.message)
    }
  }
  return done
}
