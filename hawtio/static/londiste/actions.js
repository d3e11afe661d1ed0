// The commands of an operator. Each shows a message when it has succeeded or failed.

import { hawtio } from './lib.js'
import { Failure, execute } from './server.js'
import { counted } from './format.js'

const prefixed = (side, lines) => lines.map(line => `${side}: ${line}`)

const notify = (type, message) => hawtio.eventService.notify({ type, message })

export function actionsOf(data, refresh) {
  const { replay, ticker, provider, subscriber } = data ?? {}

  /** Executes a command; returns its error message, or '' if it succeeded. */
  const act = async (done, command) => {
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

  /** Executes an operation on tables. Names are written with quotes where they need them, so that they can be listed. */
  const onTables = (tables, all = false, operation, ...more) =>
    execute(subscriber.objectName, operation, all ? '' : tables.map(table => table.Name).join(','), all, ...more)

  const tables = list => (list.length === 1 ? list[0].Name : counted(list.length, 'table'))

  return {
    pause: () => act('The replay is paused', () => execute(replay.objectName, 'pause')),
    resume: () => act('The replay is resumed', () => execute(replay.objectName, 'resume')),
    reload: () =>
      act('The INI file and the routes were read again', () => execute((replay ?? ticker).objectName, 'reload')),
    stop: () => act('The daemon stops after its current batch', () => execute((replay ?? ticker).objectName, 'stop')),
    install: side => act('Installed', () => execute({ provider, subscriber, ticker }[side].objectName, 'install')),
    add: ({ names, all, register, expectSync, skipTruncate, denyWrites, force }) =>
      act('Added', async () => {
        const registered = register ? await execute(provider.objectName, 'add', all ? '' : names, all) : []
        try {
          const subscribed = await execute(subscriber.objectName, 'add', all ? '' : names, all, force, expectSync, skipTruncate, denyWrites)
          return registered.length ? [...prefixed('Provider', registered), ...prefixed('Subscriber', subscribed)] : subscribed
        } catch (failure) {
          if (!registered.length) throw failure
          throw new Failure(failure.kind, `Done on the provider: ${registered.join('; ')}. Not done on the subscriber: ${failure.message}`)
        }
      }),
    remove: (list, all) => act(`Removed ${tables(list)}`, () => onTables(list, all, 'remove')),
    resync: (list, all) => act(`${tables(list)} will be copied again`, () => onTables(list, all, 'resync')),
    compare: (list, all, countOnly = false) =>
      act(`Comparing ${tables(list)}`, () => onTables(list, all, 'compare', countOnly, false, false, '', 0)),
    repair: (list, all, apply, force) =>
      act(`Repairing ${tables(list)}`, () => onTables(list, all, 'repair', apply, true, false, force, '', 0)),
    restoreTriggers: name =>
      act(`Restored the triggers of ${name}`, () => execute(subscriber.objectName, 'restoreTriggers', name, '')),
    saveTriggers: name => act(`Saved the triggers of ${name}`, () => execute(subscriber.objectName, 'saveTriggers', name)),
    cancel: comparison => act('Cancelled', () => execute(comparison.objectName, 'cancel')),
    forget: comparison => act('Removed from the list', () => execute(comparison.objectName, 'forget')),
    unregister: consumer => act(`Unregistered ${consumer.Name}`, () => execute(consumer.objectName, 'unregister')),
    missing: () => execute(subscriber.objectName, 'missing'),
    foreignKeys: () => execute(subscriber.objectName, 'foreignKeys', 'pending'),
    triggers: () => execute(subscriber.objectName, 'triggers', 'all'),
  }
}
